public import ArgusEnvAPI

extension ForagingEnvironment {
    public static let descriptor = EnvironmentDescriptor(
        id: "foraging", version: "1",
        summary: "Level-based foraging: players must meet beside food that one alone is often too weak to load.",
        rules: """
            Players of different levels walk a field on which food items of different levels lie. Each step all of \
            them choose at once: do nothing, move one cell north, south, west or east, or load. A move off the field \
            or into food does nothing. Every player claims the cell that it wants to be in, its own if it does not \
            move; who alone claims a cell gets it, and where several claim one, those that are elsewhere stay there. \
            So two players can change places; and if `compatible`, a player that follows another enters its cell even \
            if that other is stopped, and two stand in one cell. Players that load beside the same food in the same \
            step add up their levels; if the sum is at least the food's level, it is gone, and each of them is \
            rewarded with its level times the food's, divided by that sum and by the levels of all food of the episode \
            (so a whole episode is worth 1 to the team; without `normalize_reward` it is not divided); if not, each of \
            them loses `penalty`. A player sees the food and the players within `sight` rows and columns, with their \
            places and levels (`sights`: each player as far as its own). The episode ends when no food is left.

            At the start, players stand on random cells with random levels. Food lies inside the field, not on its \
            border, in no two neighbouring cells, nor two cells apart in a row or column. Its level is drawn from \
            `min_food_level` to `max_food_level` or, if that is 0, to the sum of the three lowest player levels (-1: to \
            one less); with `coop` it always is the highest.
            """,
        source: "lbforaging 2.0.0 (Christianos et al. 2020; Papoudakis et al. 2021)",
        parameters: [
            ParameterDescriptor("rows", .integer(3...100), default: .integer(8), "Rows of the field."),
            ParameterDescriptor("columns", .integer(3...100), default: .integer(8), "Columns of the field."),
            ParameterDescriptor(
                "players", .integer(1...64), default: .integer(2), "Number of players, at most half of the cells."),
            ParameterDescriptor(
                "foods", .integer(1...64), default: .integer(2),
                "Number of food items; fewer where there is no room for all."),
            ParameterDescriptor(
                "sight", .integer(0...100), default: .integer(0),
                "How many rows and columns a player sees to each side; 0: the whole field."),
            ParameterDescriptor(
                "sights", .string, default: .string(""),
                "A sight for each player in place of sight, such as \"0,1\"; empty: sight for all."),
            ParameterDescriptor("coop", .boolean, default: .boolean(false), "All food has the highest level."),
            ParameterDescriptor(
                "penalty", .number(0...1_000_000), default: .number(0), "What each player of a failed load loses."),
            ParameterDescriptor(
                "min_player_level", .integer(levels), default: .integer(1), "Lowest level of a player."),
            ParameterDescriptor(
                "max_player_level", .integer(levels), default: .integer(2), "Highest level of a player."),
            ParameterDescriptor("min_food_level", .integer(levels), default: .integer(1), "Lowest level of a food."),
            ParameterDescriptor(
                "max_food_level", .integer(-1...levels.upperBound), default: .integer(0),
                "Highest level of a food; 0: the sum of the three lowest player levels of the episode; -1: one less than "
                    + "that, as in lbforaging before 2.0, which never drew the highest level."),
            ParameterDescriptor(
                "normalize_reward", .boolean, default: .boolean(true),
                "All food of an episode together is worth 1 to the team."),
            ParameterDescriptor(
                "observe_levels", .boolean, default: .boolean(true), "Players see the levels of players."),
            ParameterDescriptor(
                "compatible", .boolean, default: .boolean(true),
                "As in lbforaging, a player may enter the cell of one that was stopped; false: it stops too."),
        ],
        capabilities: [.text, .snapshot, .baseline, .render, .metrics])

    private static let levels = 1...ForagingConfiguration.largestLevel

    public static func specification(_ parameters: ParameterValues) throws -> EnvironmentSpecification {
        let configuration = try ForagingConfiguration(parameters: parameters)
        return EnvironmentSpecification(
            agents: (0..<configuration.players).map { AgentSpecification(name: "player_\($0)", role: "player") },
            observationSize: configuration.observationSize,
            observationBounds: configuration.observationBounds,
            observationSegments: configuration.observationSegments,
            actions: .discrete(heads: [ForagingAction.count]),
            actionNames: ForagingAction.allCases.map { "\($0)" },
            rewardScope: .agent,
            state: StateSpecification(
                size: configuration.stateSize, bounds: configuration.stateBounds,
                segments: configuration.stateSegments),
            suggestedHorizon: 50)
    }
}

extension ForagingConfiguration {
    /// - Throws: ``RulesError`` (configuration) for parameters that do not go together.
    init(parameters: ParameterValues) throws {
        let low = try parameters.integer("min_player_level")
        let high = try parameters.integer("max_player_level")
        guard low <= high else {
            throw RulesError(
                .configuration, "max_player_level: found \(high), expected at least min_player_level, \(low)")
        }
        let sight = try parameters.integer("sight")
        let maximumFoodLevel = try parameters.integer("max_food_level")
        try self.init(
            rows: try parameters.integer("rows"),
            columns: try parameters.integer("columns"),
            players: try parameters.integer("players"),
            foods: try parameters.integer("foods"),
            sight: sight == 0 ? nil : sight,
            sights: try Self.sights(parameters),
            coop: try parameters.boolean("coop"),
            penalty: try parameters.number("penalty"),
            playerLevels: low...high,
            minimumFoodLevel: try parameters.integer("min_food_level"),
            maximumFoodLevel: maximumFoodLevel > 0 ? maximumFoodLevel : nil,
            teamLevelMargin: maximumFoodLevel < 0 ? 1 : 0,
            normalisesReward: try parameters.boolean("normalize_reward"),
            observesLevels: try parameters.boolean("observe_levels"),
            compatible: try parameters.boolean("compatible")
        )
    }

    /// The sights of all players; nil where `sight` holds for all.
    private static func sights(_ parameters: ParameterValues) throws -> [Int]? {
        let text = try parameters.string("sights")
        if text.isEmpty { return nil }
        let whole = max(try parameters.integer("rows"), try parameters.integer("columns"))
        return try text.split(separator: ",", omittingEmptySubsequences: false).map { part throws(RulesError) in
            let word = part.filter { $0 != " " }
            guard let sight = Int(word), (0...100).contains(sight) else {
                throw RulesError(
                    .configuration, "sights: found '\(part)' in '\(text)', expected 0 to 100, with commas between")
            }
            return sight == 0 ? whole : sight
        }
    }
}
