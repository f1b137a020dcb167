/// Asks how probable continuations are.
public struct ScoringRequest: Codable, Sendable, Hashable {
    /// The prompt; its last message is the user's.
    public var messages: [ChatMessage]
    /// What the model's reply begins with before the continuation, such as `Action:`.
    public var replyStart: String
    /// Each with the space that belongs to it; at least one.
    public var continuations: [String]

    public init(messages: [ChatMessage], replyStart: String, continuations: [String]) {
        self.messages = messages
        self.replyStart = replyStart
        self.continuations = continuations
    }
}

/// The log-probabilities that were asked for.
public struct CandidateScores: Codable, Sendable, Hashable {
    /// [continuation][token]: natural logarithms at temperature 1.
    public var tokenLogProbabilities: [[Double]]
    /// Of the prompt with the reply's start; nil where unknown.
    public var promptIds: [Int]?
    /// [continuation][token]; nil where unknown.
    public var continuationIds: [[Int]]?

    public init(tokenLogProbabilities: [[Double]], promptIds: [Int]? = nil, continuationIds: [[Int]]? = nil) {
        self.tokenLogProbabilities = tokenLogProbabilities
        self.promptIds = promptIds
        self.continuationIds = continuationIds
    }
}
