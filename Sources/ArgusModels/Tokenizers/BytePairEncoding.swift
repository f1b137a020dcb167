/// Byte-pair encoding of one pre-token (Sennrich et al. 2016): the pair of lowest rank merges first, the leftmost of
/// equals, until none is left.
struct BytePairEncoding: Sendable {
    let tokens: TokenTable
    let merges: MergeTable
    /// The token of each single byte, or ``missing``: such a byte leaves no trace in the tokens, as in the `tokenizers`
    /// package.
    let byteTokens: [UInt32]
    static let missing = UInt32.max
    /// Whether a pre-token that is a token as a whole is taken without merging.
    let takesWholeTokens: Bool

    /// Memory that is reused from one pre-token to the next.
    struct Scratch {
        fileprivate var symbols: [UInt32] = []
        fileprivate var previous: [Int32] = []
        fileprivate var next: [Int32] = []
        /// Of the pair that begins here: its rank, or ``none``.
        fileprivate var ranks: [UInt32] = []
        /// What that pair becomes.
        fileprivate var results: [UInt32] = []
        /// A binary heap of ranks with their places, the least first. Entries that are out of date stay in it.
        fileprivate var heap: [UInt64] = []
        fileprivate static let none = UInt32.max
    }

    /// Appends the tokens of `text`: n log n in its length.
    func encode(_ text: UnsafeBufferPointer<UInt8>, into output: inout [Int], _ scratch: inout Scratch) {
        if takesWholeTokens, let token = tokens.token(of: text) {
            output.append(token)
            return
        }
        scratch.symbols.removeAll(keepingCapacity: true)
        scratch.previous.removeAll(keepingCapacity: true)
        scratch.next.removeAll(keepingCapacity: true)
        scratch.ranks.removeAll(keepingCapacity: true)
        scratch.results.removeAll(keepingCapacity: true)
        scratch.heap.removeAll(keepingCapacity: true)
        for byte in text where byteTokens[Int(byte)] != Self.missing { scratch.symbols.append(byteTokens[Int(byte)]) }
        let count = scratch.symbols.count
        guard count > 1 else {
            output.append(contentsOf: scratch.symbols.map(Int.init))
            return
        }
        for index in 0..<count {
            scratch.previous.append(Int32(index - 1))
            scratch.next.append(index + 1 < count ? Int32(index + 1) : -1)
            scratch.ranks.append(Scratch.none)
            scratch.results.append(0)
        }
        for index in 0..<(count - 1) { consider(index, &scratch) }
        while let entry = Self.popLeast(&scratch.heap) {
            let rank = UInt32(truncatingIfNeeded: entry >> 32)
            let left = Int(truncatingIfNeeded: entry & 0xFFFF_FFFF)
            guard scratch.ranks[left] == rank else { continue }
            let right = Int(scratch.next[left])
            scratch.symbols[left] = scratch.results[left]
            scratch.ranks[right] = Scratch.none
            scratch.next[left] = scratch.next[right]
            if scratch.next[right] >= 0 { scratch.previous[Int(scratch.next[right])] = Int32(left) }
            consider(left, &scratch)
            if scratch.previous[left] >= 0 { consider(Int(scratch.previous[left]), &scratch) }
        }
        var index = 0
        while index >= 0 {
            output.append(Int(scratch.symbols[index]))
            index = Int(scratch.next[index])
        }
    }

    /// Looks up the pair that begins at `index` and puts it on the heap if it merges.
    private func consider(_ index: Int, _ scratch: inout Scratch) {
        let next = Int(scratch.next[index])
        guard next >= 0, let merge = merges.merge(scratch.symbols[index], scratch.symbols[next]) else {
            scratch.ranks[index] = Scratch.none
            return
        }
        scratch.ranks[index] = merge.rank
        scratch.results[index] = merge.token
        Self.push(UInt64(merge.rank) << 32 | UInt64(index), &scratch.heap)
    }

    private static func push(_ entry: UInt64, _ heap: inout [UInt64]) {
        heap.append(entry)
        var index = heap.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard heap[parent] > entry else { break }
            heap[index] = heap[parent]
            index = parent
        }
        heap[index] = entry
    }

    private static func popLeast(_ heap: inout [UInt64]) -> UInt64? {
        guard let least = heap.first, let last = heap.popLast() else { return nil }
        guard !heap.isEmpty else { return least }
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            guard heap[child] < last else { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = last
        return least
    }
}
