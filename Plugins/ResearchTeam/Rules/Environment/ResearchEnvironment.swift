public import ArgusEnvAPI

/// A team of specialists and its lead as an environment of the host: ``ResearchGame`` with names, bounds, words and
/// metrics.
///
/// Agents `lead` and the disciplines' names, each a role of its own; one group, one reward for the team.
public struct ResearchEnvironment: Environment {
    let layout: ResearchLayout
    /// The episode.
    public internal(set) var game: ResearchGame

    var configuration: ResearchConfiguration { game.configuration }

    public init(parameters: ParameterValues) throws {
        let configuration = try ResearchConfiguration(parameters: parameters)
        layout = ResearchLayout(configuration)
        game = ResearchGame(configuration: configuration)
    }

    public mutating func reset(seed: UInt64) { game.reset(seed: seed) }

    public mutating func step(_ actions: Rows<Int32>, _ frame: Frame) {
        frame.rewards[first: 0] = game.step(actions)
        if game.isOver { frame.end() }
    }

    public func observe(_ frame: Frame) {
        for agent in 0..<game.configuration.agents {
            game.observe(agent, layout, into: frame.observations[agent])
            if let legal = frame.legal { game.writeLegal(agent, into: legal[agent]) }
        }
        if let state = frame.state { game.writeState(layout, into: state) }
    }

    public mutating func reseedChance(_ seed: UInt64) { game.random = SplitMix64(seed: SplitMix64.mix(seed)) }
}
