/// Meta of JOIN.
public struct JoinRequest: WireMeta {
    /// How a policy shall act.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        case sampled
        case greedy
    }

    public static let place = "meta of JOIN"
    public var scenario: String
    /// Indices of the agents that it plays.
    public var agents: [Int]
    public var copies: Int
    /// Of the run.
    public var seed: UInt64
    /// Nil: as the policy likes.
    public var mode: Mode?
    public var horizon: Int

    public init(scenario: String, agents: [Int], copies: Int, seed: UInt64, mode: Mode? = nil, horizon: Int) {
        self.scenario = scenario
        self.agents = agents
        self.copies = copies
        self.seed = seed
        self.mode = mode
        self.horizon = horizon
    }

    public init(_ fields: JSONFields) throws(WireError) {
        scenario = try fields.string("scenario")
        agents = try fields.integers("agents", counts)
        copies = try fields.integer("copies", counts)
        let text = try fields.string("seed")
        guard let seed = UInt64(text), text.utf8.first != UInt8(ascii: "+") else {
            throw fields.refused("seed", "a number from 0 to \(UInt64.max) in decimal, as a string")
        }
        self.seed = seed
        if let name = try fields.optionalString("mode") {
            guard let mode = Mode(rawValue: name) else { throw fields.refused("mode", "sampled, greedy or null") }
            self.mode = mode
        }
        horizon = try fields.integer("horizon", 1...Int.max)
    }

    public var json: JSONValue {
        [
            "scenario": .string(scenario), "agents": .array(agents.map(JSONValue.integer)), "copies": .integer(copies),
            "seed": .string("\(seed)"), "mode": mode.map { .string($0.rawValue) } ?? .null,
            "horizon": .integer(horizon),
        ]
    }
}

/// Meta of the reply to ACT: the texts that the policy wants to send to other agents with this step.
public struct ActReply: WireMeta {
    /// One agent's text.
    public struct Text: Sendable, Hashable {
        /// Which of JOIN's agents, from 0.
        public var agent: Int
        public var copy: Int
        public var text: String

        public init(agent: Int, copy: Int, text: String) {
            self.agent = agent
            self.copy = copy
            self.text = text
        }
    }

    public static let place = "meta of the reply to ACT"
    /// In the order of sending.
    public var texts: [Text]

    public init(_ texts: [Text] = []) { self.texts = texts }

    public init(_ fields: JSONFields) throws(WireError) {
        texts = []
        for object in try fields.objects("texts", atMost: 1 << 20) {
            texts.append(
                Text(
                    agent: try object.integer("agent", counts), copy: try object.integer("copy", counts),
                    text: try object.string("text")))
        }
    }

    public var json: JSONValue {
        guard !texts.isEmpty else { return .object([:]) }
        return [
            "texts": .array(
                texts.map { ["agent": .integer($0.agent), "copy": .integer($0.copy), "text": .string($0.text)] })
        ]
    }
}
