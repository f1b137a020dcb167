public import ArgusEnvAPI

/// The channel of each copy of a vector environment, whose slices have one each.
final class Channels {
    private let slices: [(range: Range<Int>, channel: Channel)]

    init(_ slices: [(range: Range<Int>, channel: Channel)]) { self.slices = slices }

    /// The channel that has `copy`, and the copy's index there.
    func channel(of copy: Int) -> (channel: Channel, copy: Int)? {
        for slice in slices where slice.range.contains(copy) {
            return (slice.channel, copy - slice.range.lowerBound)
        }
        return nil
    }
}

extension LocalRows {
    /// The texts that have arrived for this agent and that it has not decided with yet, in the order of sending.
    public func inbox(_ copy: Int) -> [ReceivedText] {
        guard let (channel, index) = channels?.channel(of: copy) else { return [] }
        return channel.receivedTexts(copy: index, agent: agent)
    }
}

extension AgentActionRows {
    /// Sends a text to those that hear this agent, with the next step.
    ///
    /// To be called between two steps, where the agent is acting; each call is one message of the agent's budgets.
    @discardableResult
    public func send(text: String, _ copy: Int) -> SendResult {
        guard let (channel, index) = rows.channels?.channel(of: copy) else { return .dropped(.noChannel) }
        return channel.send(text, copy: index, agent: agent)
    }

    /// Chooses silence on the channel's head, which is always legal; nothing where there is no such head.
    public func silence(_ copy: Int) {
        guard isDiscrete, let (channel, _) = rows.channels?.channel(of: copy),
            let row = discrete(copy).baseAddress
        else { return }
        channel.silence(UnsafeMutableRawPointer(row))
    }
}

extension VectorEnvironment {
    /// The environment's own actions: those of ``specification`` without the channel's head, which is the last one.
    public var ownActions: ActionSpace {
        instance(of: 0).0.channel?.layout.own.actions ?? specification.actions
    }

    /// [agent]: indices of those that hear it; nil without communication.
    public var hearers: [[Int]]? { instance(of: 0).0.channel?.layout.receivers }

    /// What was said in `copy` in the last step, for people who watch: policies have their own rows and inboxes.
    public func lastMessages(copy: Int) -> [SentMessage] {
        let (instance, index) = instance(of: copy)
        return instance.channel?.lastMessages(copy: index) ?? []
    }
}
