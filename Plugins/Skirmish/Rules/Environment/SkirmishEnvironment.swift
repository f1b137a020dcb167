public import ArgusEnvAPI

/// A skirmish as an environment of the host: `SkirmishBattle` with names, bounds, words and metrics.
///
/// Agents `ally_0…`, group "allies"; if the opponent is policies also `enemy_0…`, group "enemies". One reward a group.
public struct SkirmishEnvironment: Environment {
    let configuration: SkirmishConfiguration
    /// The episode.
    public internal(set) var battle: SkirmishBattle

    public init(parameters: ParameterValues) throws {
        configuration = try SkirmishConfiguration(parameters: parameters)
        battle = SkirmishBattle(configuration: configuration)
    }

    public mutating func reset(seed: UInt64) { battle.reset(seed: seed) }

    public mutating func step(_ actions: Rows<Int32>, _ frame: Frame) {
        let outcome = battle.step(actions)
        frame.rewards[first: 0] = outcome.allyReward
        if configuration.opponent == .policies { frame.rewards[first: 1] = outcome.enemyReward }
        if outcome.isOver { frame.end() }
    }

    public func observe(_ frame: Frame) { battle.observe(frame) }

    // MARK: Metrics

    public static let metrics = [
        MetricDescriptor(
            name: "won", kind: .fraction, description: "1 if all enemies are dead and not all allies, else 0"),
        MetricDescriptor(
            name: "lost", kind: .fraction, description: "1 if all allies are dead and not all enemies, else 0"),
        MetricDescriptor(name: "enemies_killed", kind: .count, description: "enemy units that died"),
        MetricDescriptor(name: "allies_lost", kind: .count, description: "allied units that died"),
        MetricDescriptor(
            name: "damage_dealt", kind: .number, description: "hit points that the enemies lost, at walls too"),
        MetricDescriptor(
            name: "damage_taken", kind: .number, description: "hit points that the allies lost, at walls too"),
    ]

    public func writeMetrics(_ values: UnsafeMutableBufferPointer<Double>) {
        let allies = battle.living(allies: true)
        let enemies = battle.living(allies: false)
        values[0] = allies > 0 && enemies == 0 ? 1 : 0
        values[1] = allies == 0 && enemies > 0 ? 1 : 0
        values[2] = Double(configuration.enemies - enemies)
        values[3] = Double(configuration.allies - allies)
        values[4] = Double(battle.healthLost(allies: false))
        values[5] = Double(battle.healthLost(allies: true))
    }
}
