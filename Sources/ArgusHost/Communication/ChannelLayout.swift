import ArgusEnvAPI

/// A channel's tables, and the environment's specification with the channel in it.
///
/// With symbols, every observation row ends with the channel's part: the messages that the agent may still send (only
/// where an episode's budget is limited), then a slot for each agent that it may hear, in the order of agents: the symbol
/// that arrived from it, one-hot, or zeros. Agents that hear fewer than others have empty slots at the end. The actions
/// end with one more head: 0 is silence, k sends symbol k. The environment's own state, if there is one, ends with the
/// channel's parts of all agents. Texts change none of this.
struct ChannelLayout: Sendable {
    let communication: Communication
    /// The environment without the channel.
    let own: EnvironmentSpecification
    /// The environment with the channel: what learners, policies and clients see.
    let specification: EnvironmentSpecification
    /// [sender]: who hears it, ascending.
    let receivers: [[Int]]
    /// [receiver]: whom it hears, ascending.
    let senders: [[Int]]
    /// Slots of a row: the most agents that one agent hears.
    let slots: Int
    /// Components that the channel adds to an observation row; 0 without symbols.
    let width: Int

    /// - Throws: ``ArgusError`` (configuration) for a channel that this environment cannot have.
    init(_ communication: Communication, _ own: EnvironmentSpecification) throws(ArgusError) {
        let receivers = try communication.receivers(among: own.agents)
        guard receivers.contains(where: { !$0.isEmpty }) else {
            throw ArgusError(
                .configuration, "a channel for nobody", at: communication.place(of: "topology"),
                found: "no agent that hears another", expected: "at least one", remedy: "'communication: none'")
        }
        let senders = own.agents.indices.map { receiver in
            own.agents.indices.filter { receivers[$0].contains(receiver) }
        }
        self.communication = communication
        self.own = own
        self.receivers = receivers
        self.senders = senders
        slots = senders.map(\.count).max() ?? 0
        guard communication.symbols > 0 else {
            width = 0
            specification = own
            return
        }
        guard case .discrete(let heads) = own.actions else {
            throw ArgusError(
                .configuration, "symbols with continuous actions", at: communication.place(of: "symbols"),
                found: "\(communication.symbols) symbols, which are choices of one more action head",
                expected: "an environment with discrete actions", remedy: "'symbols: 0', which leaves texts")
        }
        let budget = communication.perEpisode == nil ? 0 : 1
        width = budget + slots * communication.symbols
        let size = own.observationSize + width
        guard own.agents.count * size <= SpecificationReader.largestCopy else {
            throw ArgusError(
                .configuration, "too large a channel", at: communication.place(),
                found: "\(own.agents.count) observation rows of \(size) numbers",
                expected: "at most \(SpecificationReader.largestCopy) numbers a copy",
                remedy: "fewer symbols, or a topology in which agents hear fewer")
        }
        var extended = own
        extended.observationSize = size
        extended.actions = .discrete(heads: heads + [communication.symbols + 1])
        if !own.actionNames.isEmpty {
            extended.actionNames = own.actionNames + ["silent"] + (1...communication.symbols).map { "symbol_\($0)" }
        }
        for (index, agent) in own.agents.enumerated() {
            // Agents of one role have the same true sizes, so a role's largest counts.
            let peers = own.agents.indices.filter { own.agents[$0].role == agent.role }
            let heard = peers.map { senders[$0].count }.max() ?? 0
            let speaks = peers.contains { !receivers[$0].isEmpty }
            extended.agents[index].observationSize = own.observationSize + budget + heard * communication.symbols
            extended.agents[index].actionSizes =
                (agent.actionSizes ?? heads) + [speaks ? communication.symbols + 1 : 1]
        }
        let part = ChannelLayout.bounds(communication, slots: slots)
        extended.observationBounds = ChannelLayout.joined(own.observationBounds, own.observationSize, [part])
        extended.observationSegments =
            ChannelLayout.whole(own.observationSegments, own.observationSize)
            + ChannelLayout.segments(communication, slots: slots, offset: own.observationSize)
        if let state = own.state {
            extended.state = StateSpecification(
                size: state.size + own.agents.count * width,
                bounds: ChannelLayout.joined(
                    state.bounds, state.size, Array(repeating: part, count: own.agents.count)),
                segments: ChannelLayout.whole(state.segments, state.size)
                    + own.agents.indices.map { [width] index in
                        Segment(
                            "messages_of_\(own.agents[index].name)", offset: state.size + index * width, count: width,
                            "the channel's part of \(own.agents[index].name)'s observation")
                    })
        }
        specification = extended
    }

    /// Metrics of a channel beside the environment's own; one whose name is taken begins with `channel_`.
    static func metrics(besides own: [MetricDescriptor]) -> [MetricDescriptor] {
        metrics.map { metric in
            var metric = metric
            if own.contains(where: { $0.name == metric.name }) { metric.name = "channel_" + metric.name }
            return metric
        }
    }

    /// In the order of ``Channel/Count``.
    private static let metrics = [
        MetricDescriptor(
            name: "messages_sent", kind: .count, description: "Symbols and texts that agents sent, however many heard."),
        MetricDescriptor(name: "characters_sent", kind: .count, description: "Characters of the texts among them."),
        MetricDescriptor(
            name: "messages_dropped", kind: .count,
            description: "Messages that were not sent: beyond a budget, too long, empty, heard by nobody, or from an "
                + "agent that was not acting."),
        MetricDescriptor(
            name: "messages_lost", kind: .count,
            description: "Messages that did not arrive, counted for each receiver."),
    ]

    // MARK: Parts of the specification

    private static func bounds(_ communication: Communication, slots: Int) -> Bounds {
        let budget = communication.perEpisode.map { [Float($0)] } ?? []
        let ones = Array(repeating: Float(1), count: slots * communication.symbols)
        return Bounds(low: Array(repeating: 0, count: budget.count + ones.count), high: budget + ones)
    }

    /// Bounds with more at their end; where there were none, the first `size` components have none.
    private static func joined(_ own: Bounds?, _ size: Int, _ parts: [Bounds]) -> Bounds {
        var bounds = own ?? Bounds(-Float.infinity...Float.infinity, count: size)
        for part in parts {
            bounds.low += part.low
            bounds.high += part.high
        }
        return bounds
    }

    /// Segments that cover the environment's own components, also where it names none.
    private static func whole(_ segments: [Segment], _ size: Int) -> [Segment] {
        guard segments.isEmpty else { return segments }
        return [Segment("environment", offset: 0, count: size, "the environment's own components")]
    }

    private static func segments(_ communication: Communication, slots: Int, offset: Int) -> [Segment] {
        var segments: [Segment] = []
        if communication.perEpisode != nil {
            segments.append(
                Segment("messages_left", offset: offset, count: 1, "messages that it may still send in this episode"))
        }
        let first = offset + segments.count
        return segments
            + (0..<slots).map {
                Segment(
                    "message_\($0)", offset: first + $0 * communication.symbols, count: communication.symbols,
                    "symbol from the agent heard at place \($0), one-hot; all 0: none")
            }
    }
}
