/// Several texts in two frames: offsets u32 [n + 1], the first 0, and the texts in UTF-8 one after the other.
public struct WireTexts: Sendable, Hashable {
    public private(set) var offsets: [UInt32]
    public private(set) var utf8: [UInt8]

    /// No text yet.
    public init() {
        offsets = [0]
        utf8 = []
    }

    /// - Throws: code `limit` when the texts have more than 4 GiB together.
    public init(_ texts: some Sequence<String>) throws(WireError) {
        self.init()
        for text in texts { try append(text) }
    }

    public var count: Int { offsets.count - 1 }

    public mutating func append(_ text: String) throws(WireError) {
        utf8.append(contentsOf: text.utf8)
        guard let end = UInt32(exactly: utf8.count) else {
            throw WireError(.limit, "the texts have \(utf8.count) bytes, expected at most \(UInt32.max)")
        }
        offsets.append(end)
    }

    public mutating func removeAll() {
        offsets.removeAll(keepingCapacity: true)
        offsets.append(0)
        utf8.removeAll(keepingCapacity: true)
    }

    /// The frame of offsets.
    public func offsetBytes() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(offsets.count * 4)
        for offset in offsets { withUnsafeBytes(of: offset.littleEndian) { bytes.append(contentsOf: $0) } }
        return bytes
    }

    /// The texts of two frames.
    ///
    /// - Throws: code `invalid-request` for another number of texts than `count`, offsets that do not begin with 0,
    ///   fall or do not end with the bytes, and bytes that are not UTF-8.
    public static func decode(
        offsets: UnsafeRawBufferPointer, utf8: UnsafeRawBufferPointer, count: Int, _ name: String = "texts"
    ) throws(WireError) -> [String] {
        guard count >= 0, offsets.count / 4 - 1 == count, offsets.count % 4 == 0 else {
            throw WireError(
                .invalidRequest,
                "the offsets of \(name) have \(offsets.count) bytes, expected 4 · (\(count) + 1) for \(count) texts")
        }
        var texts: [String] = []
        texts.reserveCapacity(count)
        var start = 0
        for index in 0...count {
            let end = Int(UInt32(littleEndian: offsets.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self)))
            guard index > 0 || end == 0, end >= start, end <= utf8.count else {
                throw WireError(
                    .invalidRequest,
                    "offset \(index) of \(name) is \(end), expected \(index == 0 ? "0" : "\(start) to \(utf8.count)")")
            }
            if index > 0 {
                guard let text = String(validating: utf8[start..<end], as: UTF8.self) else {
                    throw WireError(.invalidRequest, "text \(index - 1) of \(name) is not UTF-8")
                }
                texts.append(text)
            }
            start = end
        }
        guard start == utf8.count else {
            throw WireError(
                .invalidRequest,
                "the last offset of \(name) is \(start), expected \(utf8.count): the bytes of the texts")
        }
        return texts
    }
}
