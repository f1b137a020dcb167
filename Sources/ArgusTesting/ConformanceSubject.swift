public import ArgusEnvAPI
public import ArgusHost

/// An environment with given parameters, as it is checked.
public struct ConformanceSubject: Sendable, CustomStringConvertible {
    /// The library or peer that has the environment.
    public let source: any EnvironmentSource
    public let kind: ConformanceCheck.Kind
    /// Environment, parameters and how it is shown to learners.
    public let scenario: Scenario
    public let descriptor: EnvironmentDescriptor
    public let specification: EnvironmentSpecification
    /// Steps of copies that a check may make, roughly; the more, the more it finds.
    public let effort: Int
    /// Seconds after which a check that repeats itself stops, content with what it has seen.
    public let patience: Double
    /// Where a peer is, for checks that talk to it on their own.
    public let peer: ScenarioPeer?
    /// Nil for peers.
    let plugin: BoundaryPlugin?
    /// The complete parameters as JSON.
    let parameters: String
    private var deadline = ContinuousClock.now + .seconds(3600)

    /// - Parameters: `source`: a library or a peer; `peer`: where a peer is; `effort` and `patience`: see the properties.
    /// - Throws: ``ArgusError`` when the scenario's environment is not in the source or cannot be made.
    public init(
        _ source: any EnvironmentSource, scenario: Scenario, peer: ScenarioPeer? = nil, effort: Int = 1500,
        patience: Double = 25
    ) throws(ArgusError) {
        // A channel is the host's, and the environment is checked without it.
        var scenario = scenario
        scenario.communication = nil
        self.source = source
        self.scenario = scenario
        self.effort = effort
        self.patience = patience
        self.peer = peer
        descriptor = try source.descriptor(for: scenario)
        parameters = ParameterJSON.encode(try scenario.completeParameters(for: descriptor).values)
        CallTrace.shared.note(.specification)
        specification = try VectorEnvironment(source, scenario: scenario, copies: 1).specification
        if let library = source as? PluginLibrary {
            kind = .library
            plugin = try BoundaryPlugin(path: library.path)
        } else {
            kind = .peer
            plugin = nil
        }
    }

    public var description: String { scenario.id }

    /// The same subject at the beginning of a check.
    func begun() -> ConformanceSubject {
        var subject = self
        subject.deadline = .now + .seconds(patience)
        return subject
    }

    /// Whether a check that repeats itself may go on.
    var hasTime: Bool { ContinuousClock.now < deadline }

    /// Whether the environment's process is this one, or was started by this one.
    var canMeasureMemory: Bool {
        guard kind == .peer, let peer else { return kind == .library }
        return peer.addresses.allSatisfy { if case .command = $0 { true } else { false } }
    }

    /// Steps after which a check begins a new episode: short, so that beginnings and ends are seen often.
    var horizon: Int { min(scenario.horizon, 30) }

    /// An instance that is bound to buffers, not reset.
    func makeInstance(
        copies: Int, unwanted: Set<TensorRole> = [], gap: Int = 0
    ) throws -> BoundaryInstance {
        try BoundaryInstance(
            source, environment: descriptor.id, parameters: parameters, specification: specification, copies: copies,
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
