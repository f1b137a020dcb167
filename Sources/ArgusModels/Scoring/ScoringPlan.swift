import ArgusTensor

/// What one pass through the model has to compute for some questions, and where its results belong.
struct ScoringPlan {
    private var parts: [SequencePart] = []
    private var rows: [Int] = []
    /// Which entries of the logits are wanted: the row of `rows`, the token, and where the answer belongs.
    private var wanted: [(row: Int, token: Int, question: Int, node: Int)] = []
    private var sizes: [Int] = []
    private var start = 0

    /// - Parameter prompt: the end of the question's prompt, with what comes before it as context.
    mutating func append(_ question: ScoringPass.Question, prompt: SequencePart) {
        let number = sizes.count
        let trie = question.trie
        sizes.append(trie.tokens.count)
        for node in trie.roots { wanted.append((rows.count, trie.tokens[node], number, node)) }
        rows.append(start + prompt.tokens.count - 1)
        start += prompt.tokens.count
        parts.append(prompt)

        // Only nodes that something follows need to be computed.
        let inner = trie.innerNodes
        guard !inner.isEmpty else { return }
        var places = [Int](repeating: -1, count: trie.tokens.count)
        var depths = [Int](repeating: 0, count: trie.tokens.count)
        var parents: [Int] = []
        for (place, node) in inner.enumerated() {
            places[node] = place
            let parent = trie.parents[node]
            parents.append(parent < 0 ? -1 : places[parent])
            depths[node] = parent < 0 ? 0 : depths[parent] + 1
            for child in trie.children[node] { wanted.append((rows.count, trie.tokens[child], number, child)) }
            rows.append(start + place)
        }
        parts.append(
            SequencePart(
                tokens: inner.map { trie.tokens[$0] }, positions: inner.map { question.prompt.count + depths[$0] },
                visibility: .tree(parents: parents), context: prompt.context, follows: parts.count - 1))
        start += inner.count
    }

    /// Runs the pass: for each question, the log-probability of each of its trie's nodes after what comes before it.
    func answers(_ model: DecoderModel, pace: LayerPace? = nil) throws(TensorError) -> [[Float]] {
        let hidden = try model.hiddenStates(parts, rows: rows, pace: pace)
        let values = try model.logProbabilities(hidden, of: wanted.map { ($0.row, $0.token) })
        var answers = sizes.map { [Float](repeating: 0, count: $0) }
        for (entry, value) in zip(wanted, values) { answers[entry.question][entry.node] = value }
        return answers
    }
}
