public import ArgusEnvAPI

/// The frames of ACT: for each agent, in JOIN's order, what it sees; and of its reply: each agent's actions.
public struct ActFrames: Sendable, Hashable {
    /// Frames of one agent, in order.
    public enum Role: Int, Sendable, Hashable, CaseIterable {
        case acting
        case start
        case random
        case observation
        case legal
        case situationOffsets
        case situations
        case actionOffsets
        case actions
    }

    public struct Request: FrameSequence, Sendable, Hashable {
        public let frames: [FrameLayout]
        public let message = "ACT"
        /// Frames of each agent: 5, with texts 9.
        public let framesPerAgent: Int

        /// Index of a frame of the agent at `position` in JOIN's list; text roles only where texts are sent.
        @inlinable
        public func index(_ role: Role, position: Int) -> Int { position * framesPerAgent + role.rawValue }
    }

    public struct Reply: FrameSequence, Sendable, Hashable {
        /// One an agent, in JOIN's order.
        public let frames: [FrameLayout]
        public let message = "the reply to ACT"
    }

    public let request: Request
    public let reply: Reply
    public let withTexts: Bool

    /// - Parameters: `agents`: indices of the listed agents; `batch`: copies; `withTexts`: both sides have
    ///   `argus.text/1`.
    public init(_ specification: EnvironmentSpecification, agents: [Int], batch: Int, withTexts: Bool) {
        self.withTexts = withTexts
        var frames: [FrameLayout] = []
        var replies: [FrameLayout] = []
        let axes = ["copies"]
        for agent in agents {
            let name = specification.agents.indices.contains(agent) ? specification.agents[agent].name : "\(agent)"
            frames += [
                FrameLayout("acting of \(name)", .u8, [batch], axes),
                FrameLayout("start of \(name)", .u8, [batch], axes),
                FrameLayout("random of \(name)", .u64, [batch], axes),
                FrameLayout("observation of \(name)", .f32, [batch, specification.observationSize], axes),
                FrameLayout(
                    "legal of \(name)", .u8, [batch, specification.legalSize], axes,
                    isPresent: specification.legalSize > 0),
            ]
            if withTexts {
                let choices = saturatingProduct(batch, specification.legalSize)
                frames += [
                    FrameLayout("situation offsets of \(name)", .u32, [offsetCount(batch)], ["offsets"]),
                    FrameLayout(open: "situations of \(name)"),
                    FrameLayout("action offsets of \(name)", .u32, [offsetCount(choices)], ["offsets"]),
                    FrameLayout(open: "actions of \(name)"),
                ]
            }
            replies.append(FrameLayout.action(specification, [batch], axes, name: "actions of \(name)"))
        }
        request = Request(frames: frames, framesPerAgent: withTexts ? 9 : 5)
        reply = Reply(frames: replies)
    }
}

/// The frames of JOIN: the specification, and with texts the rules of the listed agents.
public struct JoinFrames: FrameSequence, Sendable, Hashable {
    public let frames: [FrameLayout]
    public let message = "JOIN"
    public let specification = 0
    public let ruleOffsets = 1
    public let rules = 2

    /// - Parameter agents: number of listed agents.
    public init(agents: Int, withTexts: Bool) {
        frames =
            [FrameLayout(open: "specification")]
            + (withTexts
                ? [FrameLayout("rule offsets", .u32, [offsetCount(agents)], ["offsets"]), FrameLayout(open: "rules")]
                : [])
    }
}
