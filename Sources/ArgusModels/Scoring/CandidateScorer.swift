import ArgusTensor

/// Exact log-probabilities of candidate continuations.
///
/// Everything that is common is computed once: a kept prefix for all calls, a prompt for all requests that have it, the
/// beginning of candidates for all that share it. Prompts of any lengths go through the model in one pass, their
/// candidates with them.
public final class CandidateScorer {
    public struct Options: Sendable, Hashable {
        public var normalization: ScoreNormalization
        /// Divides the scores, or for ``ScoreNormalization/branches`` each token's logits, before the softmax.
        public var temperature: Double
        /// Tokens that one pass computes at most, unless a single prompt has more; bounds memory.
        public var tokensAtOnce: Int

        /// Threads among which prompts are divided, each of which computes whole passes; one prompt alone is cut into
        /// pieces that follow each other through the layers. This scales better than dividing single operations, above
        /// all on a machine that does other work too. With 1, operations use the threads of `TorchThreads`.
        public var threads: Int

        public init(
            normalization: ScoreNormalization = .tokens, temperature: Double = 1, tokensAtOnce: Int = 2048,
            threads: Int = 1
        ) {
            self.normalization = normalization
            self.temperature = temperature
            self.tokensAtOnce = tokensAtOnce
            self.threads = threads
        }
    }

    public let model: DecoderModel
    public var options: Options
    private let prefixes: PrefixCache
    /// One for each thread but the calling one; made when there is work for them, and again when prefixes change.
    private var helpers: [ScoringPass] = []
    /// Tokens that went through the model so far, kept prefixes apart.
    public private(set) var computedTokens = 0

    public init(_ model: DecoderModel, options: Options = Options()) {
        self.model = model
        self.options = options
        prefixes = PrefixCache(model)
    }

    /// Computes the keys and values of `tokens` once and for all; prompts that begin with them are continued from there.
    public func keep(prefix tokens: [Int]) throws(LanguageError) {
        try prefixes.keep(tokens)
        helpers = []
    }

    /// Forgets all kept prefixes.
    public func dropPrefixes() {
        prefixes.removeAll()
        helpers = []
    }

    /// Scores each request's candidates, in the order of the requests.
    public func score(_ requests: [ScoringRequest]) throws(LanguageError) -> [CandidateScores] {
        guard options.temperature.isFinite, options.temperature > 0 else {
            throw LanguageError(
                .invalidArgument, "temperature (scoring): found \(options.temperature), expected a number above 0")
        }
        // One question for each distinct prompt, with the candidates of all who ask it.
        var questions: [ScoringPass.Question] = []
        var numbers: [[Int]: Int] = [:]
        var places: [(question: Int, paths: [Int])] = []
        for (index, request) in requests.enumerated() {
            try check(request, index)
            let number: Int
            if let known = numbers[request.prompt] {
                number = known
            } else {
                number = questions.count
                numbers[request.prompt] = number
                questions.append(ScoringPass.Question(prompt: request.prompt))
            }
            places.append((number, request.candidates.map { questions[number].trie.insert($0) }))
        }
        let answers = try answer(questions)
        return places.map { question, paths in
            let trie = questions[question].trie
            return scores(
                paths.map { path in trie.paths[path].map { answers[question][$0] } },
                nodes: paths.map { trie.paths[$0] })
        }
    }

    /// The log-probabilities of each question's nodes.
    private func answer(_ questions: [ScoringPass.Question]) throws(LanguageError) -> [[Float]] {
        let first = ScoringPass(model, prefixes, tokensAtOnce: options.tokensAtOnce)
        computedTokens += questions.reduce(0) { $0 + first.cost($1) }
        if questions.count == 1 {
            let passes = try passes(first, first.usefulThreads(questions[0], of: options.threads))
            if passes.count > 1 { return [try ScoringPass.pipeline(passes, questions[0])] }
        }
        let shares = ScoringPass.divide(questions, among: max(1, options.threads))
        return try ScoringPass.run(passes(first, shares.count), on: questions, shares)
    }

    /// The calling thread's pass, and as many more as make `count`.
    private func passes(_ first: ScoringPass, _ count: Int) throws(LanguageError) -> [ScoringPass] {
        while helpers.count < count - 1 {
            helpers.append(try computing { () throws(TensorError) in try ScoringPass(sharing: first) })
        }
        return [first] + helpers.prefix(max(0, count - 1))
    }

    private func check(_ request: ScoringRequest, _ index: Int) throws(LanguageError) {
        func refuse(_ what: String, _ expected: String) -> LanguageError {
            LanguageError(.invalidArgument, "request \(index) (scoring): found \(what), expected \(expected)")
        }
        guard !request.prompt.isEmpty else { throw refuse("an empty prompt", "at least one token") }
        guard !request.candidates.isEmpty, request.candidates.allSatisfy({ !$0.isEmpty }) else {
            throw refuse("no candidates, or one without tokens", "at least one of at least one token")
        }
        try model.check(tokens: request.prompt, "prompt of request \(index)")
        for candidate in request.candidates { try model.check(tokens: candidate, "candidate of request \(index)") }
        let longest = request.prompt.count + (request.candidates.map(\.count).max() ?? 0)
        guard longest <= model.configuration.maximumPositions else {
            throw refuse("\(longest) tokens with a candidate", "at most \(model.configuration.maximumPositions)")
        }
        if options.normalization == .branches {
            let sorted = request.candidates.sorted { $0.lexicographicallyPrecedes($1) }
            for (shorter, longer) in zip(sorted, sorted.dropFirst()) where longer.starts(with: shorter) {
                throw refuse(
                    "a candidate that is the beginning of another one, or equal to it",
                    "candidates that end differently. Try a token after each that ends it")
            }
        }
    }
}

// MARK: Scores

extension CandidateScorer {
    private func scores(_ tokenLogProbabilities: [[Float]], nodes: [[Int]]) -> CandidateScores {
        let scores: [Double]
        var temperature = options.temperature
        switch options.normalization {
        case .sum: scores = tokenLogProbabilities.map { $0.reduce(0) { $0 + Double($1) } }
        case .tokens:
            scores = tokenLogProbabilities.map { $0.reduce(0) { $0 + Double($1) } / Double($0.count) }
        case .branches:
            scores = branchScores(tokenLogProbabilities, nodes)
            temperature = 1
        }
        return CandidateScores(
            tokenLogProbabilities: tokenLogProbabilities, scores: scores,
            distribution: Sampling.softmax(scores, temperature: temperature))
    }

    /// The log-probability of each candidate when at each place the next token is drawn among those that some candidate
    /// has there.
    private func branchScores(_ tokenLogProbabilities: [[Float]], _ nodes: [[Int]]) -> [Double] {
        // The candidates' nodes at each place, by the node before it.
        var branches: [Int: [Int: Double]] = [:]
        for (values, path) in zip(tokenLogProbabilities, nodes) {
            for (place, node) in path.enumerated() {
                branches[place == 0 ? -1 : path[place - 1], default: [:]][node] =
                    Double(values[place]) / options.temperature
            }
        }
        let normalizers = branches.mapValues { Sampling.logSumExp(Array($0.values)) }
        return zip(tokenLogProbabilities, nodes).map { values, path in
            path.indices.reduce(0) { sum, place in
                sum + Double(values[place]) / options.temperature
                    - (normalizers[place == 0 ? -1 : path[place - 1]] ?? 0)
            }
        }
    }
}
