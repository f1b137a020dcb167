import ArgusWire
import Foundation

/// The files in `Tests/wire-golden`, which the Python codec is tested against too.
enum GoldenFiles {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "wire-golden")

    static func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: folder.appending(path: name))) }

    static func decoded<Document: Decodable>(_ name: String, as _: Document.Type = Document.self) throws -> Document {
        try JSONDecoder().decode(Document.self, from: Data(bytes(name)))
    }

    /// Names of the files in a subfolder, without `.json`.
    static func names(in subfolder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: subfolder).path)
            .filter { $0.hasSuffix(".json") && $0 != "hashes.json" }.map { String($0.dropLast(5)) }.sorted()
    }

    static func specification(_ name: String) throws -> WireSpecification {
        try WireSpecification(bytes: bytes("specifications/\(name).json"))
    }

    static func messages() throws -> [GoldenMessage] {
        try names(in: "messages").map { name in
            var message: GoldenMessage = try decoded("messages/\(name).json")
            message.name = name
            return message
        }
    }
}

/// A message as bytes and as what they mean.
struct GoldenMessage: Decodable {
    struct Frame: Decodable {
        var name: String
        var type: String?
        var shape: [Int]?
        var values: [GoldenNumber]?
        var hex: String?
        var texts: [String]?
    }

    struct Options: Decodable {
        var withoutLegal: Bool?
        var withoutState: Bool?
        var agents: GoldenAgents?
        var texts: Bool?

        enum CodingKeys: String, CodingKey {
            case withoutLegal = "without_legal"
            case withoutState = "without_state"
            case agents
            case texts
        }
    }

    /// How many, or which.
    enum GoldenAgents: Decodable {
        case count(Int)
        case list([Int])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let count = try? container.decode(Int.self) {
                self = .count(count)
            } else {
                self = .list(try container.decode([Int].self))
            }
        }
    }

    var name = ""
    var header: [String: String]
    var specification: String?
    var options: Options
    var frames: [Frame]
    var parts: [String]

    enum CodingKeys: String, CodingKey {
        case header
        case specification
        case options
        case frames
        case parts
    }

    var bytes: [[UInt8]] { parts.map(bytesOf(hex:)) }
}

/// An element of a frame.
enum GoldenNumber: Decodable {
    case unsigned(UInt64)
    case signed(Int64)
    case number(Double)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(UInt64.self) {
            self = .unsigned(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .signed(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else {
            self = .number(.nan)
        }
    }

    var double: Double {
        switch self {
        case .unsigned(let value): Double(value)
        case .signed(let value): Double(value)
        case .number(let value): value
        }
    }

    /// The element's bytes, little-endian; nil for an unknown type.
    func bytes(_ type: String) -> [UInt8]? {
        func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
            withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) }
        }
        let whole: UInt64 =
            switch self {
            case .unsigned(let value): value
            case .signed(let value): UInt64(bitPattern: value)
            case .number: 0
            }
        switch type {
        case "u8": return littleEndian(UInt8(truncatingIfNeeded: whole))
        case "i32", "u32": return littleEndian(UInt32(truncatingIfNeeded: whole))
        case "u64": return littleEndian(whole)
        case "f32": return littleEndian(Float(double).bitPattern)
        case "f64": return littleEndian(double.bitPattern)
        default: return nil
        }
    }
}

func bytesOf(hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count - 1, by: 2).map { index in
        UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) ?? 0
    }
}
