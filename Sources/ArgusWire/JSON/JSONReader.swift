/// Reads one JSON value (RFC 8259) from bytes that may come from anywhere.
///
/// Stricter than the RFC where two readers could understand different things: valid UTF-8, no duplicate keys, no
/// numbers beyond 64-bit floats, no halves of surrogate pairs, at most 64 levels.
struct JSONReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    /// Levels of lists and objects in each other.
    static let deepest = 64

    private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    static func read(_ bytes: UnsafeRawBufferPointer, _ place: String) throws(WireError) -> JSONValue {
        var reader = JSONReader(bytes)
        do throws(Failure) {
            let value = try reader.value(depth: 0)
            reader.skipSpace()
            guard reader.position == bytes.count else { throw Failure("more after the end of the value") }
            return value
        } catch {
            throw WireError(.invalidRequest, "\(place) is no JSON: \(error.reason) at byte \(reader.position)")
        }
    }

    private struct Failure: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Failure) -> JSONValue {
        skipSpace()
        guard let byte = current else { throw Failure("the end where a value is expected") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Failure) -> JSONValue {
        for offset in 0..<word.utf8CodeUnitCount {
            guard take(word.utf8Start[offset]) else { throw Failure("an unknown word") }
        }
        return value
    }

    private mutating func object(depth: Int) throws(Failure) -> JSONValue {
        guard depth < JSONReader.deepest else { throw Failure("more than \(JSONReader.deepest) levels") }
        position += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard current == UInt8(ascii: "\"") else { throw Failure("no key") }
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw Failure("no ':' after a key") }
            let member = try value(depth: depth + 1)
            guard members.updateValue(member, forKey: key) == nil else {
                throw Failure("the key '\(key.prefix(40))' for the second time")
            }
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw Failure("no ',' or '}' after a member") }
        }
    }

    private mutating func array(depth: Int) throws(Failure) -> JSONValue {
        guard depth < JSONReader.deepest else { throw Failure("more than \(JSONReader.deepest) levels") }
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw Failure("no ',' or ']' after an element") }
        }
    }

    // MARK: Numbers

    private mutating func number() throws(Failure) -> JSONValue {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        var isInteger = true
        if take(UInt8(ascii: ".")) {
            isInteger = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        guard position - start <= 1024 else { throw Failure("a number of \(position - start) characters") }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw Failure("a number out of range") }
        return .number(number)
    }

    private mutating func digits() throws(Failure) {
        let start = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw Failure("no value") }
    }

    // MARK: Strings

    private mutating func string() throws(Failure) -> String {
        position += 1
        let start = position
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        let plain = bytes[start..<position]
        if take(UInt8(ascii: "\"")) { return try text(plain) }
        var content = [UInt8](plain)
        while true {
            guard let byte = current else { throw Failure("the end within a string") }
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try text(content)
            case UInt8(ascii: "\\"): try escape(into: &content)
            case 0..<0x20: throw Failure("a control character within a string")
            default: content.append(byte)
            }
        }
    }

    private func text(_ content: some Collection<UInt8>) throws(Failure) -> String {
        guard let text = String(validating: content, as: UTF8.self) else {
            throw Failure("a string that is not UTF-8")
        }
        return text
    }

    private mutating func escape(into content: inout [UInt8]) throws(Failure) {
        guard let byte = current else { throw Failure("the end within a string") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            var code = try fourDigits()
            if (0xD800..<0xDC00).contains(code) {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw Failure("half a surrogate pair") }
                let low = try fourDigits()
                guard (0xDC00..<0xE000).contains(low) else { throw Failure("half a surrogate pair") }
                code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw Failure("half a surrogate pair") }
            content.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
        default: throw Failure("an unknown escape")
        }
    }

    private mutating func fourDigits() throws(Failure) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw Failure("no four hexadecimal digits after '\\u'")
            }
            position += 1
            code = code << 4 | UInt32(digit)
        }
        return code
    }
}
