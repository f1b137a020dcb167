/// A message that an agent has received.
public struct ReceivedMessage: Sendable, Hashable {
    /// Name of the agent that sent it.
    public var from: String
    public var text: String

    public init(from: String, text: String) {
        self.from = from
        self.text = text
    }
}

/// Where agents' messages come from and go to: the one way by which words pass between agents.
///
/// The messages of ``inbox(copy:agent:)`` become the prompt's section `messages`; what a reply has in a line `Message: …`
/// goes to ``send(_:copy:agent:)`` with the step's action.
public protocol MessageChannel: AnyObject {
    /// Characters that a message may have.
    var characters: Int { get }

    /// What an agent has received since its last decision, the oldest first; only messages to this agent.
    func inbox(copy: Int, agent: Int) -> [ReceivedMessage]

    /// Sends with the next step; the channel sees to budgets, topology, delay and loss.
    func send(_ text: String, copy: Int, agent: Int)
}
