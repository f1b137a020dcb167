/// FNV-1a of 64 bits (Fowler, Noll & Vo): any single changed bit changes it.
struct Checksum {
    /// Under which key of the metadata a file has that of everything else in it.
    static let metadataKey = "argus_checksum"

    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }

    /// Each pair ends with a byte that no text has.
    mutating func add(_ metadata: [String: String]) {
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            for text in [key, value] {
                add(text.utf8)
                add(CollectionOfOne(0xFF))
            }
        }
    }

    /// 16 hexadecimal digits.
    var text: String {
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
