/// What can be known of an environment without making one: name, rules, parameters, capabilities.
public struct EnvironmentDescriptor: Sendable, Hashable {
    /// `[a-z0-9-]+`, unique among all plugins.
    public var id: String
    /// Version of the rules: changes whenever the same seed and actions would give another episode.
    public var version: String
    /// One sentence.
    public var summary: String
    /// The rules in prose.
    public var rules: String
    /// Where the rules come from (paper, package and version); empty if original.
    public var source: String
    public var parameters: [ParameterDescriptor]
    public var capabilities: Set<Capability>

    public init(
        id: String, version: String, summary: String, rules: String, source: String = "",
        parameters: [ParameterDescriptor] = [], capabilities: Set<Capability> = []
    ) {
        self.id = id
        self.version = version
        self.summary = summary
        self.rules = rules
        self.source = source
        self.parameters = parameters
        self.capabilities = capabilities
    }
}

/// An optional part of the environment contract; the raw value is its id in the C interface.
public enum Capability: String, Sendable, Hashable, CaseIterable {
    case text = "argus.text/1"
    case snapshot = "argus.snapshot/1"
    case baseline = "argus.baseline/1"
    case render = "argus.render/1"
    case metrics = "argus.metrics/1"
}

/// A scripted policy that an environment brings along.
public struct BaselineDescriptor: Sendable, Hashable {
    /// `[a-z0-9-]+`.
    public var name: String
    public var description: String
    /// True: decides for the team from the full state. False: each agent from its own observation.
    public var seesState: Bool
    /// Bytes of memory an agent and copy, zeroed at reset; for baselines that do not see the state.
    public var memorySize: Int

    public init(name: String, description: String, seesState: Bool, memorySize: Int = 0) {
        self.name = name
        self.description = description
        self.seesState = seesState
        self.memorySize = memorySize
    }
}

/// A named number of an episode.
public struct MetricDescriptor: Sendable, Hashable {
    /// How the number is to be read. Raw values are the C interface's.
    public enum Kind: UInt32, Sendable, Hashable {
        case count = 1
        case fraction = 2
        case number = 3
    }

    /// `[a-z0-9_]+`.
    public var name: String
    public var kind: Kind
    public var description: String

    public init(name: String, kind: Kind, description: String) {
        self.name = name
        self.kind = kind
        self.description = description
    }
}
