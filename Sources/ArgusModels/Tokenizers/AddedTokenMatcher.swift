/// Finds tokens that stand in text as they are written, such as `<|im_start|>`: the leftmost first, of several that
/// begin at one place the longest.
struct AddedTokenMatcher: Sendable {
    /// Children by node and byte, and the token that ends at a node.
    private var children: [Int: Int] = [:]
    private var tokens: [Int?] = [nil]
    private var isFirst = [Bool](repeating: false, count: 256)

    init(_ contents: [(content: String, token: Int)]) {
        for (content, token) in contents where !content.isEmpty {
            var node = 0
            for byte in content.utf8 {
                let key = node << 8 | Int(byte)
                if let child = children[key] {
                    node = child
                } else {
                    tokens.append(nil)
                    node = tokens.count - 1
                    children[key] = node
                }
            }
            tokens[node] = token
            isFirst[Int(content.utf8.first ?? 0)] = true
        }
    }

    /// Calls `plain` with the text between tokens and `added` with each token, from left to right.
    func split(
        _ text: UnsafeBufferPointer<UInt8>, plain: (UnsafeBufferPointer<UInt8>) -> Void, added: (Int) -> Void
    ) {
        var start = 0
        var position = 0
        while position < text.count {
            guard isFirst[Int(text[position])], let match = longest(text, position) else {
                position += 1
                continue
            }
            if position > start { plain(UnsafeBufferPointer(rebasing: text[start..<position])) }
            added(match.token)
            position = match.end
            start = position
        }
        if start < text.count { plain(UnsafeBufferPointer(rebasing: text[start...])) }
    }

    private func longest(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> (token: Int, end: Int)? {
        var node = 0
        var best: (token: Int, end: Int)?
        var position = start
        while position < text.count, let child = children[node << 8 | Int(text[position])] {
            node = child
            position += 1
            if let token = tokens[node] { best = (token, position) }
        }
        return best
    }
}
