/// An agent's observation row, read back.
struct ObservedRow {
    let configuration: SkirmishConfiguration
    /// Whose row it is.
    let unit: Int
    let row: UnsafeBufferPointer<Float>

    init(_ configuration: SkirmishConfiguration, _ unit: Int, _ row: UnsafeBufferPointer<Float>) {
        self.configuration = configuration
        self.unit = unit
        self.row = row
    }

    private var ownOffset: Int { SkirmishConfiguration.unitFeatures * configuration.observedUnits }

    /// The agent itself; nil if it is dead.
    var me: Soldier? {
        let offset = ownOffset
        guard row[offset] > 0 else { return nil }
        let kind = kind(offset + 4)
        return Soldier(
            unit: unit, kind: kind,
            place: SIMD2(row[offset + 1], row[offset + 2]) * SkirmishMap.size, health: row[offset] * kind.health,
            cooldown: row[offset + 3] * kind.cooldown, target: nil)
    }

    /// The others that it sees, own team first; of a row of the list kind.
    func others(seenBy me: Soldier) -> [Soldier] {
        (0..<configuration.units - 1).compactMap { place in
            let offset = SkirmishConfiguration.unitFeatures * place
            guard row[offset] > 0 else { return nil }
            let kind = kind(offset + 7)
            let other = configuration.listedUnit(place, for: unit)
            return Soldier(
                unit: other, kind: kind, place: me.place + SIMD2(row[offset + 1], row[offset + 2]) * me.kind.sight,
                health: row[offset] * kind.health, cooldown: row[offset + 6] * kind.cooldown,
                target: target(row[offset + 5], of: other))
        }
    }

    /// Whom a unit attacked last, from the share that its action's number is of the highest; nil if nobody.
    func target(_ share: Float, of other: Int) -> Int? {
        let isAlly = other < configuration.allies
        let number = (share * Float(configuration.actions(ofAlly: isAlly) - 1)).rounded()
        guard number >= Float(SkirmishAction.firstAttack), number < Float(configuration.actions(ofAlly: isAlly)) else {
            return nil
        }
        return configuration.target(Int(number) - SkirmishConfiguration.movements, ofAlly: isAlly)
    }

    /// The kind whose one-hot numbers begin at `offset`.
    func kind(_ offset: Int) -> UnitKind {
        UnitKind.allCases.first { row[offset + Int($0.rawValue)] > 0 } ?? .marine
    }
}
