public import ArgusEnvAPI

/// What the units see, and what they may do.
extension SkirmishBattle {
    /// Writes the row of every agent, its legal actions if wanted, and who acts; the state row if wanted.
    public func observe(_ frame: Frame) {
        let configuration = configuration
        readColumns { units in
            for unit in 0..<configuration.agents {
                let legal = frame.legal?[unit]
                if let legal { Self.writeMoves(units.health[unit] > 0, legal) }
                if units.health[unit] <= 0 {
                    frame.acting[first: unit] = 0
                    frame.terminated[first: unit] = 1
                }
                Self.write(unit, configuration, units, frame.observations[unit].pointer, legal?.pointer)
            }
            if let state = frame.state { Self.writeState(configuration, units, state.pointer) }
        }
    }

    /// Writes one agent's observation row.
    public func observe(_ unit: Int, into row: UnsafeMutablePointer<Float>) {
        let configuration = configuration
        readColumns { Self.write(unit, configuration, $0, row, nil) }
    }

    /// A unit's row, zeros if it is dead, and which attacks a living one may make.
    @inline(__always)
    private static func write(
        _ unit: Int, _ configuration: SkirmishConfiguration, _ units: UnitColumns, _ row: UnsafeMutablePointer<Float>,
        _ legal: UnsafeMutablePointer<UInt8>?
    ) {
        guard units.health[unit] > 0 else {
            row.update(repeating: 0, count: configuration.observationSize)
            return
        }
        switch configuration.observation {
        case .list: writeList(unit, configuration, units, row, legal)
        case .conic:
            writeCones(unit, configuration, units, row)
            if let legal { writeAttacks(unit, configuration, units, legal) }
        }
        writeSelf(unit, units, row + SkirmishConfiguration.unitFeatures * configuration.observedUnits)
    }

    // MARK: Features

    /// Works out what others see of every unit: share of hit points, (place), last move, last attack, cooldown, kind.
    static func updateFeatures(_ configuration: SkirmishConfiguration, _ units: UnitColumns) {
        units.features.update(repeating: 0, count: UnitColumns.featureStride * configuration.units)
        for unit in 0..<configuration.units {
            let row = units.features + UnitColumns.featureStride * unit
            let action = units.action[unit]
            row[0] = units.health[unit] / units.maximumHealth[unit]
            let direction = SkirmishAction.direction(action)
            row[3] = direction.x
            row[4] = direction.y
            let highest = configuration.actions(ofAlly: unit < configuration.allies) - 1
            row[5] = action < SkirmishAction.firstAttack ? 0 : Float(action) / Float(highest)
            row[6] = min(max(units.cooldown[unit] / units.fullCooldown[unit], 0), 1)
            row[7 + Int(units.kind[unit])] = 1
        }
    }

    /// What a living unit sees of itself.
    @inline(__always)
    private static func writeSelf(_ unit: Int, _ units: UnitColumns, _ row: UnsafeMutablePointer<Float>) {
        let features = units.features + UnitColumns.featureStride * unit
        row[0] = features[0]
        row[1] = units.x[unit] / size
        row[2] = units.y[unit] / size
        for index in 3..<10 { row[index] = features[index + 3] }
    }

    // MARK: List of units

    /// Every other unit that is alive and in sight, in its own place; also which of them may be attacked.
    @inline(__always)
    private static func writeList(
        _ unit: Int, _ configuration: SkirmishConfiguration, _ units: UnitColumns, _ row: UnsafeMutablePointer<Float>,
        _ legal: UnsafeMutablePointer<UInt8>?
    ) {
        let isAlly = unit < configuration.allies
        let own = (isAlly ? configuration.allies : configuration.enemies) - 1
        var place = row
        for index in 0..<own {
            write(configuration.listedUnit(index, for: unit), as: unit, units, place)
            place += SkirmishConfiguration.unitFeatures
        }
        for choice in 0..<(isAlly ? configuration.enemies : configuration.allies) {
            let other = configuration.target(choice, ofAlly: isAlly)
            let distance = write(other, as: unit, units, place)
            if let legal {
                let isInRange = units.health[other] > 0 && distance < units.range[unit]
                legal[SkirmishConfiguration.movements + choice] = isInRange ? 1 : 0
            }
            place += SkirmishConfiguration.unitFeatures
        }
    }

    /// Writes what `unit` sees of `other`; zeros if it is dead or out of sight. Returns the distance.
    @inline(__always) @discardableResult
    private static func write(
        _ other: Int, as unit: Int, _ units: UnitColumns, _ row: UnsafeMutablePointer<Float>
    ) -> Float {
        let x = units.x[other] - units.x[unit]
        let y = units.y[other] - units.y[unit]
        let distance = (x * x + y * y).squareRoot()
        if distance < units.sight[unit], units.health[other] > 0 {
            copyFeatures(of: other, units, row)
            row[1] = x / units.sight[unit]
            row[2] = y / units.sight[unit]
        } else {
            let zero = SIMD4<Float>(repeating: 0)
            row.set(0, zero)
            row.set(4, zero)
            row.set(8, zero)
            row[12] = 0
        }
        return distance
    }

