public import ArgusEnvAPI

extension SkirmishEnvironment {
    public static let descriptor = EnvironmentDescriptor(
        id: "skirmish", version: "1",
        summary: "Two teams of units fight: a team wins by concentrating its fire and keeping its own alive (SMAX).",
        rules: """
            Two teams of units stand on a map of 32 × 32. Each step, half a second, every living unit chooses at once: \
            walk north, east, south or west, stop, or attack one unit of the other team. A step has eight substeps. In \
            each, walkers advance by their velocity; attackers stand, and one whose target is alive and nearer than its \
            range hits it if its weapon is ready, which then takes the weapon's cooldown (with a random deviation of \
            -1/16 to 1/8 second) to be ready again. Attacks of a substep happen at the same time, so two units can kill \
            each other. A unit without hit points is dead, and so is one that touches a wall of the map. Units that \
            overlap are pushed apart. The episode ends when a team is wiped out.

            A team's reward is the share of the other team's hit points that it lost in the step (as the mean over its \
            units) and 1 more when the other team is wiped out and the own is not; with `reward: win` 1 for a won and -1 \
            for a lost battle. A unit sees the living units nearer than its sight. The enemies are played by the \
            reference's heuristic: attack the last target while it is in range, else the closest (or a random one); walk \
            towards a random ally in sight; else to the point opposite to where it started. On the random maps kinds are \
            drawn anew for each episode, the same for both teams, and the teams stand in mirrored places or one surrounds \
            the other.
            """,
        source: "SMAX of jaxmarl 0.2.0 (Rutherford et al. 2023)",
        parameters: [
            ParameterDescriptor(
                "map", .choice(SkirmishMap.all.map(\.name)), default: .string("3m"),
                "Who fights whom: m marine, s stalker, z zealot, h hydralisk; smacv2: random kinds and places."),
            choice(
                "observation", SkirmishConfiguration.Observation.list,
                "list: every other unit in a place of its own; conic: two units in each of 32 directions."),
            choice(
                "reward", SkirmishConfiguration.Reward.shaped,
                "shaped: for damage and for the won battle; win: 1 for a won and -1 for a lost battle."),
            choice(
                "opponent", SkirmishConfiguration.Opponent.heuristic,
                "heuristic: the reference's script plays the enemies; policies: the enemies are agents too."),
            choice(
                "targeting", SkirmishConfiguration.Targeting.closest,
                "Whom the heuristic attacks first of those in range."),
        ],
        capabilities: [.text, .snapshot, .baseline, .render, .metrics])

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ value: Choice, _ description: String
    ) -> ParameterDescriptor {
        ParameterDescriptor(
            name, .choice(Choice.allCases.map(\.rawValue)), default: .string(value.rawValue), description)
    }

    public static func specification(_ parameters: ParameterValues) throws -> EnvironmentSpecification {
        let configuration = try SkirmishConfiguration(parameters: parameters)
        let isVersus = configuration.opponent == .policies
        let attacks = isVersus ? max(configuration.allies, configuration.enemies) : configuration.enemies
        let heads = SkirmishConfiguration.movements + attacks
        return EnvironmentSpecification(
            agents: (0..<configuration.agents).map { unit in
                let isAlly = unit < configuration.allies
                return AgentSpecification(
                    name: configuration.name(unit), role: configuration.role(unit), group: isAlly ? 0 : 1,
                    actionSizes: [configuration.actions(ofAlly: isAlly)])
            },
            groups: isVersus ? ["allies", "enemies"] : ["allies"],
            observationSize: configuration.observationSize,
            observationBounds: configuration.observationBounds,
            observationSegments: configuration.observationSegments,
            actions: .discrete(heads: [heads]),
            actionNames: SkirmishAction.moveNames + ["stop"] + (0..<attacks).map { "attack_opponent_\($0)" },
            rewardScope: .group,
            // No bounds: a weapon's cooldown sinks for as long as it is not used.
            state: StateSpecification(size: configuration.stateSize, segments: configuration.stateSegments),
            suggestedHorizon: 101)
    }
}

extension SkirmishConfiguration {
    /// What a unit is, as far as the map tells. Teams of different size have different numbers of actions, so the enemies'
    /// roles are their own.
    fileprivate func role(_ unit: Int) -> String {
        let isAlly = unit < allies
        let kind = map.isRandom ? "soldier" : "\(isAlly ? map.allies[unit] : map.enemies[unit - allies])"
        return isAlly ? kind : "enemy_" + kind
    }

    /// - Throws: ``RulesError`` (configuration), ``ParameterError`` for values that the descriptor does not allow.
    init(parameters: ParameterValues) throws {
        try self.init(
            map: try parameters.string("map"),
            observation: Observation(rawValue: try parameters.string("observation")) ?? .list,
            reward: Reward(rawValue: try parameters.string("reward")) ?? .shaped,
            opponent: Opponent(rawValue: try parameters.string("opponent")) ?? .heuristic,
            targeting: Targeting(rawValue: try parameters.string("targeting")) ?? .closest)
    }
}
