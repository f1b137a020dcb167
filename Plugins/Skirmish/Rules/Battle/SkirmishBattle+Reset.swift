import ArgusEnvAPI

/// The start of a battle, drawn from the reference's distributions.
extension SkirmishBattle {
    public mutating func reset(seed: UInt64) {
        let configuration = configuration
        var random = SplitMix64(seed: seed)
        steps = 0
        hasInjectedNoise = false
        withColumns { units in
            Self.drawKinds(configuration, units, &random)
            units.setKinds(configuration.units)
            Self.drawPlaces(configuration, units, &random)
            for unit in 0..<configuration.units {
                units.health[unit] = units.maximumHealth[unit]
                units.cooldown[unit] = 0
                units.action[unit] = SkirmishAction.stop
            }
            Self.placeBodies(units)
            Self.push(configuration.units, units)
            Self.forgetTargets(configuration, units)
            Self.updateFeatures(configuration, units)
        }
        self.random = random
    }

    /// The map's kinds or, on random maps, the allies' drawn and the enemies' the same.
    private static func drawKinds(
        _ configuration: SkirmishConfiguration, _ units: UnitColumns, _ random: inout SplitMix64
    ) {
        let map = configuration.map
        let allies = configuration.allies
        for unit in 0..<configuration.units {
            if !map.isRandom {
                let team = unit < allies ? map.allies : map.enemies
                units.kind[unit] = Int32(team[unit < allies ? unit : unit - allies].rawValue)
            } else if unit < allies {
                units.kind[unit] = Int32(random.below(UnitKind.allCases.count))
            } else {
                // Random maps have teams of one size.
                units.kind[unit] = units.kind[unit - allies]
            }
        }
    }

    /// Two squares of side 4 that face each other; on random maps half of the time a reflection, half an encirclement.
    private static func drawPlaces(
        _ configuration: SkirmishConfiguration, _ units: UnitColumns, _ random: inout SplitMix64
    ) {
        let allies = configuration.team(ofAllies: true)
        let enemies = configuration.team(ofAllies: false)
        if !configuration.map.isRandom {
            placeAround(size / 4, size / 2, allies, units, &random)
            placeAround(size * 3 / 4, size / 2, enemies, units, &random)
        } else if random.uniform() < 0.5 {
            let alliesAreInside = random.below(2) == 1
            placeAround(size / 2, size / 2, alliesAreInside ? allies : enemies, units, &random)
            placeOnDiagonals(alliesAreInside ? enemies : allies, units, &random)
        } else {
            for unit in allies {
                units.x[unit] = random.uniform() * (size / 2)
                units.y[unit] = random.uniform() * size
                units.x[unit + allies.count] = size - units.x[unit]
                units.y[unit + allies.count] = units.y[unit]
            }
        }
    }

    /// Uniformly in a square of side 4.
    private static func placeAround(
        _ x: Float, _ y: Float, _ team: Range<Int>, _ units: UnitColumns, _ random: inout SplitMix64
    ) {
        for unit in team {
            units.x[unit] = x + (random.uniform() * 4 - 2)
            units.y[unit] = y + (random.uniform() * 4 - 2)
        }
    }

    /// In four groups, one on each line from the centre to a corner; each unit joins one at random. Some stand outside the
    /// map, where they die in the first substep.
    private static func placeOnDiagonals(_ team: Range<Int>, _ units: UnitColumns, _ random: inout SplitMix64) {
        var inward = SIMD4<Float>()
        for group in 0..<4 { inward[group] = random.uniform() }
        for unit in team {
            let group = random.below(4)
            let centre = inward[group] * (size / 2)
            placeAround(
                centre + (group < 2 ? 0 : (1 - inward[group]) * size),
                centre + (group % 2 == 0 ? 0 : (1 - inward[group]) * size), unit..<unit + 1, units, &random)
        }
    }

    /// A heuristic that has not yet attacked goes to the point opposite to where it first stood.
    static func forgetTargets(_ configuration: SkirmishConfiguration, _ units: UnitColumns) {
        for unit in 0..<configuration.units {
            units.lastChoice[unit] = -1
            units.goalX[unit] = size / 2 - (units.x[unit] - size / 2)
            units.goalY[unit] = size / 2 - (units.y[unit] - size / 2)
        }
    }
}
