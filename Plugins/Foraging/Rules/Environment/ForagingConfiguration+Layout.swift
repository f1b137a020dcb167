import ArgusEnvAPI

/// What stands where in observation and state rows, and between which bounds; every bound is reached.
extension ForagingConfiguration {
    /// The player sees every cell, wherever it stands, and so counts rows and columns from the field's corner.
    func seesWholeField(_ player: Int) -> Bool { sights[player] >= max(rows, columns) - 1 }

    private var allSeeWholeField: Bool { sights.indices.allSatisfy(seesWholeField) }

    private var farthestSight: Int { sights.max() ?? 1 }

    private var lowestPlayerLevel: Int { playerLevels.map(\.lowerBound).min() ?? 1 }

    var observationBounds: Bounds {
        let sight = farthestSight
        var bounds = Bounds(low: [], high: [])
        for _ in 0..<foods {
            // Food lies off the border: in the last row but one, `rows - 2` from the first.
            bounds.append(-1, min(2 * sight, rows - 2))
            bounds.append(-1, min(2 * sight, columns - 2))
            bounds.append(0, highestFoodLevel)
        }
        for slot in 0..<players {
            let isSelf = slot == 0
            let isAlwaysSeen = isSelf || allSeeWholeField
            // One's own place is at most `sight` from the corner of one's window, that of others twice as far.
            bounds.append(isAlwaysSeen ? 0 : -1, min(isSelf ? sight : 2 * sight, rows - 1))
            bounds.append(isAlwaysSeen ? 0 : -1, min(isSelf ? sight : 2 * sight, columns - 1))
            if observesLevels { bounds.append(isAlwaysSeen ? lowestPlayerLevel : 0, highestPlayerLevel) }
        }
        return bounds
    }

    var observationSegments: [Segment] {
        let place = allSeeWholeField ? "row, column" : "row, column within its view"
        var segments = (0..<foods).map {
            Segment("food_\($0)", offset: 3 * $0, count: 3, "\(place), level of a food in sight; -1, -1, 0: none")
        }
        let width = observesLevels ? 3 : 2
        let level = observesLevels ? ", level" : ""
        let none = observesLevels ? "-1, -1, 0: none" : "-1, -1: none"
        for slot in 0..<players {
            let what = slot == 0 ? "own \(place)\(level)" : "\(place)\(level) of another player in sight; \(none)"
            segments.append(
                Segment(
                    slot == 0 ? "self" : "other_\(slot - 1)", offset: 3 * foods + width * slot, count: width, what))
        }
        return segments
    }

    var stateBounds: Bounds {
        var bounds = Bounds(low: [], high: [])
        for _ in 0..<players {
            bounds.append(0, rows - 1)
            bounds.append(0, columns - 1)
            bounds.append(lowestPlayerLevel, highestPlayerLevel)
        }
        for _ in 0..<foods {
            bounds.append(-1, rows - 2)
            bounds.append(-1, columns - 2)
            bounds.append(0, highestFoodLevel)
        }
        return bounds
    }

    var stateSegments: [Segment] {
        let players = (0..<players).map {
            Segment("player_\($0)", offset: 3 * $0, count: 3, "row, column, level")
        }
        let foods = (0..<foods).map {
            Segment(
                "food_\($0)", offset: 3 * (self.players + $0), count: 3, "row, column, level; -1, -1, 0: loaded")
        }
        return players + foods
    }
}

extension Bounds {
    fileprivate mutating func append(_ low: Int, _ high: Int) {
        self.low.append(Float(low))
        self.high.append(Float(high))
    }
}
