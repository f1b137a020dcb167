import ArgusModels
import ArgusTensor
import Foundation

/// Small models whose weights come from a formula, and what `transformers` answers with them.
struct TinyModel {
    private struct File: Decodable {
        let tokens: [Int]
        let shapes: [String: Shape]
    }

    private struct Shape: Decodable {
        let config: JSON
        let weights: [Weight]
        let logits: [String: [Float]]
    }

    private struct Weight: Decodable {
        let name: String
        let shape: [Int]

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            name = try container.decode(String.self)
            shape = try container.decode([Int].self)
        }
    }

    let name: String
    let tokens: [Int]
    /// By position.
    let logits: [Int: [Float]]
    private let shape: Shape

    static let names = ["llama", "llama-untied-biased", "llama-llama3", "llama-linear", "qwen2", "qwen3"]

    init(_ name: String) throws {
        let file = try Fixture.decode(File.self, "tiny-models.json")
        guard let shape = file.shapes[name] else { throw Oracle.Failure(description: "no shape \(name)") }
        self.name = name
        self.shape = shape
        tokens = file.tokens
        logits = Dictionary(uniqueKeysWithValues: shape.logits.map { (Int($0) ?? -1, $1) })
    }

    /// The settings, as `config.json` has them.
    func configuration() throws -> Data { try JSONEncoder().encode(shape.config) }

    /// Writes the model as a Hugging Face folder; `shards` above 1 makes that many files and an index.
    func write(to folder: URL, shards: Int = 1) throws {
        try configuration().write(to: folder.appending(path: "config.json"))
        var files = [[(name: String, tensor: Tensor)]](repeating: [], count: shards)
        for (number, weight) in shape.weights.enumerated() {
            let values = Self.formula(weight.shape.reduce(1, *), seed: UInt64(number + 1))
            let scaled = values.map { weight.name.contains("norm") ? 1 + 0.5 * $0 : 0.6 * $0 }
            files[number % shards].append((weight.name, try Tensor(scaled, shape: weight.shape)))
        }
        guard shards > 1 else {
            return try SafetensorsFile.write(tensors: files[0], to: folder.appending(path: "model.safetensors").path)
        }
        var map: [String: String] = [:]
        for (number, file) in files.enumerated() {
            let name = "model-\(number).safetensors"
            for tensor in file { map[tensor.name] = name }
            try SafetensorsFile.write(tensors: file, to: folder.appending(path: name).path)
        }
        try JSONEncoder().encode(["weight_map": map]).write(to: folder.appending(path: "model.safetensors.index.json"))
    }

    func load() throws -> DecoderModel {
        try Oracle.withFolder { folder in
            try write(to: folder)
            return try DecoderModel(folder: folder.path)
        }
    }

    /// The formula of `tiny_models.py`.
    private static func formula(_ count: Int, seed: UInt64) -> [Float] {
        (0..<UInt64(count)).map { index in
            var mixed = (index &+ seed &* 1_000_003) &* 0x9E37_79B9_7F4A_7C15
            mixed ^= mixed >> 29
            mixed &*= 0xBF58_476D_1CE4_E5B9
            return Float(Double(mixed >> 40) / 0x1p24 - 0.5)
        }
    }

    /// Whether all answers are within `tolerance`; the greatest difference.
    static func difference(_ found: [[Float]], _ expected: [Int: [Float]]) -> Float {
        var greatest: Float = 0
        for (position, row) in expected {
            guard found.indices.contains(position), found[position].count == row.count else { return .infinity }
            for (left, right) in zip(found[position], row) { greatest = max(greatest, abs(left - right)) }
        }
        return expected.isEmpty ? .infinity : greatest
    }
}

/// Any JSON, passed through.
enum JSON: Codable {
    case null
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([String: JSON])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
