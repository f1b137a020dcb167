import Foundation

/// Unicode's normalisation form C.
enum CanonicalComposition {
    /// The text in form C, or nil if it is so already.
    static func composed(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        // Everything before U+0300, whose first byte is 0xCC, is in form C.
        guard text.contains(where: { $0 >= 0xCC }) else { return nil }
        return Array(String(decoding: text, as: UTF8.self).precomposedStringWithCanonicalMapping.utf8)
    }
}
