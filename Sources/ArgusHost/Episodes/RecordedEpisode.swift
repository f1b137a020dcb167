public import ArgusEnvAPI

/// The first line of a recording: which task its episodes were played on.
public struct RecordingHeader: Codable, Sendable, Hashable {
    /// What played them, such as `rware 2.0.0`; may be missing.
    public var reference: String?
    /// The scenario's id, if it was one.
    public var scenario: String?
    /// Id of the environment.
    public var environment: String
    public var parameters: [String: ParameterValue]
    /// Steps after which an episode is cut off.
    public var horizon: Int
    /// Names in the order of the rows.
    public var agents: [String]
    /// Whose reward the rewards are, as in a scenario; missing: each agent's own.
    public var reward: Scenario.Reward
    /// The channel between the agents, whose part the rows then hold; missing: none.
    public var communication: Communication?

    public init(
        reference: String? = nil, scenario: String? = nil, environment: String,
        parameters: [String: ParameterValue], horizon: Int, agents: [String],
        reward: Scenario.Reward = .individual, communication: Communication? = nil
    ) {
        self.reference = reference
        self.scenario = scenario
        self.environment = environment
        self.parameters = parameters
        self.horizon = horizon
        self.agents = agents
        self.reward = reward
        self.communication = communication
    }

    enum CodingKeys: String, CodingKey {
        case reference, scenario, environment, parameters, horizon, agents, reward, communication
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        reference = try values.decodeIfPresent(String.self, forKey: .reference)
        scenario = try values.decodeIfPresent(String.self, forKey: .scenario)
        environment = try values.decode(String.self, forKey: .environment)
        parameters = try values.decodeIfPresent([String: ParameterValue].self, forKey: .parameters) ?? [:]
        horizon = try values.decode(Int.self, forKey: .horizon)
        agents = try values.decode([String].self, forKey: .agents)
        reward = try values.decodeIfPresent(Scenario.Reward.self, forKey: .reward) ?? .individual
        communication = try values.decodeIfPresent(Communication.self, forKey: .communication)
    }
}

/// Any other line of a recording: an episode of T steps, with which it can be played again.
public struct RecordedEpisode: RecordedLine, Encodable, Hashable {
    public typealias Header = RecordingHeader
    public static let noun = "episode"

    /// The environment's seed.
    public var seed: UInt64
    /// [T][agent]
    public var actions: [[RecordedAction]]
    /// [T]: the texts that agents wanted to send with the step, in their order; nil: never any.
    public var texts: [[RecordedText]]?
    /// [T][agent]
    public var rewards: [[Double]]
    /// [T]: whether the episode was over after the step, and not for its length.
    public var terminated: [Bool]
    /// [T]: whether the episode was cut off after the step.
    public var truncated: [Bool]
    /// Whether the rules ended the episode at its last step, where `terminated` cannot be trusted with that; else nil.
    public var ended: Bool?
    /// [T + 1][agent][component], the first from the reset; nil when there are hashes.
    public var observations: [[[Double]]]?
    /// [T + 1]: 64-bit FNV-1a of all agents' rows in order, little-endian f32, in hexadecimal; nil when there are values.
    public var observationHashes: [String]?

    public init(seed: UInt64) {
        self.seed = seed
        actions = []
        rewards = []
        terminated = []
        truncated = []
        observations = []
    }

    enum CodingKeys: String, CodingKey {
        case seed, actions, texts, rewards, terminated, truncated, ended, observations
        case observationHashes = "observation_hashes"
    }

    private enum OtherKeys: String, CodingKey { case observationHash = "observation_hash" }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        seed = try values.decode(UInt64.self, forKey: .seed)
        actions = try values.decode([[RecordedAction]].self, forKey: .actions)
        texts = try values.decodeIfPresent([[RecordedText]].self, forKey: .texts)
        rewards = try values.decode([[Double]].self, forKey: .rewards)
        terminated = try values.decode([Bool].self, forKey: .terminated)
        truncated = try values.decode([Bool].self, forKey: .truncated)
        ended = try values.decodeIfPresent(Bool.self, forKey: .ended)
        observations = try values.decodeIfPresent([[[Double]]].self, forKey: .observations)
        observationHashes =
            try values.decodeIfPresent([String].self, forKey: .observationHashes)
            ?? decoder.container(keyedBy: OtherKeys.self).decodeIfPresent([String].self, forKey: .observationHash)
    }
}

/// A text that an agent wanted to send.
public struct RecordedText: Codable, Sendable, Hashable {
    /// Its index.
    public var agent: Int
    public var text: String
}

/// One agent's action: a number where it has one head, a list where it has more or is continuous.
public enum RecordedAction: Codable, Sendable, Hashable {
    case one(Double)
    case several([Double])

    /// A row of choices or components.
    public init(_ row: [Double]) { self = row.count == 1 ? .one(row[0]) : .several(row) }

    public var row: [Double] {
        switch self {
        case .one(let value): [value]
        case .several(let values): values
        }
    }

    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let number = try? value.decode(Double.self) {
            self = .one(number)
        } else {
            self = .several(try value.decode([Double].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .one(let number): try RecordedAction.encode(number, into: &value)
        case .several(let numbers): try value.encode(numbers)
        }
    }

    /// Choices as whole numbers.
    private static func encode(_ number: Double, into value: inout any SingleValueEncodingContainer) throws {
        if let whole = Int(exactly: number) { try value.encode(whole) } else { try value.encode(number) }
    }
}
