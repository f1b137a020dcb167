/// What an unquoted scalar is by the core schema (YAML 1.2.2, section 10.3.2): `yes`, `on` and `1_000` are strings.
enum YAMLScalar: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int)
    /// An integer that does not fit into 64 bits, as the nearest number.
    case hugeInteger(Double)
    /// May be infinite or not a number.
    case number(Double)
    case string

    init(plain text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .boolean(true)
        case "false", "False", "FALSE": self = .boolean(false)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": self = .number(.infinity)
        case "-.inf", "-.Inf", "-.INF": self = .number(-.infinity)
        case ".nan", ".NaN", ".NAN": self = .number(.nan)
        default: self = YAMLScalar.numeric(Array(text.utf8), text)
        }
    }

    private static func numeric(_ bytes: [UInt8], _ text: String) -> YAMLScalar {
        for (prefix, radix) in [("0x", 16), ("0o", 8)] where text.hasPrefix(prefix) {
            let digits = text.dropFirst(2)
            guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.hexDigitValue ?? radix) < radix }) else {
                return .string
            }
            return Int(digits, radix: radix).map(YAMLScalar.integer) ?? .hugeInteger(.infinity)
        }
        var rest = bytes[...]
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let whole = digits(&rest)
        if rest.isEmpty, whole > 0 {
            if let value = Int(text) { return .integer(value) }
            return .hugeInteger(Double(text) ?? .infinity)
        }
        var fraction = 0
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = digits(&rest)
        }
        guard whole + fraction > 0 else { return .string }
        if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
            guard digits(&rest) > 0 else { return .string }
        }
        // Double(_:) takes "1." and ".5" but yields nil beyond its range on some systems.
        return rest.isEmpty ? .number(Double(text) ?? .infinity) : .string
    }

    /// Takes the digits at the front away and says how many they were.
    private static func digits(_ rest: inout ArraySlice<UInt8>) -> Int {
        let count = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }.count
        rest = rest.dropFirst(count)
        return count
    }
}
