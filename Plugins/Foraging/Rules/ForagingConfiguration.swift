public import ArgusEnvAPI

/// All that stays fixed over the episodes of one level-based foraging task (`lbforaging` 2.0.0, rules v3).
///
/// The published id `Foraging{-2s}-{S}x{S}-{P}p-{F}f{-coop}-v3` is
/// `ForagingConfiguration(rows: S, columns: S, players: P, foods: F, sight: 2 or nil, coop: …)`.
/// The limit of 50 steps is not here: the horizon belongs to the host.
public struct ForagingConfiguration: Hashable, Sendable {
    /// Size of the field, 3 to 100 each.
    public let rows: Int
    public let columns: Int
    /// Number of players, 1 to 64, at most half of the cells.
    public let players: Int
    /// Number of food items that a reset tries to place, 1 to 64.
    public let foods: Int
    /// How many rows and columns each player sees to each side, at least 1.
    public let sights: [Int]
    /// Every food needs the full team strength: its level is the upper bound of its range.
    public let coop: Bool
    /// What each player of a failed load loses, 0 or more.
    public let penalty: Double
    /// Bounds of the players' levels; a reset deals them out in random order.
    public let playerLevels: [ClosedRange<Int>]
    /// Lower bounds of the foods' levels; a reset deals them out in random order.
    public let minimumFoodLevels: [Int]
    /// Upper bounds of the foods' levels, or nil: the sum of the three lowest player levels of the episode.
    public let maximumFoodLevels: [Int]?
    /// How far below that sum the highest food stays, where it is the bound: 0, or 1 as before lbforaging 2.0.
    public let teamLevelMargin: Int
    /// Divide rewards so that a whole episode's rewards of all players sum to 1.
    public let normalisesReward: Bool
    /// Whether observations tell the levels of players (also one's own).
    public let observesLevels: Bool
    /// True: as in the reference, a player whose way was free enters a cell whose occupant then failed to leave, so
    /// that two stand in one cell. False: such a follower stays where it is, and no cell ever holds two players.
    public let compatible: Bool

    /// Largest level a configuration may name; keeps every product of levels exact in all number types used.
    public static let largestLevel = 10_000

    /// A task whose players share one range of levels, and whose foods share one.
    ///
    /// - Parameters:
    ///   - sight: of every player; nil is the whole field.
    ///   - sights: of each player, instead of `sight`.
    ///   - maximumFoodLevel: nil is the sum of the three lowest player levels of the episode, less `teamLevelMargin`.
    /// - Throws: `RulesError` with code `configuration` that names the parameter.
    public init(
        rows: Int,
        columns: Int,
        players: Int,
        foods: Int,
        sight: Int? = nil,
        sights: [Int]? = nil,
        coop: Bool = false,
        penalty: Double = 0,
        playerLevels: ClosedRange<Int> = 1...2,
        minimumFoodLevel: Int = 1,
        maximumFoodLevel: Int? = nil,
        teamLevelMargin: Int = 0,
        normalisesReward: Bool = true,
        observesLevels: Bool = true,
        compatible: Bool = true
    ) throws(RulesError) {
        try Self.require("players", players, within: 1...64)
        try Self.require("foods", foods, within: 1...64)
        try self.init(
            rows: rows,
            columns: columns,
            sights: sights ?? Array(repeating: sight ?? max(rows, columns), count: players),
            coop: coop,
            penalty: penalty,
            playerLevels: Array(repeating: playerLevels, count: players),
            minimumFoodLevels: Array(repeating: minimumFoodLevel, count: foods),
            maximumFoodLevels: maximumFoodLevel.map { Array(repeating: $0, count: foods) },
            teamLevelMargin: teamLevelMargin,
            normalisesReward: normalisesReward,
            observesLevels: observesLevels,
            compatible: compatible
        )
    }

