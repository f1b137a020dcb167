public import ArgusEnvAPI

extension ForagingGame {
    /// Makes one step: all players move at once, then loads are settled.
    ///
    /// - Parameters:
    ///   - actions: `actions[player][0]` is a `ForagingAction`. A move off the field or into food, and a load without
    ///     food beside, count as `none`, as does a number that is no action.
    ///   - rewards: `rewards[player][0]` is written for every player. With normalised rewards a load of food of level f
    ///     gives player i `level_i · f / (levels of all its loaders · levels spawned)`.
    /// - Returns: whether the episode is over, that is, no food is left.
    public mutating func step(_ actions: Rows<Int32>, rewards: Rows<Float>) -> Bool {
        let count = players.count
        return withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { destination in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { target in
                var anyLoads = false
                for index in 0..<count {
                    let player = players[index]
                    let here = cell(player.row, player.column)
                    var there = here
                    target[index] = Cell.free
                    switch actions[first: index] {
                    case ForagingAction.north.rawValue: there = here - fieldStride
                    case ForagingAction.south.rawValue: there = here + fieldStride
                    case ForagingAction.west.rawValue: there = here - 1
                    case ForagingAction.east.rawValue: there = here + 1
                    case ForagingAction.load.rawValue:
                        target[index] = foodBeside(here)
                        anyLoads = anyLoads || target[index] != Cell.free
                    default: break
                    }
                    destination[index] = Int32(truncatingIfNeeded: field[there] == Cell.free ? there : here)
                    rewards[first: index] = 0
                }
                move(to: destination)
                if anyLoads { load(target, rewards) }
                return foodsLeft == 0
            }
        }
    }

    /// Moves every player whose destination nobody else claims. Who stays claims its own cell.
    @inline(__always)
    private mutating func move(to destination: UnsafeMutableBufferPointer<Int32>) {
        if !configuration.compatible { withdrawBlockedClaims(destination) }
        for index in 0..<destination.count {
            let claim = destination[index]
            var isContested = false
            for other in 0..<destination.count where other != index && destination[other] == claim {
                isContested = true
            }
            if !isContested {
                let (row, column) = Int(claim).quotientAndRemainder(dividingBy: fieldStride)
                players[index].row = Int32(truncatingIfNeeded: row - 1)
                players[index].column = Int32(truncatingIfNeeded: column - 1)
            }
        }
    }

    /// Turns the claim of every player that cannot move into one on its own cell, until nothing changes: whoever
    /// follows a player that was stopped is stopped too. Swaps and closed circles go on.
    private func withdrawBlockedClaims(_ destination: UnsafeMutableBufferPointer<Int32>) {
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for index in 0..<destination.count {
                let claim = destination[index]
                let here = Int32(cell(players[index].row, players[index].column))
                guard claim != here else { continue }
                var isContested = false
                for other in 0..<destination.count where other != index && destination[other] == claim {
                    isContested = true
                    let otherHere = Int32(cell(players[other].row, players[other].column))
                    if claim != otherHere {
                        destination[other] = otherHere
                        hasChanged = true
                    }
                }
                if isContested {
                    destination[index] = here
                    hasChanged = true
                }
            }
        }
    }

    /// Settles the loads: the levels of all who load the same food are added up. `target[player]` is the food's index.
    @inline(__always)
    private mutating func load(_ target: UnsafeMutableBufferPointer<UInt8>, _ rewards: Rows<Float>) {
        for index in 0..<target.count where target[index] != Cell.free {
            let food = Int(target[index])
            var strength: Int32 = 0
            for other in index..<target.count where target[other] == target[index] {
                strength += players[other].level
            }
            let level = foods[food].level
            let succeeds = strength >= level
            let shares = configuration.normalisesReward ? Double(Int(strength) * levelsSpawned) : 1
            for other in index..<target.count where Int(target[other]) == food {
                rewards[first: other] = Float(
                    succeeds ? Double(players[other].level * level) / shares : 0 - configuration.penalty)
                target[other] = Cell.free
            }
            if succeeds {
                foods[food].isLoaded = true
                field[cell(foods[food].row, foods[food].column)] = Cell.free
                foodsLeft -= 1
            }
        }
    }
}