    /// Thirteen numbers.
    @inline(__always)
    private static func copyFeatures(of other: Int, _ units: UnitColumns, _ row: UnsafeMutablePointer<Float>) {
        let features = units.features + UnitColumns.featureStride * other
        row.set(0, features.four(0))
        row.set(4, features.four(4))
        row.set(8, features.four(8))
        row[12] = features[12]
    }

    // MARK: Cones

    /// The two units of lowest number in each of 32 sections of the circle of sight. As in the reference, unit 0 is never
    /// among them, the dead are, and what lies exactly on the border of two sections is in neither.
    private static func writeCones(
        _ unit: Int, _ configuration: SkirmishConfiguration, _ units: UnitColumns, _ row: UnsafeMutablePointer<Float>
    ) {
        row.update(repeating: 0, count: SkirmishConfiguration.unitFeatures * configuration.observedUnits)
        // Two bits for each section: how many units it holds.
        var filled: UInt64 = 0
        let sight = units.sight[unit]
        for other in 1..<configuration.units where other != unit {
            let x = (units.x[other] - units.x[unit]) / sight
            let y = (units.y[other] - units.y[unit]) / sight
            guard (x * x + y * y).squareRoot() < 1, let section = section(x, y) else { continue }
            let held = Int((filled >> UInt64(2 * section)) & 3)
            guard held < SkirmishConfiguration.unitsPerSection else { continue }
            filled += 1 << UInt64(2 * section)
            let place = SkirmishConfiguration.unitsPerSection * section + held
            let features = row + SkirmishConfiguration.unitFeatures * place
            copyFeatures(of: other, units, features)
            features[1] = x
            features[2] = y
        }
    }

    /// The section that a direction lies in, counted anticlockwise from the west; nil on a border.
    private static func section(_ x: Float, _ y: Float) -> Int? {
        let quarter = arctangent(y / (x + 1e-8))
        let angle = quarter + (x < 0 ? (y > 0 ? Float.pi : -Float.pi) : 0)
        guard angle.isFinite else { return nil }
        let sections = Float(SkirmishConfiguration.sections)
        // Just west of a unit the reference's angle goes beyond π: in no section.
        let guess = min(Int((angle + .pi) / (2 * .pi) * sections), SkirmishConfiguration.sections)
        for section in max(0, guess - 1)...max(0, min(SkirmishConfiguration.sections - 1, guess + 1)) {
            let low = 2 * Float.pi * (Float(section) / sections) - .pi
            let high = 2 * Float.pi * (Float(section + 1) / sections) - .pi
            if angle > low, angle < high { return section }
        }
        return nil
    }

    // MARK: Legal actions

    /// Moves and `stop`; for a dead unit, which does not act, the first choice alone. No attacks.
    @inline(__always)
    private static func writeMoves(_ isAlive: Bool, _ legal: Row<UInt8>) {
        legal.fill(0)
        for action in 0..<(isAlive ? SkirmishConfiguration.movements : 1) { legal.pointer[action] = 1 }
    }

    /// Attacks on the units in range.
    private static func writeAttacks(
        _ unit: Int, _ configuration: SkirmishConfiguration, _ units: UnitColumns, _ legal: UnsafeMutablePointer<UInt8>
    ) {
        let isAlly = unit < configuration.allies
        for choice in 0..<(isAlly ? configuration.enemies : configuration.allies) {
            let other = configuration.target(choice, ofAlly: isAlly)
            let x = units.x[other] - units.x[unit]
            let y = units.y[other] - units.y[unit]
            let isInRange = units.health[other] > 0 && (x * x + y * y).squareRoot() < units.range[unit]
            legal[SkirmishConfiguration.movements + choice] = isInRange ? 1 : 0
        }
    }

    // MARK: State

    /// For each unit share of hit points, place, cooldown and kind, zeros if it is dead; then all teams, then all kinds.
    private static func writeState(
        _ configuration: SkirmishConfiguration, _ units: UnitColumns, _ state: UnsafeMutablePointer<Float>
    ) {
        let count = configuration.units
        let teams = state + SkirmishConfiguration.ownFeatures * count
        for unit in 0..<count {
            let row = state + SkirmishConfiguration.ownFeatures * unit
            if units.health[unit] > 0 {
                let features = units.features + UnitColumns.featureStride * unit
                row[0] = features[0]
                row[1] = units.x[unit]
                row[2] = units.y[unit]
                row[3] = units.cooldown[unit]
                for index in 4..<10 { row[index] = features[index + 3] }
            } else {
                row.update(repeating: 0, count: SkirmishConfiguration.ownFeatures)
            }
            teams[unit] = unit < configuration.allies ? 0 : 1
            teams[count + unit] = Float(units.kind[unit])
        }
    }
}
