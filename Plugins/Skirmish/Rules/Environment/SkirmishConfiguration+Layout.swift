import ArgusEnvAPI

/// What stands where in observation and state rows, and between which bounds.
extension SkirmishConfiguration {
    /// `ally_2` or `enemy_0`.
    func name(_ unit: Int) -> String { unit < allies ? "ally_\(unit)" : "enemy_\(unit - allies)" }

    var observationBounds: Bounds {
        let unit = Bounds(low: [0, -1, -1, -1, -1, 0, 0], high: [1, 1, 1, 1, 1, 1, 1])
        let places = SkirmishBattle.places(self)
        let low = places.lowerBound / SkirmishMap.size
        let high = places.upperBound / SkirmishMap.size
        let kinds = Bounds(0...1, count: UnitKind.allCases.count)
        var bounds = Bounds(low: [], high: [])
        for _ in 0..<observedUnits {
            bounds.low += unit.low + kinds.low
            bounds.high += unit.high + kinds.high
        }
        bounds.low += [0, low, low, 0] + kinds.low
        bounds.high += [1, high, high, 1] + kinds.high
        return bounds
    }

    var observationSegments: [Segment] {
        let what = """
            share of its hit points, x and y from here by own sight, last move x and y, last attack by its highest action, \
            share of its cooldown left, kind one-hot (\(UnitKind.allCases.map { "\($0)" }.joined(separator: ", ")))
            """
        let others = (0..<observedUnits).map { place in
            Segment(
                placeName(place), offset: Self.unitFeatures * place, count: Self.unitFeatures,
                what + "; zeros: none seen")
        }
        return others + [
            Segment(
                "self", offset: Self.unitFeatures * observedUnits, count: Self.ownFeatures,
                "share of hit points, x and y by 32, share of cooldown left, kind one-hot; zeros: dead")
        ]
    }

    private func placeName(_ place: Int) -> String {
        if observation == .conic { return "section_\(place / Self.unitsPerSection)_\(place % Self.unitsPerSection)" }
        // Agents of teams of different size have their own teams in different places.
        if opponent == .policies, allies != enemies { return "unit_\(place)" }
        return place < allies - 1 ? "teammate_\(place)" : "opponent_\(place - allies + 1)"
    }

    var stateSegments: [Segment] {
        let each = (0..<units).map {
            Segment(
                name($0), offset: Self.ownFeatures * $0, count: Self.ownFeatures,
                "share of hit points, x, y, seconds of cooldown left, kind one-hot; zeros: dead")
        }
        return each + [
            Segment("teams", offset: Self.ownFeatures * units, count: units, "0 ally, 1 enemy"),
            Segment("kinds", offset: (Self.ownFeatures + 1) * units, count: units, "number of each unit's kind"),
        ]
    }
}
