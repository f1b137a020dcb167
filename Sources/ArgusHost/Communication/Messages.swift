/// A text that has arrived, as its receiver sees it.
public struct ReceivedText: Sendable, Hashable {
    /// Index of the agent that sent it.
    public var sender: Int
    /// The step of the episode in which it was sent, from 0.
    public var step: Int
    public var text: String
}

/// A message of the last step, for people who watch. It says nothing about who has got it yet.
public struct SentMessage: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
        /// From 1.
        case symbol(Int)
        case text(String)
    }

    public var sender: Int
    /// Indices of those that may hear it.
    public var receivers: [Int]
    public var content: Content
    /// Nil: it was sent; else why not.
    public var dropped: DropReason?
}

/// What became of a text that an agent wanted to send.
public enum SendResult: Sendable, Hashable {
    /// It is on its way; it may still be lost.
    case sent
    /// It is not; this counts in the metric `messages_dropped`, except where there is no channel for texts.
    case dropped(DropReason)
}

/// Why a message was not sent.
public enum DropReason: String, Sendable, Hashable, BitwiseCopyable {
    /// The scenario has no channel, or one without texts.
    case noChannel = "no channel for texts"
    case notActing = "the agent is not acting"
    case noReceiver = "nobody hears the agent"
    case empty = "an empty text"
    case tooLong = "too many characters"
    case stepBudget = "no more messages in this step"
    case episodeBudget = "no more messages in this episode"
}
