import ArgusTensor
import Foundation

/// `Fixtures/losses.json`, which `make_loss_fixtures.py` computes with PyTorch.
struct LossFixtures: Decodable {
    struct Values: Decodable {
        let shape: [Int]
        let data: [Double]

        func tensor(_ type: ScalarType = .float32, shape: [Int]? = nil) throws -> Tensor {
            try Tensor(data, shape: shape ?? self.shape).to(type)
        }

        var floats: [Float] { data.map { Float($0) } }
    }

    struct QLearning: Decodable {
        struct Outcome: Decodable {
            let loss: Double
            let targets: Values
            let gradient: Values
            let future: Values
        }

        let gamma: Double
        let lambda: Double
        let online: Values
        let target: Values
        let legal: Values
        let choices: Values
        let acting: Values
        let present: Values
        let rewards: Values
        let elapsed: Values
        let states: Values
        let mixer: [String: Values]
        let targetMixer: [String: Values]
        let results: [String: Outcome]
    }

    struct Policy: Decodable {
        let outputs: Values?
        let logits: Values?
        let legal: Values?
        let choices: Values?
        let decisions: Values?
        let deviations: Values?
        let weights: Values
        let values: Values
        let returns: Values
        let old: Values?
        let oldValues: Values?
        let advantages: Values?
        let valueWeights: Values?
        let policy: Double
        let entropy: Double
        let value: Double
        let total: Double
        let gradient: Values
        let valueGradient: Values
        let deviationGradient: Values?
        let states: Values?
        let mixer: [String: Values]?
        let offsetGradient: Values?
        let firstGradient: Values?
    }

    let qLearning: QLearning
    let actorCritic: Policy
    let coma: Policy
    let ppo: Policy
    let ppoContinuous: Policy
    let ppoMixed: Policy

    static func load() throws -> LossFixtures {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "Fixtures/losses.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .custom { keys in
            // Only our own names: the mixer's are those of tensors.
            let name = keys[keys.count - 1].stringValue
            let isOwn = name == "first_gradient" || !(name.hasPrefix("first_") || name.hasPrefix("second_"))
            let parts =
                isOwn && !name.contains(".") && !isResult(name) ? name.split(separator: "_").map(String.init) : [name]
            return Key(parts[0] + parts.dropFirst().map(\.capitalized).joined())
        }
        return try decoder.decode(LossFixtures.self, from: Data(contentsOf: path))
    }

    private static func isResult(_ name: String) -> Bool { name.hasSuffix("_1") || name.hasSuffix("_2") }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }
}

/// Whether two lists of numbers differ by at most `tolerance`.
func isClose(_ found: Tensor?, _ expected: LossFixtures.Values, tolerance: Double = 1e-4) throws -> Bool {
    guard let found else { return false }
    let values = try found.values(as: Double.self)
    guard values.count == expected.data.count else { return false }
    for (value, other) in zip(values, expected.data) where !(abs(value - other) <= tolerance) { return false }
    return true
}
