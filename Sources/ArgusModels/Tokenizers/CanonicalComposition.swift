@_spi(_Unicode) import Swift

/// Unicode's normalisation form C.
enum CanonicalComposition {
    /// The text in form C; nil where it needs no look, since all of it is before U+0300.
    ///
    /// By the standard library's own algorithm, which strings are compared with. Foundation's is slower and composes
    /// some marks after characters beyond U+FFFF wrongly (U+201AF U+0340, for example).
    static func composed(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        // Everything before U+0300, whose first byte is 0xCC, is in form C.
        guard text.contains(where: { $0 >= 0xCC }) else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        for scalar in String(decoding: text, as: UTF8.self)._nfc {
            UTF8.encode(scalar)?.forEach { result.append($0) }
        }
        return result
    }
}
