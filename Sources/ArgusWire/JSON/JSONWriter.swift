/// Writes JSON in one way only, so that equal values have equal bytes in every implementation: no spaces, keys sorted
/// by code point, strings in UTF-8 with only `"`, `\` and control characters escaped, and numbers as Python's `repr`
/// writes them: the shortest digits that read back, with an exponent below 1e-4 and from 1e16 on. It is what
/// `json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)` gives.
struct JSONWriter {
    private var bytes: [UInt8] = []

    static func bytes(of value: JSONValue) -> [UInt8] {
        var writer = JSONWriter()
        writer.write(value)
        return writer.bytes
    }

    private mutating func write(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .boolean(let value): append(value ? "true" : "false")
        case .integer(let value): append("\(value)")
        case .number(let value): write(value)
        case .string(let value): write(value)
        case .array(let values):
            append("[")
            for (index, value) in values.enumerated() {
                if index > 0 { append(",") }
                write(value)
            }
            append("]")
        case .object(let members):
            append("{")
            let sorted = members.sorted { $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars) }
            for (index, member) in sorted.enumerated() {
                if index > 0 { append(",") }
                write(member.key)
                append(":")
                write(member.value)
            }
            append("}")
        }
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func write(_ text: String) {
        append("\"")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): append("\\\"")
            case UInt8(ascii: "\\"): append("\\\\")
            case 0x08: append("\\b")
            case 0x0C: append("\\f")
            case 0x0A: append("\\n")
            case 0x0D: append("\\r")
            case 0x09: append("\\t")
            case 0..<0x20:
                append("\\u00")
                bytes.append(JSONWriter.hexDigits[Int(byte >> 4)])
                bytes.append(JSONWriter.hexDigits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        append("\"")
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private mutating func write(_ number: Double) {
        guard number.isFinite else {
            append("null")
            return
        }
        if number.sign == .minus { append("-") }
        // Swift's description has the shortest digits too, but changes to exponents elsewhere.
        var digits: [UInt8] = []
        var point = 0
        var exponent = 0
        var afterPoint = false
        let text = Array(number.magnitude.description.utf8)
        scan: for (index, byte) in text.enumerated() {
            switch byte {
            case UInt8(ascii: "."): afterPoint = true
            case UInt8(ascii: "e"):
                exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
                break scan
            default:
                digits.append(byte)
                if !afterPoint { point += 1 }
            }
        }
        // The value is 0.DIGITS · 10^point.
        point += exponent
        let leading = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(leading)
        point -= leading
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        guard !digits.isEmpty else {
            append("0.0")
            return
        }
        if point > -4 && point <= 16 {
            writeFixed(digits, point)
        } else {
            bytes.append(digits[0])
            if digits.count > 1 {
                append(".")
                bytes.append(contentsOf: digits[1...])
            }
            append(point > 0 ? "e+" : "e-")
            let power = abs(point - 1)
            append(power < 10 ? "0\(power)" : "\(power)")
        }
    }

    private mutating func writeFixed(_ digits: [UInt8], _ point: Int) {
        let zero = UInt8(ascii: "0")
        if point <= 0 {
            append("0.")
            bytes.append(contentsOf: repeatElement(zero, count: -point))
            bytes.append(contentsOf: digits)
        } else if digits.count <= point {
            bytes.append(contentsOf: digits)
            bytes.append(contentsOf: repeatElement(zero, count: point - digits.count))
            append(".0")
        } else {
            bytes.append(contentsOf: digits[..<point])
            append(".")
            bytes.append(contentsOf: digits[point...])
        }
    }
}
