import ArgusEnvAPI
import ArgusTensor
import ArgusTrain
import Testing

@Suite("Acting in one call")
struct InferenceTests {
    private static let groups = 4
    private static let agents = 3
    private static let inputs = 12
    private static let outputs = 5
    private static let hidden = 16

    /// Two kinds of things, with outputs about the first, and numbers of one's own; all numbers in things; all outputs
    /// about things of two kinds.
    private enum Layout: CaseIterable {
        case none, things, nothingElse, outputsOfThings

        func entities() -> EntityLayout? {
            func segments(_ names: [(String, Int)]) -> [Segment] {
                var offset = 0
                return names.map { name, count in
                    offset += count
                    return Segment(name, offset: offset - count, count: count, "")
                }
            }
            switch self {
            case .none: return nil
            case .things:
                return EntityLayout(
                    segments: segments([
                        ("self", 1), ("opponent_0", 2), ("opponent_1", 2), ("opponent_2", 2), ("mood", 1),
                        ("food_0", 2), ("food_1", 2),
                    ]), actionNames: ["stop", "attack_opponent_0", "attack_opponent_1", "attack_opponent_2", "flee"],
                    inputSize: inputs, outputSize: outputs)
            case .outputsOfThings:
                return EntityLayout(
                    segments: segments([
                        ("opponent_0", 2), ("opponent_1", 2), ("food_0", 2), ("food_1", 2), ("food_2", 2), ("self", 2),
                    ]),
                    actionNames: ["eat_food_0", "eat_food_1", "eat_food_2", "hit_opponent_0", "hit_opponent_1"],
                    inputSize: inputs, outputSize: outputs)
            case .nothingElse:
                return EntityLayout(
                    segments: segments([("food_0", 4), ("food_1", 4), ("food_2", 4)]), inputSize: inputs,
                    outputSize: outputs)
            }
        }
    }

    private struct Case: CustomTestStringConvertible {
        var layout: Layout
        var isRecurrent: Bool
        var isShared: Bool
        var layers: Int
        var norm: LayerNormPlacement
        var activation: Activation

        var testDescription: String {
            "\(layout), recurrent \(isRecurrent), shared \(isShared), layers \(layers), \(norm), \(activation)"
        }

        static let all = Layout.allCases.flatMap { layout in
            [false, true].flatMap { isRecurrent in
                [false, true].flatMap { isShared in
                    [
                        (1, LayerNormPlacement.none, Activation.relu), (2, .afterActivation, .relu),
                        (3, .beforeActivation, .tanh),
                    ].map { layers, norm, activation in
                        Case(
                            layout: layout, isRecurrent: isRecurrent, isShared: isShared, layers: layers, norm: norm,
                            activation: activation)
                    }
                }
            }
        }
    }

    private func numbers(_ count: Int, _ generator: inout SplitMix64) -> [Float] {
        (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
    }

    @Test("Equals the layers one by one, over steps in which some episodes begin", arguments: Case.all)
    private func equality(_ parameters: Case) throws {
        var generator = SplitMix64(seed: 7)
        let team = try TeamNetwork(
            Network.Shape(
                inputs: Self.inputs, hidden: Self.hidden, layers: parameters.layers, outputs: Self.outputs,
                activation: parameters.activation.rawValue, layerNorm: parameters.norm,
                recurrent: parameters.isRecurrent, entities: parameters.layout.entities()),
            agents: Self.agents, isShared: parameters.isShared, outputGain: 1, using: &generator)
        // Biases and scales that are zero or one at first would hide what is mixed up.
        try withoutGradient {
            for (_, tensor) in team.networks.flatMap({ $0.parameters(under: "") }) {
                try tensor.addInPlace(Tensor(numbers(tensor.count, &generator), shape: tensor.shape) * 0.2)
            }
        }
        let rows = Self.groups * Self.agents
        var expectedMemory = try team.initialHidden(rows: rows)
        let memory = try team.initialHidden(rows: rows)
        let found = try Tensor.full(.nan, shape: [rows, Self.outputs])
        for step in 0..<3 {
            let inputs = try Tensor(numbers(rows * Self.inputs, &generator), shape: [rows, Self.inputs])
            let starts = (0..<Self.groups).map { Float(step == 0 || $0 == step ? 1 : 0) }
            let each = starts.flatMap { [Float](repeating: $0, count: Self.agents) }
            let (outputs, next) = try withoutGradient {
                try team.step(inputs, hidden: expectedMemory, starts: Tensor(each, shape: [rows, 1]))
            }
            expectedMemory = next
            try team.infer(
                inputs, hidden: memory, starts: Tensor(starts, shape: [Self.groups, 1]), into: found)
            expectClose(try found.values(), try outputs.values())
            expectClose(try memory.values(), try expectedMemory.values())
        }
        #expect(!found.requiresGradient && !memory.requiresGradient)
    }

    private func expectClose(_ found: [Float], _ expected: [Float]) {
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) {
            #expect(abs(found - expected) < 1e-5 * max(1, abs(expected)), "\(found), not \(expected)")
        }
    }

