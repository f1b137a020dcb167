public import ArgusEnvAPI

extension ForagingGame {
    /// The whole dynamic state as bytes: little-endian 32-bit integers: format version 1, number of players, number of
    /// foods placed; for each player row, column, level; for each food row, column, level, loaded (0 or 1).
    ///
    /// Chance plays no part after a reset, so no random stream is in it.
    public func serialise() -> [UInt8] {
        var words: [Int32] = [1, Int32(players.count), Int32(foods.count)]
        words.reserveCapacity(3 + 3 * players.count + 4 * foods.count)
        for player in players { words += [player.row, player.column, player.level] }
        for food in foods { words += [food.row, food.column, food.level, food.isLoaded ? 1 : 0] }
        return words.flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * Int32($0))) }
        }
    }

    /// Continues from what `serialise` of a game with the same configuration returned.
    ///
    /// - Throws: `RulesError` with code `snapshot`, and leaves the game as it was, unless `bytes` is a state of a
    ///   game with this configuration: every place on the field, foods inside and apart as a reset places them, levels
    ///   within the configured bounds, no player on food.
    public mutating func deserialise(_ bytes: [UInt8]) throws(RulesError) {
        guard bytes.count >= 12, bytes.count.isMultiple(of: 4) else {
            throw RulesError(.snapshot, "found \(bytes.count) bytes, expected a multiple of 4 and at least 12")
        }
        let words = stride(from: 0, to: bytes.count, by: 4).map { start in
            bytes[start..<start + 4].reversed().reduce(Int32(0)) { ($0 << 8) | Int32($1) }
        }
        let foodCount = Int(words[2])
        guard words[0] == 1, Int(words[1]) == configuration.players, (0...configuration.foods).contains(foodCount)
        else {
            throw RulesError(
                .snapshot,
                "found version \(words[0]) with \(words[1]) players and \(words[2]) foods, expected version 1 with"
                    + " \(configuration.players) players and at most \(configuration.foods) foods"
            )
        }
        let foodStart = 3 + 3 * configuration.players
        guard words.count == foodStart + 4 * foodCount else {
            throw RulesError(
                .snapshot, "found \(words.count) numbers, expected \(foodStart + 4 * foodCount)")
        }
        var restored = self
        for index in 0..<configuration.players {
            let at = 3 + 3 * index
            restored.players[index] = Player(row: words[at], column: words[at + 1], level: words[at + 2])
        }
        restored.clearField()
        for index in 0..<foodCount {
            let at = foodStart + 4 * index
            guard words[at + 3] == 0 || words[at + 3] == 1 else {
                throw RulesError(.snapshot, "food \(index): found \(words[at + 3]), expected loaded as 0 or 1")
            }
            restored.foods.append(
                Food(row: words[at], column: words[at + 1], level: words[at + 2], isLoaded: words[at + 3] == 1))
        }
        try restored.checkPlayers()
        try restored.checkFoods()
        for (index, food) in restored.foods.enumerated() where !food.isLoaded {
            restored.field[cell(food.row, food.column)] = UInt8(index)
        }
        restored.foodsLeft = restored.foods.count { !$0.isLoaded }
        restored.levelsSpawned = restored.foods.reduce(0) { $0 + Int($1.level) }
        self = restored
    }

    private func checkPlayers() throws(RulesError) {
        let lowest = configuration.playerLevels.map(\.lowerBound).min() ?? 1
        let levels = Int32(lowest)...Int32(configuration.highestPlayerLevel)
        for (index, player) in players.enumerated() {
            guard (0..<Int32(configuration.rows)).contains(player.row),
                (0..<Int32(configuration.columns)).contains(player.column)
            else {
                throw RulesError(.snapshot, "player \(index): found a place outside the field")
            }
            guard levels.contains(player.level) else {
                throw RulesError(.snapshot, "player \(index): found level \(player.level), expected \(levels)")
            }
            let shares = players[..<index].contains { $0.row == player.row && $0.column == player.column }
            if shares, !configuration.compatible {
                throw RulesError(.snapshot, "player \(index): found two players in one cell, expected one")
            }
        }
    }

    private func checkFoods() throws(RulesError) {
        let highest = configuration.maximumFoodLevels?.max() ?? teamLevel
        for (index, food) in foods.enumerated() {
            guard (1..<Int32(configuration.rows) - 1).contains(food.row),
                (1..<Int32(configuration.columns) - 1).contains(food.column)
            else {
                throw RulesError(.snapshot, "food \(index): found a place outside the inner field")
            }
            guard (1...Int32(highest)).contains(food.level) else {
                throw RulesError(.snapshot, "food \(index): found level \(food.level), expected 1 to \(highest)")
            }
            if index > 0 {
                let before = foods[index - 1]
                guard (before.row, before.column) < (food.row, food.column) else {
                    throw RulesError(.snapshot, "food \(index): found out of row-major order")
                }
            }
            if foods[..<index].contains(where: { Self.areTooClose($0, food.row, food.column) }) {
                throw RulesError(.snapshot, "food \(index): found too close to another")
            }
            let isTrodden = players.contains { $0.row == food.row && $0.column == food.column }
            if isTrodden, !food.isLoaded {
                throw RulesError(.snapshot, "food \(index): found under a player")
            }
        }
    }
}
