public import ArgusHost

/// A language model that can be asked: in this process, or behind a server.
///
/// A batch is answered as a whole and in its order; how much of it is computed at the same time is the backend's own
/// affair and must not change a reply.
public protocol LanguageBackend: AnyObject {
    /// The model's name in results, price tables and caches: with the same name and ``adapter`` the same request has the
    /// same reply.
    var model: String { get }
    /// Version of what is put on top of the model (a LoRA adapter's hash); empty: nothing.
    var adapter: String { get }

    /// What the model can do; may have to ask a server, and then remembers.
    ///
    /// - Throws: ``ArgusError`` (policy) where the model cannot be used at all.
    func capabilities() throws(ArgusError) -> BackendCapabilities

    /// The log-probability of every token of every continuation.
    ///
    /// - Throws: ``ArgusError`` (policy) for what no other request would change, such as a key that is refused.
    func score(_ batch: [ScoringRequest]) throws(ArgusError) -> [BackendReply<CandidateScores>]

    /// A reply to each prompt.
    ///
    /// - Throws: as ``score(_:)``.
    func generate(_ batch: [GenerationRequest]) throws(ArgusError) -> [BackendReply<Generation>]

    /// The number of tokens of a text, if the backend knows; else prompts are measured by an estimate.
    func tokenCount(of text: String) -> Int?
}

extension LanguageBackend {
    public var adapter: String { "" }
    public func tokenCount(of text: String) -> Int? { nil }
}

/// What a backend can do. What it cannot is refused, and never approximated.
public struct BackendCapabilities: Sendable, Hashable {
    /// Nil: it can. Else why it cannot give the log-probabilities of given continuations.
    public var scoring: Missing?
    /// Nil: it can. Else why it cannot hold a reply to given texts.
    public var constraining: Missing?
    /// Whether replies have the log-probabilities of the distribution that their tokens were drawn from.
    public var tokenLogProbabilities: Bool
    /// Whether replies have token ids.
    public var tokenIds: Bool

    /// Why something cannot be done: what was found, in words.
    public struct Missing: Sendable, Hashable, ExpressibleByStringLiteral {
        public var reason: String
        public init(_ reason: String) { self.reason = reason }
        public init(stringLiteral reason: String) { self.reason = reason }
    }

    public init(
        scoring: Missing? = nil, constraining: Missing? = nil, tokenLogProbabilities: Bool = true, tokenIds: Bool = true
    ) {
        self.scoring = scoring
        self.constraining = constraining
        self.tokenLogProbabilities = tokenLogProbabilities
        self.tokenIds = tokenIds
    }
}

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

/// What became of a request.
public struct BackendReply<Content: Sendable>: Sendable {
    public var result: Result<Content, BackendFailure>
    public var usage: TokenUsage
    /// Seconds from the request to its reply, waiting for a free place and between attempts apart.
    public var latency: Double
    /// Times that it was sent again.
    public var retries: Int

    public init(
        _ result: Result<Content, BackendFailure>, usage: TokenUsage = TokenUsage(), latency: Double = 0,
        retries: Int = 0
    ) {
        self.result = result
        self.usage = usage
        self.latency = latency
        self.retries = retries
    }
}

/// Why a request has no reply.
public struct BackendFailure: Error, Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable, Hashable {
        /// No reply within the time for one.
        case timeout
        /// The server or the way to it failed, or it said what no reply is.
        case provider
    }

    public var kind: Kind
    /// In words, for people.
    public var reason: String

    public init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}

/// Tokens of a request.
public struct TokenUsage: Codable, Sendable, Hashable {
    public var prompt = 0
    /// Of the prompt's tokens those that need not be computed again.
    public var cached = 0
    public var completion = 0

    public init(prompt: Int = 0, cached: Int = 0, completion: Int = 0) {
        self.prompt = prompt
        self.cached = cached
        self.completion = completion
    }
}
