import ArgusEnvAPI
import ArgusHost

/// Everything that `argus describe` tells of a scenario.
struct ScenarioDescription: Encodable {
    struct Origin: Encodable {
        var environment: String
        /// Of the rules.
        var version: String
        var source: String
        var plugin: String
        var pluginVersion: String
        var library: String
        var file: String

        enum CodingKeys: String, CodingKey {
            case environment, version, source, plugin, library, file
            case pluginVersion = "plugin_version"
        }
    }

    struct Agent: Encodable {
        var name: String
        var role: String
        var group: String
        var observationSize: Int
        var actionSizes: [Int]

        enum CodingKeys: String, CodingKey {
            case name, role, group
            case observationSize = "observation_size"
            case actionSizes = "action_sizes"
        }
    }

    struct Part: Encodable {
        var name: String
        var offset: Int
        var count: Int
        /// Nil where the environment declares none.
        var low: Float?
        var high: Float?
        var description: String
    }

    struct Layout: Encodable {
        var size: Int
        var parts: [Part]
    }

    struct Parameter: Encodable {
        var name: String
        var value: String
        var defaultValue: String
        var allowed: String
        var description: String

        enum CodingKeys: String, CodingKey {
            case name, value, allowed, description
            case defaultValue = "default"
        }
    }

    struct Metric: Encodable {
        var name: String
        var kind: String
        var description: String
    }

    struct Baseline: Encodable {
        var policy: String
        var seesState: Bool
        var description: String

        enum CodingKeys: String, CodingKey {
            case policy, description
            case seesState = "sees_state"
        }
    }

    var scenario: String
    var version: Int
    var description: String?
    var origin: Origin
    var rules: String
    var agents: [Agent]
    var horizon: Int
    var reward: String
    var rewardScope: String
    var masks: String
    var communication: Communication?
    /// By agent: the names of those that hear it.
    var hearers: [String: [String]]?
    var views: [String]
    var capabilities: [String]
    var observation: Layout
    /// What a central critic sees: `native` or `concat`, and the native layout.
    var state: String
    var stateSize: Int
    var nativeState: Layout?
    /// Sizes of the heads; empty for continuous actions.
    var heads: [Int]
    /// Names of the choices through all heads; may be empty.
    var actions: [String]
    /// Components of a continuous action.
    var continuousActions: Int?
    var parameters: [Parameter]
    var metrics: [Metric]
    var baselines: [Baseline]
    var score: Scenario.Score?
    var references: [Scenario.Reference]
    /// By algorithm: hyperparameters that differ here from its defaults, as `--set` takes them.
    var training: [String: [String: String]]

    enum CodingKeys: String, CodingKey {
        case scenario, version, description, origin, rules, agents, horizon, reward, masks, communication, hearers,
            views, capabilities
        case observation, state, heads, actions, parameters, metrics, baselines, score, references, training
        case rewardScope = "reward_scope"
        case stateSize = "state_size"
        case nativeState = "native_state"
        case continuousActions = "continuous_actions"
    }

    init(_ scenario: Scenario, _ host: EnvironmentHost) throws(ArgusError) {
        let source = try host.source(for: scenario)
        let descriptor = try source.descriptor(for: scenario)
        let values = try scenario.completeParameters(for: descriptor).values
        let environment = try host.makeVectorEnvironment(scenario, copies: 1)
        let specification = environment.specification
        self.scenario = scenario.id
        version = scenario.version
        description = scenario.description
        origin = Origin(
            environment: descriptor.id, version: descriptor.version, source: descriptor.source, plugin: source.name,
            pluginVersion: source.version, library: source.place, file: scenario.file)
        rules = descriptor.rules
        var padded: [Int] = []
        if case .discrete(let sizes) = specification.actions { padded = sizes }
        heads = padded
        if case .continuous(let size, _) = specification.actions { continuousActions = size }
        agents = specification.agents.map { agent in
            Agent(
                name: agent.name, role: agent.role, group: specification.groups[agent.group],
                observationSize: agent.observationSize ?? specification.observationSize,
                actionSizes: agent.actionSizes ?? (padded.isEmpty ? [specification.actions.rowSize] : padded))
        }
        horizon = scenario.horizon
        reward = scenario.reward.rawValue
        rewardScope = specification.rewardScope == .agent ? "agent" : "group"
        masks = scenario.masks.rawValue
        communication = scenario.communication
        hearers = environment.hearers.map { hearers in
            let names = specification.agents.map(\.name)
            return Dictionary(
                uniqueKeysWithValues: hearers.enumerated().map { agent, list in (names[agent], list.map { names[$0] }) }
            )
        }
        views = environment.offersText ? ["vector", "text"] : ["vector"]
        capabilities = descriptor.capabilities.map(\.rawValue).sorted()
        observation = Layout(
            size: specification.observationSize,
            parts: Part.all(specification.observationSegments, specification.observationBounds))
        state = scenario.state.rawValue
        stateSize = environment.central.size
        nativeState = specification.state.map { Layout(size: $0.size, parts: Part.all($0.segments, $0.bounds)) }
        actions = specification.actionNames
        parameters = descriptor.parameters.map {
            Parameter(
                name: $0.name, value: "\(values[$0.name] ?? $0.defaultValue)", defaultValue: "\($0.defaultValue)",
                allowed: $0.kind.words, description: $0.description)
        }
        metrics = environment.metrics.map {
            Metric(name: $0.name, kind: "\($0.kind)", description: $0.description)
        }
        baselines = environment.baselines.enumerated().map { index, baseline in
            Baseline(
                policy: index == 0 ? "scripted" : "scripted:\(baseline.name)", seesState: baseline.seesState,
                description: (index == 0 ? "Short for \(baseline.name): " : "") + baseline.description)
        }
        score = scenario.score
        references = scenario.references
        training = scenario.training.mapValues(\.values)
    }
}

extension ScenarioDescription.Part {
    static func all(_ segments: [Segment], _ bounds: Bounds?) -> [ScenarioDescription.Part] {
        segments.map { segment in
            let range = segment.offset..<segment.offset + segment.count
            let low = bounds.flatMap { range.upperBound <= $0.low.count ? $0.low[range].min() : nil }
            let high = bounds.flatMap { range.upperBound <= $0.high.count ? $0.high[range].max() : nil }
            return ScenarioDescription.Part(
                name: segment.name, offset: segment.offset, count: segment.count,
                low: low.flatMap { $0.isFinite ? $0 : nil }, high: high.flatMap { $0.isFinite ? $0 : nil },
                description: segment.description)
        }
    }
}

extension ParameterKind {
    /// What values there may be, for people.
    fileprivate var words: String {
        switch self {
        case .integer(let range):
            range.upperBound == .max ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
        case .number(let range):
            "\(NumberFormat.short(range.lowerBound)) to \(NumberFormat.short(range.upperBound))"
        case .boolean: "true, false"
        case .string: "text"
        case .choice(let choices): choices.joined(separator: ", ")
        }
    }
}
