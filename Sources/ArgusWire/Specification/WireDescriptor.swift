public import ArgusEnvAPI

/// What a server of scenarios (`argus serve`) adds to a descriptor: the task as in the scenario's file.
public struct WireScenario: Sendable, Hashable {
    public struct Score: Sendable, Hashable {
        public var metric: String
        public var floor: Double
        public var ceiling: Double
        public var why: String

        public init(metric: String, floor: Double, ceiling: Double, why: String = "") {
            self.metric = metric
            self.floor = floor
            self.ceiling = ceiling
            self.why = why
        }
    }

    public var id: String
    public var version: Int
    public var horizon: Int
    /// `team` or `individual`.
    public var reward: String
    /// `concat` or `native`.
    public var state: String
    /// `exact` or `none`.
    public var masks: String
    public var score: Score?

    public init(
        id: String, version: Int, horizon: Int, reward: String, state: String, masks: String, score: Score? = nil
    ) {
        self.id = id
        self.version = version
        self.horizon = horizon
        self.reward = reward
        self.state = state
        self.masks = masks
        self.score = score
    }
}

/// An element of the reply to DESCRIBE.
public struct WireDescriptor: Sendable, Hashable {
    public var environment: EnvironmentDescriptor
    /// Nil for everything but a server of scenarios.
    public var scenario: WireScenario?

    public init(_ environment: EnvironmentDescriptor, scenario: WireScenario? = nil) {
        self.environment = environment
        self.scenario = scenario
    }
}

/// Meta of the reply to DESCRIBE.
public struct DescribeReply: WireMeta {
    public static let place = "meta of the reply to DESCRIBE"
    /// At least one; ids are unique.
    public var environments: [WireDescriptor]

    public init(_ environments: [WireDescriptor]) { self.environments = environments }

    public init(_ fields: JSONFields) throws(WireError) {
        environments = []
        var ids: Set<String> = []
        for object in try fields.objects("environments", atMost: 65536, isRequired: true) {
            let descriptor = try WireDescriptor(object)
            guard ids.insert(descriptor.environment.id).inserted else {
                throw object.refused("id", "another id than every other environment's")
            }
            environments.append(descriptor)
        }
        guard !environments.isEmpty else { throw fields.refused("environments", "at least one environment") }
    }

    public var json: JSONValue { ["environments": .array(environments.map(\.json))] }
}
