extension ForagingGame {
    /// Writes what a player sees, `configuration.observationSize` numbers, as in the reference.
    ///
    /// First, for each configured food, [row, column, level] of the visible foods in row-major order, then (-1, -1, 0)
    /// for the rest. Then, for each player, [row, column, level] ([row, column] without levels): oneself first, the
    /// other visible players by index, then (-1, -1, 0). Rows and columns are counted from the corner of the part of
    /// the field that the player's window covers. Towards the north and west edges, where the window is cut off,
    /// players (not foods) are seen further to the other side than `sight`: the window keeps its full size for them.
    public func observe(_ player: Int, into row: UnsafeMutablePointer<Float>) {
        let me = players[player]
        let sight = Int32(truncatingIfNeeded: configuration.sights[player])
        let top = max(me.row - sight, 0)
        let left = max(me.column - sight, 0)
        var next = row
        for food in foods
        where !food.isLoaded && food.row >= top && food.row <= me.row + sight && food.column >= left
            && food.column <= me.column + sight
        {
            next[0] = Float(food.row - top)
            next[1] = Float(food.column - left)
            next[2] = Float(food.level)
            next += 3
        }
        let playerRows = row + 3 * configuration.foods
        while next < playerRows {
            next[0] = -1
            next[1] = -1
            next[2] = 0
            next += 3
        }
        next = writePlayer(me, top, left, next)
        for (index, other) in players.enumerated()
        where index != player && other.row >= top && other.row - top <= 2 * sight && other.column >= left
            && other.column - left <= 2 * sight
        {
            next = writePlayer(other, top, left, next)
        }
        let end = row + configuration.observationSize
        while next < end {
            next[0] = -1
            next[1] = -1
            if configuration.observesLevels { next[2] = 0 }
            next += configuration.observesLevels ? 3 : 2
        }
    }

    @inline(__always)
    private func writePlayer(
        _ player: Player, _ top: Int32, _ left: Int32, _ row: UnsafeMutablePointer<Float>
    ) -> UnsafeMutablePointer<Float> {
        row[0] = Float(player.row - top)
        row[1] = Float(player.column - left)
        guard configuration.observesLevels else { return row + 2 }
        row[2] = Float(player.level)
        return row + 3
    }

    /// Writes the legal mask of a player, `ForagingAction.count` bytes: 1 legal, 0 not. Equal to the reference's valid
    /// actions: `none` always, a move onto the field that does not run into food, `load` beside food.
    ///
    /// A move into a cell where another player stands is legal, since that player may leave. A load is legal also where
    /// the players now beside the food are too weak together: an agent cannot always see them or their levels, and a
    /// mask must not tell what an observation does not.
    public func writeLegalActions(_ player: Int, into row: UnsafeMutablePointer<UInt8>) {
        let here = cell(players[player].row, players[player].column)
        row[0] = 1
        row[1] = field[here - fieldStride] == Cell.free ? 1 : 0
        row[2] = field[here + fieldStride] == Cell.free ? 1 : 0
        row[3] = field[here - 1] == Cell.free ? 1 : 0
        row[4] = field[here + 1] == Cell.free ? 1 : 0
        row[5] = foodBeside(here) != Cell.free ? 1 : 0
    }

    /// Writes the global state, `configuration.stateSize` numbers: [row, column, level] of every player by index, then
    /// of every food in row-major order of the reset, in places that do not shift; (-1, -1, 0) where a food was loaded
    /// or never placed. Rows and columns are counted from the field's north-west corner.
    public func writeState(into row: UnsafeMutablePointer<Float>) {
        var next = row
        for player in players {
            next[0] = Float(player.row)
            next[1] = Float(player.column)
            next[2] = Float(player.level)
            next += 3
        }
        for index in 0..<configuration.foods {
            let isThere = index < foods.count && !foods[index].isLoaded
            next[0] = isThere ? Float(foods[index].row) : -1
            next[1] = isThere ? Float(foods[index].column) : -1
            next[2] = isThere ? Float(foods[index].level) : 0
            next += 3
        }
    }
}
