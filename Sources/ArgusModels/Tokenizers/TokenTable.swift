/// The bytes of every token, and the token of given bytes.
struct TokenTable: Sendable {
    private var bytes: [UInt8] = []
    /// Where token `i` begins; one entry more than tokens.
    private var starts: [Int] = [0]
    /// Open addressing: a token or -1.
    private var slots: [Int32]
    private let mask: Int

    /// - Parameters:
    ///   - tokens: the bytes of each token, by its number.
    ///   - isFindable: whether ``token(of:)`` finds it: what text can turn into, not special tokens.
    init(_ tokens: [[UInt8]], isFindable: [Bool]) {
        var size = 16
        while size < tokens.count * 2 { size *= 2 }
        slots = [Int32](repeating: -1, count: size)
        mask = size - 1
        starts.reserveCapacity(tokens.count + 1)
        for token in tokens {
            bytes.append(contentsOf: token)
            starts.append(bytes.count)
        }
        for token in tokens.indices where isFindable[token] && !tokens[token].isEmpty {
            tokens[token].withUnsafeBufferPointer { insert(token, $0) }
        }
    }

    var count: Int { starts.count - 1 }

    func bytes(of token: Int) -> ArraySlice<UInt8> { bytes[starts[token]..<starts[token + 1]] }

    /// The token with exactly these bytes; the first of several.
    func token(of text: UnsafeBufferPointer<UInt8>) -> Int? {
        var slot = Self.hash(text) & mask
        while slots[slot] >= 0 {
            let token = Int(slots[slot])
            if bytes(of: token).elementsEqual(text) { return token }
            slot = (slot + 1) & mask
        }
        return nil
    }

    func token(of text: [UInt8]) -> Int? { text.withUnsafeBufferPointer { token(of: $0) } }

    private mutating func insert(_ token: Int, _ text: UnsafeBufferPointer<UInt8>) {
        var slot = Self.hash(text) & mask
        while slots[slot] >= 0 { slot = (slot + 1) & mask }
        slots[slot] = Int32(token)
    }

    /// FNV-1a, its high bits folded in.
    private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: (hash ^ hash >> 32) & 0x7FFF_FFFF_FFFF_FFFF)
    }
}
