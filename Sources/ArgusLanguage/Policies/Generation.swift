/// Asks for a reply.
public struct GenerationRequest: Codable, Sendable, Hashable {
    public var messages: [ChatMessage]
    /// Tokens of the reply at most.
    public var maximumTokens: Int
    /// 0: always the most probable token.
    public var temperature: Double
    /// Nucleus: the smallest set of tokens with this probability; 1: all.
    public var topP: Double
    /// Fixes the sampling.
    public var seed: UInt64
    /// Nil: free. Else the reply is one of these texts.
    public var choices: [String]?

    public init(
        messages: [ChatMessage], maximumTokens: Int, temperature: Double, topP: Double, seed: UInt64,
        choices: [String]? = nil
    ) {
        self.messages = messages
        self.maximumTokens = maximumTokens
        self.temperature = temperature
        self.topP = topP
        self.seed = seed
        self.choices = choices
    }
}

/// A reply.
public struct Generation: Codable, Sendable, Hashable {
    /// Why the reply ends.
    public enum Finish: String, Codable, Sendable, Hashable {
        /// The model ended it.
        case stop
        /// It was as long as it might be.
        case length
        /// The server's own rules ended or kept it.
        case refused
    }

    public var text: String
    public var finish: Finish
    /// Nil where unknown.
    public var promptIds: [Int]?
    public var replyIds: [Int]?
    /// Natural logarithms, of the distribution that the tokens were drawn from; nil where that is unknown.
    public var tokenLogProbabilities: [Double]?
    /// With choices: the logarithm of each one's probability to be the reply; nil where unknown.
    public var choiceLogProbabilities: [Double]?

    public init(
        text: String, finish: Finish, promptIds: [Int]? = nil, replyIds: [Int]? = nil,
        tokenLogProbabilities: [Double]? = nil, choiceLogProbabilities: [Double]? = nil
    ) {
        self.text = text
        self.finish = finish
        self.promptIds = promptIds
        self.replyIds = replyIds
        self.tokenLogProbabilities = tokenLogProbabilities
        self.choiceLogProbabilities = choiceLogProbabilities
    }
}
