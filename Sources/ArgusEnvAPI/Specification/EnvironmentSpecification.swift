/// Agents, sizes and bounds of an environment with given parameters.
public struct EnvironmentSpecification: Sendable, Hashable {
    /// Fixed slots, in row order.
    public var agents: [AgentSpecification]
    /// Names of the groups (teams) that `agents[i].group` indexes.
    public var groups: [String]
    /// Width of an observation row, f32.
    public var observationSize: Int
    public var observationBounds: Bounds?
    /// Names of the parts of an observation row, for people, and for networks that treat things of one kind alike:
    /// neighbours of one size that are called `THING_0`, `THING_1`, …, in an order that means nothing.
    public var observationSegments: [Segment]
    public var actions: ActionSpace
    /// Names of the choices through all heads; may be empty. A run of `VERB_THING_0`, `VERB_THING_1`, … is about the things
    /// of those segments.
    public var actionNames: [String]
    public var rewardScope: RewardScope
    /// The global state for a central critic; nil: the host concatenates the observations.
    public var state: StateSpecification?
    /// A horizon to propose to scenario files.
    public var suggestedHorizon: Int?

    public init(
        agents: [AgentSpecification], groups: [String] = ["team"], observationSize: Int,
        observationBounds: Bounds? = nil, observationSegments: [Segment] = [], actions: ActionSpace,
        actionNames: [String] = [], rewardScope: RewardScope = .agent, state: StateSpecification? = nil,
        suggestedHorizon: Int? = nil
    ) {
        self.agents = agents
        self.groups = groups
        self.observationSize = observationSize
        self.observationBounds = observationBounds
        self.observationSegments = observationSegments
        self.actions = actions
        self.actionNames = actionNames
        self.rewardScope = rewardScope
        self.state = state
        self.suggestedHorizon = suggestedHorizon
    }

    /// Rows of the reward tensor: one an agent or one a group.
    public var rewardRows: Int { rewardScope == .agent ? agents.count : groups.count }

    /// Width of a legal row: the sum of the padded head sizes; 0 for continuous actions.
    public var legalSize: Int {
        if case .discrete(let heads) = actions { return heads.reduce(0, +) }
        return 0
    }
}

/// One fixed slot of an environment.
public struct AgentSpecification: Sendable, Hashable {
    /// Unique, `[A-Za-z0-9_]+`.
    public var name: String
    /// What kind of agent it is; agents of one role have the same true sizes.
    public var role: String
    /// Index into `groups`.
    public var group: Int
    /// True size of its observation; nil: the full row.
    public var observationSize: Int?
    /// True sizes of its heads (discrete) or its action (continuous, one entry); nil: the full row.
    public var actionSizes: [Int]?

    public init(name: String, role: String, group: Int = 0, observationSize: Int? = nil, actionSizes: [Int]? = nil) {
        self.name = name
        self.role = role
        self.group = group
        self.observationSize = observationSize
        self.actionSizes = actionSizes
    }
}

/// What agents choose from.
public enum ActionSpace: Sendable, Hashable {
    /// One choice a head; padded sizes.
    case discrete(heads: [Int])
    /// A real vector within bounds.
    case continuous(size: Int, bounds: Bounds)

    /// Elements of an action row.
    public var rowSize: Int {
        switch self {
        case .discrete(let heads): heads.count
        case .continuous(let size, _): size
        }
    }
}

/// Whom a reward belongs to. Raw values are the C interface's row axes.
public enum RewardScope: UInt32, Sendable, Hashable {
    case agent = 2
    case group = 3
}

/// Lower and upper bounds, one entry a component.
public struct Bounds: Sendable, Hashable {
    public var low: [Float]
    public var high: [Float]

    public init(low: [Float], high: [Float]) {
        self.low = low
        self.high = high
    }

    /// The same bounds for `count` components.
    public init(_ range: ClosedRange<Float>, count: Int) {
        low = Array(repeating: range.lowerBound, count: count)
        high = Array(repeating: range.upperBound, count: count)
    }
}

/// The global state that a central critic may see.
public struct StateSpecification: Sendable, Hashable {
    public var size: Int
    public var bounds: Bounds?
    public var segments: [Segment]

    public init(size: Int, bounds: Bounds? = nil, segments: [Segment] = []) {
        self.size = size
        self.bounds = bounds
        self.segments = segments
    }
}

/// A named run of components.
public struct Segment: Sendable, Hashable {
    public var name: String
    public var offset: Int
    public var count: Int
    public var description: String

    public init(_ name: String, offset: Int, count: Int, _ description: String) {
        self.name = name
        self.offset = offset
        self.count = count
        self.description = description
    }
}
