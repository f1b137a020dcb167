/// Token sequences as a tree in which common beginnings are one path.
struct TokenTrie {
    /// Of each node, the node before it; -1 for the first token of a sequence. Parents come before their children.
    private(set) var parents: [Int] = []
    private(set) var tokens: [Int] = []
    private(set) var children: [[Int]] = []
    /// Nodes that begin sequences.
    private(set) var roots: [Int] = []
    /// For each inserted sequence, its nodes from first to last.
    private(set) var paths: [[Int]] = []

    /// Nodes that something follows, parents before their children.
    var innerNodes: [Int] { tokens.indices.filter { !children[$0].isEmpty } }

    /// Adds a sequence and returns its number in ``paths``.
    mutating func insert(_ sequence: [Int]) -> Int {
        var path: [Int] = []
        var parent = -1
        for token in sequence {
            let siblings = parent < 0 ? roots : children[parent]
            let node: Int
            if let known = siblings.first(where: { tokens[$0] == token }) {
                node = known
            } else {
                node = tokens.count
                tokens.append(token)
                parents.append(parent)
                children.append([])
                if parent < 0 { roots.append(node) } else { children[parent].append(node) }
            }
            path.append(node)
            parent = node
        }
        paths.append(path)
        return paths.count - 1
    }
}
