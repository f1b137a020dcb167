/// Candidate continuations of a prompt, all as tokens.
public struct ScoringRequest: Sendable, Hashable {
    public var prompt: [Int]
    /// At least one, each of at least one token. A candidate that is the beginning of another one needs a token that
    /// ends it, if a distribution over branches is asked for.
    public var candidates: [[Int]]

    public init(prompt: [Int], candidates: [[Int]]) {
        self.prompt = prompt
        self.candidates = candidates
    }
}

/// How the tokens' log-probabilities make a candidate's score.
public enum ScoreNormalization: String, Sendable, Hashable, CaseIterable {
    /// Their mean: a candidate's length neither helps nor harms it (Tan et al. 2024, TWOSOME).
    case tokens
    /// Their sum: the candidate's log-probability, so that long candidates hardly have a chance (Carta et al. 2023).
    case sum
    /// The log-probability with which sampling token by token, where only candidates are allowed, gives this one.
    case branches
}

/// What a model thinks of the candidates of one request. Logarithms are natural.
public struct CandidateScores: Sendable, Hashable {
    /// Of each candidate's tokens, the log-probability after the prompt and the tokens before it.
    public let tokenLogProbabilities: [[Float]]
    /// Normalised as was asked for.
    public let scores: [Double]
    /// The softmax of the scores over the temperature: sums to 1.
    public let distribution: [Double]

    /// The log-probability of each candidate as a whole.
    public var logProbabilities: [Double] { tokenLogProbabilities.map { $0.reduce(0) { $0 + Double($1) } } }

    /// The candidate that a uniform number in [0, 1) chooses from the distribution.
    public func choice(_ uniform: Double) -> Int { Sampling.choice(distribution, uniform) }
}
