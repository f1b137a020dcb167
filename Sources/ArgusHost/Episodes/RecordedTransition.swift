public import ArgusEnvAPI

/// The first line of a recording of transitions.
public struct TransitionHeader: Decodable, Sendable, Hashable {
    /// What played them, such as `jaxmarl 0.2.0 SMAX`; may be missing.
    public var reference: String?
    /// Names in the order of the rows.
    public var agents: [String]
    public var observationSize: Int
    /// Nil: without states.
    public var stateSize: Int?
    /// Everything else that is a number, a text or a truth value; what has a parameter's name is that parameter.
    public var others: [String: ParameterValue]

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        reference = try values.decodeIfPresent(String.self, forKey: Key(stringValue: "reference"))
        agents = try values.decode([String].self, forKey: Key(stringValue: "agents"))
        observationSize = try values.decode(Int.self, forKey: Key(stringValue: "observation_size"))
        stateSize = try values.decodeIfPresent(Int.self, forKey: Key(stringValue: "state_size"))
        others = [:]
        for key in values.allKeys where !["reference", "agents"].contains(key.stringValue) {
            others[key.stringValue] = try? values.decode(ParameterValue.self, forKey: key)
        }
    }
}

/// Any other line: one step of all agents from a given state. What the state is made of is the environment's affair,
/// which is handed the whole line.
///
/// Where small differences grow, as in continuous worlds, whole episodes cannot be compared: each step begins anew from
/// a recorded state.
public struct RecordedTransition: RecordedLine, Hashable {
    public typealias Header = TransitionHeader
    public static let noun = "transition"

    /// [agent][choice], 0 or 1, before the step; nil: not recorded.
    public var masks: [[Int]]?
    /// [agent]
    public var actions: [RecordedAction]
    /// [agent]
    public var rewards: [Double]
    /// [agent]: 1 for one that is out.
    public var dones: [Int]
    /// [agent][component], after the step.
    public var observations: [[Double]]
    /// [component], after the step; nil: not recorded.
    public var worldState: [Double]?

    enum CodingKeys: String, CodingKey {
        case masks, actions, rewards, dones, observations
        case worldState = "world_state"
    }
}
