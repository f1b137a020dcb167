#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Parameter values as JSON, the form in which they cross the C interface.
public enum ParameterJSON {
    /// One value, such as `2`, `true` or `"tiny"`.
    public static func encode(_ value: ParameterValue) -> String {
        guard let data = try? encoder.encode(value) else { return "null" }
        return String(decoding: data, as: UTF8.self)
    }

    /// A whole object with sorted keys.
    public static func encode(_ values: [String: ParameterValue]) -> String {
        guard let data = try? encoder.encode(values) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    /// - Throws: ``ParameterError`` when the text is not an object of integers, numbers, booleans and strings.
    public static func decode(_ text: String) throws(ParameterError) -> [String: ParameterValue] {
        do {
            return try JSONDecoder().decode([String: ParameterValue].self, from: Data(text.utf8))
        } catch {
            throw ParameterError(
                parameter: "(all)", found: "'\(text.prefix(80))'",
                expected: "a JSON object of integers, numbers, booleans and strings", remedy: nil)
        }
    }

    /// One value.
    public static func decodeValue(_ text: String) throws(ParameterError) -> ParameterValue {
        guard let value = try decode("{\"value\":\(text)}")["value"] else {
            throw ParameterError(parameter: "(value)", found: "'\(text)'", expected: "a JSON value", remedy: nil)
        }
        return value
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // JSON has no such numbers. As strings they are refused where a number is wanted, instead of the whole object
        // being lost.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "nan")
        return encoder
    }
}

extension ParameterValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else {
            self = .string(try container.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .boolean(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        }
    }
}