    /// A task with a sight and a range of levels for each player and a range for each food; the counts of the lists are
    /// the numbers of both.
    ///
    /// - Throws: `RulesError` with code `configuration` that names the parameter.
    public init(
        rows: Int,
        columns: Int,
        sights: [Int],
        coop: Bool,
        penalty: Double,
        playerLevels: [ClosedRange<Int>],
        minimumFoodLevels: [Int],
        maximumFoodLevels: [Int]?,
        teamLevelMargin: Int = 0,
        normalisesReward: Bool,
        observesLevels: Bool,
        compatible: Bool
    ) throws(RulesError) {
        try Self.require("rows", rows, within: 3...100)
        try Self.require("columns", columns, within: 3...100)
        try Self.require("players", playerLevels.count, within: 1...64)
        try Self.require("foods", minimumFoodLevels.count, within: 1...64)
        if playerLevels.count > rows * columns / 2 {
            throw RulesError(
                .configuration,
                "players: \(playerLevels.count) on \(rows * columns) cells; expected at most half of the cells"
            )
        }
        guard sights.count == playerLevels.count else {
            throw RulesError(
                .configuration, "sights: found \(sights.count), expected \(playerLevels.count), one a player")
        }
        for sight in sights { try Self.require("sight", sight, within: 1...1000) }
        guard penalty.isFinite, penalty >= 0 else {
            throw RulesError(.configuration, "penalty: found \(penalty), expected a number of 0 or more")
        }
        for bounds in playerLevels {
            try Self.require("min_player_level", bounds.lowerBound, within: 1...Self.largestLevel)
            try Self.require("max_player_level", bounds.upperBound, within: 1...Self.largestLevel)
        }
        for level in minimumFoodLevels {
            try Self.require("min_food_level", level, within: 1...Self.largestLevel)
        }
        if let maximumFoodLevels {
            guard maximumFoodLevels.count == minimumFoodLevels.count else {
                throw RulesError(
                    .configuration,
                    "max_food_level: \(maximumFoodLevels.count) values for \(minimumFoodLevels.count) foods"
                )
            }
            for (low, high) in zip(minimumFoodLevels, maximumFoodLevels) {
                try Self.require("max_food_level", high, within: 1...Self.largestLevel)
                guard low <= high else {
                    throw RulesError(
                        .configuration, "max_food_level: found \(high), expected at least min_food_level, \(low)")
                }
            }
        } else if !coop {
            let highest = Self.teamLevel(playerLevels.map(\.lowerBound), margin: teamLevelMargin)
            let less = teamLevelMargin > 0 ? " less \(teamLevelMargin), or 1" : ""
            for low in minimumFoodLevels where low > highest {
                throw RulesError(
                    .configuration,
                    "min_food_level: found \(low), expected at most \(highest), the sum of the three lowest player"
                        + " levels that a reset can draw\(less) (or give max_food_level)"
                )
            }
        }
        self.rows = rows
        self.columns = columns
        players = playerLevels.count
        foods = minimumFoodLevels.count
        self.sights = sights
        self.coop = coop
        self.penalty = penalty
        self.playerLevels = playerLevels
        self.minimumFoodLevels = minimumFoodLevels
        self.maximumFoodLevels = maximumFoodLevels
        self.teamLevelMargin = teamLevelMargin
        self.normalisesReward = normalisesReward
        self.observesLevels = observesLevels
        self.compatible = compatible
    }

    private static func require(
        _ name: String,
        _ value: Int,
        within range: ClosedRange<Int>
    ) throws(RulesError) {
        guard range.contains(value) else {
            throw RulesError(
                .configuration, "\(name): found \(value), expected \(range.lowerBound) to \(range.upperBound)")
        }
    }
}

extension ForagingConfiguration {
    /// Components of one player's observation: 3 for each food, then 3 (2 without levels) for each player.
    public var observationSize: Int { 3 * foods + (observesLevels ? 3 : 2) * players }

    /// Components of the global state: 3 for each player, then 3 for each food.
    public var stateSize: Int { 3 * (players + foods) }

    /// The highest level that a player can have.
    public var highestPlayerLevel: Int { playerLevels.map(\.upperBound).max() ?? 1 }

    /// The highest level that a food can have.
    public var highestFoodLevel: Int {
        maximumFoodLevels?.max() ?? Self.teamLevel(playerLevels.map(\.upperBound), margin: teamLevelMargin)
    }

    /// What a food needs at most where no upper bound is configured: the levels of the three weakest players together,
    /// less `margin`, and at least 1.
    static func teamLevel(_ levels: [Int], margin: Int) -> Int {
        max(1, levels.sorted().prefix(3).reduce(0, +) - margin)
    }
}
