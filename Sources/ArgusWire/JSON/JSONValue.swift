/// A JSON value as this protocol uses it.
///
/// A reader and a writer of our own: Foundation's accept duplicate keys, do not say which key is wrong, and write
/// numbers in a way that other languages do not repeat byte for byte.
public enum JSONValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    /// Written without fraction and exponent, and within 64 bits.
    case integer(Int)
    /// Finite.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// An f32 whose JSON text is the shortest that reads back as it; null when it is not finite (unbounded).
    public static func single(_ value: Float) -> JSONValue {
        // The f64 nearest to the short text, not to the f32: so that its own shortest text is that short text.
        guard value.isFinite, let short = Double(value.description) else { return .null }
        return .number(short)
    }

    /// What it is, for messages.
    var kind: String {
        switch self {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): "'\(value.prefix(40))'"
        case .array(let values): "a list of \(values.count)"
        case .object: "an object"
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    /// Of two equal keys the last counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}
