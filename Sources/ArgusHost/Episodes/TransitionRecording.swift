public import ArgusEnvAPI

/// A file of single transitions: JSON, a ``TransitionHeader`` in the first line, then a ``RecordedTransition`` a line.
///
/// Where small differences grow, as in continuous worlds, whole episodes cannot be compared: each step begins anew from
/// a recorded state.
public struct TransitionRecording {
    public let header: TransitionHeader
    private let lines: RecordedLines

    /// - Throws: ``ArgusError`` (file) for lines that begin with something else, or hold nothing more.
    init(_ lines: RecordedLines) throws(ArgusError) {
        self.lines = lines
        header = try lines.decode(TransitionHeader.self, 0, "the header")
        guard lines.count > 1 else {
            throw ArgusError(
                .file, "recording without transitions", at: lines.path, found: "a header alone",
                expected: "a line a transition")
        }
    }

    public var path: String { lines.path }

    /// Number of transitions.
    public var count: Int { lines.count - 1 }

    /// `FILE:LINE` of the header.
    public var headerPlace: String { lines.place(0) }

    /// `FILE:LINE` of a transition.
    public func place(_ index: Int) -> String { lines.place(index + 1) }

    /// - Throws: ``ArgusError`` (file) with the line for one that is no transition.
    public func transition(_ index: Int) throws(ArgusError) -> RecordedTransition {
        try lines.decode(RecordedTransition.self, index + 1, "a transition")
    }

    /// The whole line, from which an environment takes its state.
    func bytes(_ index: Int) -> [UInt8] { lines.bytes(index + 1) }
}

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
            others[key.stringValue] = (try? values.decode(CodedParameter.self, forKey: key))?.value
        }
    }
}

/// Any other line: one step of all agents from a given state. What the state is made of is the environment's affair,
/// which is handed the whole line.
public struct RecordedTransition: Decodable, Sendable, Hashable {
    /// [agent][choice], 0 or 1, before the step; nil: not recorded.
    public var masks: [[Int]]?
    /// [agent]
    public var actions: [RecordedAction]
    /// [agent]
    public var rewards: [Double]
    /// [agent]: 1 for one that is out.
    public var dones: [Int]
    /// 1 if the episode was over, be it for its length; nil: not recorded.
    public var done: Int?
    /// [agent][component], after the step.
    public var observations: [[Double]]
    /// [component], after the step; nil: not recorded.
    public var worldState: [Double]?

    enum CodingKeys: String, CodingKey {
        case masks, actions, rewards, dones, done, observations
        case worldState = "world_state"
    }
}
