public import ArgusEnvAPI

/// Level-based foraging as an environment of the host: `ForagingGame` with names, bounds, words and metrics.
///
/// Agents `player_0…` of role "player", one group, reward for each agent. One copy's state is a value.
public struct ForagingEnvironment: Environment {
    let configuration: ForagingConfiguration
    /// The episode.
    public internal(set) var game: ForagingGame
    /// Loads in this episode that were too weak, counted for each player.
    var failedLoads: UInt32 = 0
    /// The baseline `planner`; made when it is first asked, because it needs more memory than the game.
    var planner: ScriptedForagers?

    public init(parameters: ParameterValues) throws {
        configuration = try ForagingConfiguration(parameters: parameters)
        game = ForagingGame(configuration: configuration)
    }

    public mutating func reset(seed: UInt64) {
        failedLoads = 0
        game.reset(seed: seed)
    }

    public mutating func step(_ actions: Rows<Int32>, _ frame: Frame) {
        let isOver = game.step(actions, rewards: frame.rewards)
        for player in game.players.indices
        where actions[first: player] == ForagingAction.load.rawValue && frame.rewards[first: player] <= 0 {
            // Who loads does not move, and food that was too heavy is still there.
            if game.isBesideFood(player) { failedLoads &+= 1 }
        }
        if isOver { frame.end() }
    }

    public func observe(_ frame: Frame) {
        for player in game.players.indices {
            game.observe(player, into: frame.observations[player].pointer)
            if let legal = frame.legal { game.writeLegalActions(player, into: legal[player].pointer) }
        }
        if let state = frame.state { game.writeState(into: state.pointer) }
    }

    // MARK: Metrics

    public static let metrics = [
        MetricDescriptor(
            name: "food_collected", kind: .fraction,
            description: "food items loaded, of those that the reset placed; undefined if it placed none"),
        MetricDescriptor(
            name: "levels_collected", kind: .fraction,
            description: "the same weighted by level; with normalised rewards and no penalty this is the return"),
        MetricDescriptor(name: "loads", kind: .count, description: "food items loaded"),
        MetricDescriptor(
            name: "failed_loads", kind: .count,
            description: "loads beside food by players that were too weak together, counted for each player"),
    ]

    public func writeMetrics(_ values: UnsafeMutableBufferPointer<Double>) {
        let loaded = game.foods.count - game.foodsLeft
        let levels = game.foods.reduce(0) { $0 + ($1.isLoaded ? Int($1.level) : 0) }
        values[0] = Double(loaded) / Double(game.foods.count)
        values[1] = Double(levels) / Double(game.levelsSpawned)
        values[2] = Double(loaded)
        values[3] = Double(failedLoads)
    }
}

extension ForagingGame {
    /// Whether a player stands beside food that is not yet loaded.
    @inline(__always)
    func isBesideFood(_ player: Int) -> Bool {
        foodBeside(cell(players[player].row, players[player].column)) != Cell.free
    }
}
