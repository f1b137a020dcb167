public import ArgusEnvAPI
public import ArgusHost

/// An environment with given parameters, as it is checked.
public struct ConformanceSubject: Sendable, CustomStringConvertible {
    public let library: PluginLibrary
    /// Environment, parameters and how it is shown to learners.
    public let scenario: Scenario
    public let descriptor: EnvironmentDescriptor
    public let specification: EnvironmentSpecification
    /// Steps of copies that a check may make, roughly; the more, the more it finds.
    public let effort: Int
    let plugin: BoundaryPlugin
    /// The complete parameters as JSON.
    let parameters: String

    /// - Throws: ``ArgusError`` when the scenario's environment is not in the library or cannot be made.
    public init(_ library: PluginLibrary, scenario: Scenario, effort: Int = 1500) throws(ArgusError) {
        self.library = library
        self.scenario = scenario
        self.effort = effort
        descriptor = try library.descriptor(scenario.environment)
        parameters = ParameterJSON.encode(try scenario.completeParameters(for: descriptor).values)
        specification = try VectorEnvironment(library, scenario: scenario, copies: 1).specification
        plugin = try BoundaryPlugin(path: library.path)
    }

    public var description: String { scenario.id }

    /// Steps after which a check begins a new episode: short, so that beginnings and ends are seen often.
    var horizon: Int { min(scenario.horizon, 30) }

    /// An instance that is bound to buffers, not reset.
    func makeInstance(
        copies: Int, unwanted: Set<TensorRole> = [], gap: Int = 0
    ) throws -> BoundaryInstance {
        try BoundaryInstance(
            plugin, environment: descriptor.id, parameters: parameters, specification: specification, copies: copies,
            unwanted: unwanted, gap: gap)
    }

    /// A player over new copies, which have begun the episodes with these seeds.
    func makePlayer(
        seeds: [UInt64], choosing choice: EpisodePlayer.Choice = .legal, unwanted: Set<TensorRole> = []
    ) throws -> EpisodePlayer {
        var player = EpisodePlayer(
            try makeInstance(copies: seeds.count, unwanted: unwanted), horizon: horizon, choosing: choice)
        try player.begin(seeds)
        return player
    }

    /// Seeds that have nothing in common.
    static func seeds(_ count: Int, _ stream: UInt64 = 1) -> [UInt64] {
        let random = CounterRandom(run: stream, purpose: .episodeSeed)
        return (0..<UInt64(count)).map { random.bits($0) }
    }
}
