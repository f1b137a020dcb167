/// What an agent knows at a decision, in words: its own text, its own memory and the messages to it. There is no place
/// in it for another agent's text or for the state.
public struct DecisionView: Sendable, Hashable {
    public var agent: String
    /// Role and rules.
    public var rules: String
    public var situation: String
    /// The oldest first.
    public var history: [PastDecision]
    /// The oldest first.
    public var inbox: [ReceivedMessage]
    /// Legal actions, in the environment's order.
    public var actions: [ReplyParser.Candidate]
    /// Characters that a message of its own may have; nil: it cannot send any.
    public var messageCharacters: Int?

    public init(
        agent: String, rules: String, situation: String, history: [PastDecision] = [], inbox: [ReceivedMessage] = [],
        actions: [ReplyParser.Candidate], messageCharacters: Int? = nil
    ) {
        self.agent = agent
        self.rules = rules
        self.situation = situation
        self.history = history
        self.inbox = inbox
        self.actions = actions
        self.messageCharacters = messageCharacters
    }
}

/// What an agent saw and did earlier in the episode.
public struct PastDecision: Sendable, Hashable {
    public var situation: String
    public var action: String

    public init(situation: String, action: String) {
        self.situation = situation
        self.action = action
    }
}
