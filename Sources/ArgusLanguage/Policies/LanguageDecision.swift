public import ArgusEnvAPI

/// One decision that a language model is asked for.
public struct DecisionRequest: Sendable {
    public var copy: Int
    public var agent: Int
    /// Seed of the episode.
    public var episode: UInt64
    /// Steps made before it.
    public var step: Int
    public var prompt: Prompt
    /// Legal actions in the environment's order; at least one.
    public var candidates: [ReplyParser.Candidate]
    /// Randomness of this decision alone: it depends on run, episode, step and agent.
    public var random: CounterRandom

    public init(
        copy: Int, agent: Int, episode: UInt64, step: Int, prompt: Prompt, candidates: [ReplyParser.Candidate],
        random: CounterRandom
    ) {
        self.copy = copy
        self.agent = agent
        self.episode = episode
        self.step = step
        self.prompt = prompt
        self.candidates = candidates
        self.random = random
    }
}

/// What became of it: everything that a table, a transcript or training needs to know.
public struct LanguageDecision: Sendable {
    /// The action's place among all of the environment's; nil: none, the episode is given up.
    public var action: Int?
    /// Natural logarithm of the probability of the action (of a free reply: of its text, also where that named no action
    /// and the fallback chose) under the distribution that it was drawn from; nil where unknown.
    public var logProbability: Double?
    /// Of that distribution, in nats; nil where unknown.
    public var entropy: Double?
    /// [candidate]; nil where unknown.
    public var probabilities: [Double]?
    /// What was sent, the second question's messages included.
    public var messages: [ChatMessage]
    public var promptIds: [Int]?
    /// What the model wrote, the last reply of several; in score mode the words that were drawn.
    public var reply: String
    public var replyIds: [Int]?
    /// [token of the reply]; nil where unknown.
    public var tokenLogProbabilities: [Double]?
    public var usage = TokenUsage()
    public var latency = 0.0
    /// Nil: it was not asked, since a budget was used up.
    public var outcome: ParseOutcome?
    /// What was wrong; nil: nothing.
    public var problem: String?
    /// The fallback that chose; nil: the model did.
    public var fallback: LanguageOptions.Fallback?
    public var isReasked = false
    /// Whether the run had the reply already, so that it cost nothing.
    public var isReused = false
    /// For the other agents.
    public var message: String?
    public var model: String
    public var adapter: String

    init(messages: [ChatMessage], model: String, adapter: String) {
        self.messages = messages
        self.model = model
        self.adapter = adapter
        reply = ""
    }
}
