import ArgusTensor
import Foundation

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
        var plan = ScoringPlan()
        for question in questions {
            let (length, segment) = prefixes.longest(beginningOf: question.prompt)
            plan.append(
                question,
                prompt: SequencePart(
                    tokens: Array(question.prompt[length...]), positions: Array(length..<question.prompt.count),
                    context: segment.map { [$0] } ?? []))
        }
        return try plan.answers(model)
    }
}

// MARK: One prompt on several threads

extension ScoringPass {
    /// Rows of a prompt below which a thread more is not worth its while.
    private static let fewestRows = 64

    /// How many of `threads` one question alone can use.
    func usefulThreads(_ question: Question, of threads: Int) -> Int {
        let rows = question.prompt.count - prefixes.longest(beginningOf: question.prompt).0
        return max(1, min(threads, rows / Self.fewestRows))
    }

    /// Answers one question with a thread for each pass. The prompt is cut; each piece follows the one before it through
    /// the layers, one layer behind, where it finds that one's keys and values. So threads wait for each other once a
    /// layer, not several times within each operation.
    static func pipeline(_ passes: [ScoringPass], _ question: Question) throws(LanguageError) -> [Float] {
        let (start, _) = passes[0].prefixes.longest(beginningOf: question.prompt)
        let count = question.prompt.count - start
        let bounds = (0...passes.count).map { start + count * $0 / passes.count }
        let signals = passes.map { _ in LayerSignal() }
        // What each thread needs is made here, so that no tensor object is used by two.
        var pieces: [PromptPiece] = []
        var segments: [KeyValueSegment] = []
        for (number, pass) in passes.enumerated() {
            let range = bounds[number]..<bounds[number + 1]
            let isLast = number == passes.count - 1
            let part = try computing { () throws(TensorError) in
                var context = pass.prefixes.longest(beginningOf: question.prompt).1.map { [$0] } ?? []
                for segment in segments {
                    context.append(try KeyValueSegment(sharing: segment, count: segment.capacity))
                }
                let storage = isLast ? nil : try KeyValueSegment(pass.model.configuration, capacity: range.count)
                return SequencePart(
                    tokens: Array(question.prompt[range]), positions: Array(range), context: context, storage: storage)
            }
            if let storage = part.storage { segments.append(storage) }
            let pace = LayerPace(following: number == 0 ? nil : signals[number - 1], own: signals[number])
            pieces.append(PromptPiece(model: pass.model, part: part, pace: pace, threads: TorchThreads.count))
        }
        let group = DispatchGroup()
        for piece in pieces.dropLast() {
            group.enter()
            nonisolated(unsafe) let piece = piece
            // A thread of its own: on a pool's one, which may come late, the others would wait.
            Thread.detachNewThread {
                // Its failure shows at the piece that follows it.
                _ = try? piece.run(nil)
                group.leave()
            }
        }
        defer { group.wait() }
        let last = pieces[pieces.count - 1]
        return try computing { () throws(TensorError) in try last.run(question) }
    }
}
