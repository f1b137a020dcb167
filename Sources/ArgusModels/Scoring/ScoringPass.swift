import ArgusTensor
import Dispatch

/// What one thread does of scoring: questions through the model, as many at once as fit.
struct ScoringPass {
    /// A prompt, and all that is asked after it.
    struct Question {
        let prompt: [Int]
        var trie = TokenTrie()

        init(prompt: [Int]) { self.prompt = prompt }

    }

    private let model: DecoderModel
    private let prefixes: PrefixCache
    private let tokensAtOnce: Int

    init(_ model: DecoderModel, _ prefixes: PrefixCache, tokensAtOnce: Int) {
        self.model = model
        self.prefixes = prefixes
        self.tokensAtOnce = tokensAtOnce
    }

    /// The same with references of its own, for another thread.
    init(sharing other: ScoringPass) throws(TensorError) {
        model = try DecoderModel(sharing: other.model)
        prefixes = try PrefixCache(sharing: other.prefixes, model)
        tokensAtOnce = other.tokensAtOnce
    }

    /// Tokens that have to be computed for a question.
    func cost(_ question: Question) -> Int {
        question.prompt.count - prefixes.longest(beginningOf: question.prompt).0 + question.trie.innerNodes.count
    }

    /// Parts of about the same length for at most `count` threads, none of them empty.
    static func divide(_ questions: [Question], among count: Int) -> [[Int]] {
        var shares = [(size: Int, members: [Int])](repeating: (0, []), count: min(count, questions.count))
        for index in questions.indices.sorted(by: { questions[$0].prompt.count > questions[$1].prompt.count }) {
            guard let least = shares.indices.min(by: { shares[$0].size < shares[$1].size }) else { break }
            shares[least].size += questions[index].prompt.count + questions[index].trie.tokens.count
            shares[least].members.append(index)
        }
        return shares.map(\.members)
    }

    /// Runs each share on a thread of its own with its pass; a single one on this thread.
    static func run(
        _ passes: [ScoringPass], on questions: [Question], _ shares: [[Int]]
    ) throws(LanguageError) -> [[Float]] {
        func answers(_ number: Int) -> Result<[[Float]], LanguageError> {
            Result { () throws(LanguageError) in try passes[number].answer(shares[number].map { questions[$0] }) }
        }
        var results: [Result<[[Float]], LanguageError>]
        if shares.count < 2 {
            results = shares.indices.map(answers)
        } else {
            results = Array(repeating: .success([]), count: shares.count)
            // Each thread has a pass and a place in the results of its own, and runs operations without help. The
            // setting is both the thread's and the process's default, so all put back what this thread had.
            let threads = TorchThreads.count
            nonisolated(unsafe) let compute = answers
            results.withUnsafeMutableBufferPointer { buffer in
                nonisolated(unsafe) let places = buffer
                DispatchQueue.concurrentPerform(iterations: places.count) { number in
                    try? TorchThreads.set(1)
                    places[number] = compute(number)
                    try? TorchThreads.set(threads)
                }
            }
        }
        var all = [[Float]](repeating: [], count: questions.count)
        for (share, result) in zip(shares, results) {
            for (index, answer) in zip(share, try result.get()) { all[index] = answer }
        }
        return all
    }

    /// For each question, the log-probability of each of its trie's nodes after what comes before it.
    private func answer(_ questions: [Question]) throws(LanguageError) -> [[Float]] {
        var answers: [[Float]] = []
        var first = 0
        while first < questions.count {
            var last = first
            var total = 0
            while last < questions.count, last == first || total + cost(questions[last]) <= tokensAtOnce {
                total += cost(questions[last])
                last += 1
            }
            answers += try computing { () throws(TensorError) in try compute(questions[first..<last]) }
            first = last
        }
        return answers
    }

    /// For each question, the log-probability of each of its trie's nodes after what comes before it.
    private func compute(_ questions: ArraySlice<Question>) throws(TensorError) -> [[Float]] {
        var parts: [SequencePart] = []
        var rows: [Int] = []
        // Which entries of the logits are wanted: the row of `rows`, the token, and where the answer belongs.
        var wanted: [(row: Int, token: Int, question: Int, node: Int)] = []
        var start = 0
        for (number, question) in questions.enumerated() {
            let (length, segment) = prefixes.longest(beginningOf: question.prompt)
            let trie = question.trie
            let prompt = SequencePart(
                tokens: Array(question.prompt[length...]), positions: Array(length..<question.prompt.count),
                context: segment.map { [$0] } ?? [])
            for node in trie.roots { wanted.append((rows.count, trie.tokens[node], number, node)) }
            rows.append(start + prompt.tokens.count - 1)
            start += prompt.tokens.count
            parts.append(prompt)

            // Only nodes that something follows need to be computed.
            let inner = trie.innerNodes
            guard !inner.isEmpty else { continue }
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
        let hidden = try model.hiddenStates(parts, rows: rows)
        let values = try model.logProbabilities(hidden, of: wanted.map { ($0.row, $0.token) })
        var answers = questions.map { [Float](repeating: 0, count: $0.trie.tokens.count) }
        for (entry, value) in zip(wanted, values) { answers[entry.question][entry.node] = value }
        return answers
    }
}
