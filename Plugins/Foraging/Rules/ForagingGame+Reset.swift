import ArgusEnvAPI

extension ForagingGame {
    /// Begins the episode that a new `lbforaging` environment begins with `reset(seed=seed)`.
    ///
    /// The random stream is numpy's and is drawn in the reference's order: the deal of the players' level bounds, for
    /// each player its cell and level, the deal of the foods' level bounds, then for each food its cell and level.
    /// Nothing of the episode before is looked at. (The reference does look: where a player that it has not placed yet
    /// stood before, no other player is put.)
    public mutating func reset(seed: UInt64) {
        var generator = NumpyGenerator(seed: seed)
        clearField()
        placePlayers(&generator)
        placeFoods(&generator)
        foodsLeft = foods.count
        levelsSpawned = foods.reduce(0) { $0 + Int($1.level) }
    }

    mutating func clearField() {
        foods.removeAll(keepingCapacity: true)
        for row in 0..<Int32(configuration.rows) {
            let first = cell(row, 0)
            for index in first..<first + configuration.columns { field[index] = Cell.free }
        }
    }

    private mutating func placePlayers(_ generator: inout NumpyGenerator) {
        let deal = generator.permutation(configuration.players)
        for index in players.indices {
            var row: Int32
            var column: Int32
            // At least half of the cells are free, so this ends (the reference gives up after 1000 tries, which happens
            // with probability below 2^-1000).
            repeat {
                row = Int32(generator.integers(configuration.rows))
                column = Int32(generator.integers(configuration.columns))
            } while players[..<index].contains { $0.row == row && $0.column == column }
            let bounds = configuration.playerLevels[deal[index]]
            let level = generator.integers(Int64(bounds.lowerBound), Int64(bounds.upperBound) + 1)
            players[index] = Player(row: row, column: column, level: Int32(level))
        }
    }

    private mutating func placeFoods(_ generator: inout NumpyGenerator) {
        let teamLevel = teamLevel
        let deal = generator.permutation(configuration.foods)
        var attempts = 0
        while foods.count < configuration.foods, attempts < 1000 {
            attempts += 1
            let row = Int32(generator.integers(1, Int64(configuration.rows) - 1))
            let column = Int32(generator.integers(1, Int64(configuration.columns) - 1))
            if foods.contains(where: { Self.areTooClose($0, row, column) })
                || players.contains(where: { $0.row == row && $0.column == column })
            {
                continue
            }
            let dealt = deal[foods.count]
            let high = configuration.maximumFoodLevels?[dealt] ?? teamLevel
            let low = configuration.coop ? high : configuration.minimumFoodLevels[dealt]
            let level = generator.integers(Int64(low), Int64(high) + 1)
            foods.append(Food(row: row, column: column, level: Int32(level), isLoaded: false))
        }
        foods.sort { ($0.row, $0.column) < ($1.row, $1.column) }
        for (index, food) in foods.enumerated() { field[cell(food.row, food.column)] = UInt8(index) }
    }

    /// What a food of this episode needs at most where no upper bound is configured.
    var teamLevel: Int {
        ForagingConfiguration.teamLevel(players.map { Int($0.level) }, margin: configuration.teamLevelMargin)
    }

    /// Foods keep apart: not within the eight cells around, nor two cells away in a row or column. So no cell touches
    /// two foods.
    static func areTooClose(_ food: Food, _ row: Int32, _ column: Int32) -> Bool {
        let rows = abs(food.row - row)
        let columns = abs(food.column - column)
        return (rows <= 1 && columns <= 1) || (rows == 0 && columns <= 2) || (columns == 0 && rows <= 2)
    }
}
