/// A metadata value of a GGUF file. Integers of every width are one case, and so are both widths of floats.
public enum GGUFValue: Sendable, Hashable {
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case string(String)
    case integers([Int])
    case numbers([Double])
    case booleans([Bool])
    case strings([String])

    /// What it is, for messages.
    var kind: String {
        switch self {
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .boolean(let value): "\(value)"
        case .string(let value): "'\(value.prefix(40))'"
        case .integers(let values): "a list of \(values.count) integers"
        case .numbers(let values): "a list of \(values.count) numbers"
        case .booleans(let values): "a list of \(values.count) booleans"
        case .strings(let values): "a list of \(values.count) strings"
        }
    }
}