    @Test(
        "What does not fit is refused, moves no memory on, and spoils nothing; no rows are no work",
        arguments: [false, true])
    func refusals(hasThings: Bool) throws {
        var generator = SplitMix64(seed: 7)
        let foods = [Segment("food_0", offset: 0, count: 2, ""), Segment("food_1", offset: 2, count: 2, "")]
        let team = try TeamNetwork(
            Network.Shape(
                inputs: 4, hidden: 8, layers: 2, outputs: 2, activation: "relu", layerNorm: .none, recurrent: true,
                entities: hasThings ? EntityLayout(segments: foods, inputSize: 4, outputSize: 2) : nil),
            agents: 2, isShared: false, outputGain: 1, using: &generator)
        let memory = try team.initialHidden(rows: 6)
        func infer(
            _ input: [Int] = [6, 4], memory: Tensor? = nil, groups: Int = 3, output: [Int] = [6, 2],
            type: ScalarType = .float32
        ) throws -> [Float] {
            let outputs = try Tensor.zeros(output)
            try team.infer(
                Tensor.ones(input).to(type), hidden: memory ?? team.initialHidden(rows: input[0]),
                starts: Tensor.zeros([groups, 1]), into: outputs)
            return try outputs.values()
        }
        let before = try infer(memory: memory)
        let remembered: [Float] = try memory.values()
        #expect(remembered.contains { $0 != 0 })
        for call in [
            { try infer([6, 3], memory: memory) }, { try infer([6, 5], memory: memory) },
            { try infer([7, 4], memory: team.initialHidden(rows: 7), output: [7, 2]) },
            { try infer([4, 4], memory: memory, groups: 2, output: [4, 2]) }, { try infer(memory: memory, groups: 2) },
            { try infer(memory: memory, groups: 0) }, { try infer(memory: memory, output: [6, 3]) },
            { try infer(memory: memory, output: [4, 2]) }, { try infer(memory: memory, type: .float64) },
        ] {
            #expect(throws: TensorError.self) { try call() }
        }
        #expect(try memory.values() == remembered)
        #expect(try infer() == before)
        #expect(try infer([0, 4], groups: 0, output: [0, 2]) == [])
    }

    @Test("A critic of several observations does not act")
    func critic() throws {
        var generator = SplitMix64(seed: 7)
        let foods = [Segment("food_0", offset: 0, count: 2, ""), Segment("food_1", offset: 2, count: 2, "")]
        let critic = try TeamNetwork(
            Network.Shape(
                inputs: 8, hidden: 8, layers: 2, outputs: 1, activation: "relu", layerNorm: .none, recurrent: false,
                entities: EntityLayout(
                    segments: foods, observations: 2, observationSize: 4, inputSize: 8, outputSize: 1)),
            agents: 1, isShared: true, outputGain: 1, using: &generator)
        #expect(throws: TensorError.self) {
            try critic.infer(
                .zeros([2, 8]), hidden: critic.initialHidden(rows: 2), starts: .zeros([2, 1]), into: .zeros([2, 1]))
        }
    }
}
