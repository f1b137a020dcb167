/// How text is cut into the pieces within which tokens merge. Each is a known pattern, matched by hand: general regular
/// expressions are many times slower.
enum PreTokenizer: Sendable, Hashable {
    /// GPT-2's pattern: contractions, letters, numbers and other characters, each with one space before it.
    case gpt2
    /// GPT-2's within what is left between single digits.
    case smollm
    /// The pattern of Llama 3 (numbers of up to three digits) and Qwen 2 and 3 (single digits).
    case llama3(digits: Int)

    /// The patterns as `tokenizer.json` has them.
    static func pattern(_ regularExpression: String) -> PreTokenizer? {
        switch regularExpression {
        case modernPattern("\\p{N}{1,3}"): .llama3(digits: 3)
        case modernPattern("\\p{N}"): .llama3(digits: 1)
        default: nil
        }
    }

    private static func modernPattern(_ numbers: String) -> String {
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\(numbers)| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
            + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
    }

    /// Calls `body` with the bytes of each piece of `text`, which is valid UTF-8, from left to right.
    func split(_ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        let characters = ClassifiedText(text)
        var start = 0
        func emit(to end: Int) {
            body(UnsafeBufferPointer(rebasing: text[characters.offsets[start]..<characters.offsets[end]]))
            start = end
        }
        switch self {
        case .gpt2:
            while start < characters.count {
                emit(to: characters.endOfGPT2Piece(from: start, before: characters.count))
            }
        case .llama3(let digits):
            while start < characters.count { emit(to: characters.endOfModernPiece(from: start, digits: digits)) }
        case .smollm:
            while start < characters.count {
                if characters.classes[start] == .number {
                    emit(to: start + 1)
                    continue
                }
                let limit = characters.end(of: start, before: characters.count) { $0 != .number }
                while start < limit { emit(to: characters.endOfGPT2Piece(from: start, before: limit)) }
            }
        }
    }
}

/// Text as its characters' classes and places.
private struct ClassifiedText {
    let text: UnsafeBufferPointer<UInt8>
    private(set) var classes: [CharacterClass] = []
    /// Where each character begins, and the end of the text.
    private(set) var offsets: [Int] = []

    init(_ text: UnsafeBufferPointer<UInt8>) {
        self.text = text
        classes.reserveCapacity(text.count)
        offsets.reserveCapacity(text.count + 1)
        var offset = 0
        while offset < text.count {
            offsets.append(offset)
            let (scalar, length) = Self.scalar(text, offset)
            classes.append(CharacterClass(scalar))
            offset += length
        }
        offsets.append(text.count)
    }

    var count: Int { classes.count }

    /// The character at `offset` of valid UTF-8, and its length in bytes.
    private static func scalar(_ text: UnsafeBufferPointer<UInt8>, _ offset: Int) -> (Unicode.Scalar, Int) {
        let first = UInt32(text[offset])
        if first < 0x80 { return (Unicode.Scalar(text[offset]), 1) }
        let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard offset + length <= text.count else { return ("\u{FFFD}", text.count - offset) }
        var value = first & (0x7F >> UInt32(length))
        for index in 1..<length { value = value << 6 | UInt32(text[offset + index] & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }

    private func byte(_ index: Int) -> UInt8 { text[offsets[index]] }

    /// The end of the run of characters from `start` for which `belongs` holds.
    func end(of start: Int, before limit: Int, _ belongs: (CharacterClass) -> Bool) -> Int {
        var end = start
        while end < limit, belongs(classes[end]) { end += 1 }
        return end
    }

    // MARK: GPT-2
    // 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+

    func endOfGPT2Piece(from start: Int, before limit: Int) -> Int {
        if let end = endOfContraction(from: start, before: limit, ignoringCase: false) { return end }
        // One space belongs to what follows it, unless that is white space too.
        let isSpace = byte(start) == UInt8(ascii: " ")
        let first = isSpace && start + 1 < limit ? start + 1 : start
        let kind = classes[first]
        if !kind.isWhitespace { return end(of: first, before: limit) { $0 == kind } }
        return endOfWhitespace(from: start, before: limit)
    }

    /// `\s+(?!\S)|\s+`: white space up to its last character, which goes with what follows; all of it at the end.
    private func endOfWhitespace(from start: Int, before limit: Int) -> Int {
        let end = end(of: start, before: limit, \.isWhitespace)
        return end == limit || end == start + 1 ? end : end - 1
    }

    // MARK: Llama 3, Qwen 2 and 3
    // (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,k}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+

    func endOfModernPiece(from start: Int, digits: Int) -> Int {
        if let end = endOfContraction(from: start, before: count, ignoringCase: true) { return end }
        let kind = classes[start]
        switch kind {
        case .letter:
            return end(of: start, before: count) { $0 == .letter }
        case .number:
            return end(of: start, before: min(count, start + digits)) { $0 == .number }
        case .space, .other:
            if start + 1 < count, classes[start + 1] == .letter {
                return end(of: start + 1, before: count) { $0 == .letter }
            }
            let isSpace = byte(start) == UInt8(ascii: " ")
            let first = isSpace && start + 1 < count ? start + 1 : start
            if classes[first] == .other {
                let end = end(of: first, before: count) { $0 == .other }
                return self.end(of: end, before: count) { $0 == .newline }
            }
        case .newline:
            break
        }
        let run = end(of: start, before: count, \.isWhitespace)
        if let newline = (start..<run).last(where: { classes[$0] == .newline }) { return newline + 1 }
        return endOfWhitespace(from: start, before: count)
    }

    // MARK: Contractions

    private func endOfContraction(from start: Int, before limit: Int, ignoringCase: Bool) -> Int? {
        guard byte(start) == UInt8(ascii: "'"), start + 1 < limit else { return nil }
        switch letter(start + 1, ignoringCase) {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
            return start + 2
        case let first:
            guard start + 2 < limit else { return nil }
            let second = letter(start + 2, ignoringCase)
            let isPair =
                first == UInt8(ascii: "l")
                ? second == UInt8(ascii: "l")
                : (first == UInt8(ascii: "r") || first == UInt8(ascii: "v")) && second == UInt8(ascii: "e")
            return isPair ? start + 3 : nil
        }
    }

    /// The ASCII letter that the character is, ignoring case also where that is U+017F for s; 0 if it is none.
    private func letter(_ index: Int, _ ignoringCase: Bool) -> UInt8 {
        let byte = byte(index)
        guard ignoringCase else { return byte }
        if byte == 0xC5, text[offsets[index] + 1] == 0xBF { return UInt8(ascii: "s") }
        return (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
