/// Which pairs of tokens merge, into what, and which goes first.
struct MergeTable: Sendable {
    struct Merge: Sendable {
        /// The lowest goes first.
        let rank: UInt32
        let token: UInt32
    }

    private var keys: [UInt64]
    private var merges: [Merge]
    private let mask: Int
    private static let empty = UInt64.max

    /// - Parameter pairs: in the order of their ranks; of two equal pairs the later counts.
    init(_ pairs: [(left: Int, right: Int, token: Int)]) {
        var size = 16
        while size < pairs.count * 2 { size *= 2 }
        keys = [UInt64](repeating: Self.empty, count: size)
        merges = [Merge](repeating: Merge(rank: 0, token: 0), count: size)
        mask = size - 1
        for (rank, pair) in pairs.enumerated() {
            let key = Self.key(UInt32(pair.left), UInt32(pair.right))
            var slot = Self.hash(key) & mask
            while keys[slot] != Self.empty, keys[slot] != key { slot = (slot + 1) & mask }
            keys[slot] = key
            merges[slot] = Merge(rank: UInt32(rank), token: UInt32(pair.token))
        }
    }

    func merge(_ left: UInt32, _ right: UInt32) -> Merge? {
        let key = Self.key(left, right)
        var slot = Self.hash(key) & mask
        while keys[slot] != Self.empty {
            if keys[slot] == key { return merges[slot] }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private static func key(_ left: UInt32, _ right: UInt32) -> UInt64 { UInt64(left) << 32 | UInt64(right) }

    private static func hash(_ key: UInt64) -> Int {
        let mixed = (key ^ key >> 29) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 32)
    }
}
