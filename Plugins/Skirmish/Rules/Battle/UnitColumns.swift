/// The numbers of all units, one column a property, in memory of the battle: valid while the battle lends it.
///
/// A column has one entry a unit, allies first, and is filled up with at least three dead units to a multiple of four, so
/// that loops go through it four at a time from wherever they begin.
struct UnitColumns {
    let floats: UnsafeMutablePointer<Float>
    let integers: UnsafeMutablePointer<Int32>
    /// Entries of a column.
    let lanes: Int

    private static let floatColumns = 21
    static let integerColumns = 5
    /// A unit's row of features, filled up.
    static let featureStride = 16

    static func lanes(_ units: Int) -> Int { (units + 6) & ~3 }

    /// Numbers in all columns and tables.
    static func floatCount(_ units: Int) -> Int {
        lanes(units) * (floatColumns + SkirmishBattle.substeps + featureStride)
    }

    init(_ floats: UnsafeMutablePointer<Float>, _ integers: UnsafeMutablePointer<Int32>, lanes: Int) {
        self.floats = floats
        self.integers = integers
        self.lanes = lanes
    }

    // The state.
    var x: UnsafeMutablePointer<Float> { floats }
    var y: UnsafeMutablePointer<Float> { floats + lanes }
    var health: UnsafeMutablePointer<Float> { floats + 2 &* lanes }
    /// Seconds until the weapon is ready; sinks below 0 while it is not used.
    var cooldown: UnsafeMutablePointer<Float> { floats + 3 &* lanes }
    /// Where the heuristic goes while it sees nobody.
    var goalX: UnsafeMutablePointer<Float> { floats + 4 &* lanes }
    var goalY: UnsafeMutablePointer<Float> { floats + 5 &* lanes }

    // What follows from the unit's kind.
    var maximumHealth: UnsafeMutablePointer<Float> { floats + 6 &* lanes }
    var fullCooldown: UnsafeMutablePointer<Float> { floats + 7 &* lanes }
    var velocity: UnsafeMutablePointer<Float> { floats + 8 &* lanes }
    var weapon: UnsafeMutablePointer<Float> { floats + 9 &* lanes }
    var range: UnsafeMutablePointer<Float> { floats + 10 &* lanes }
    var sight: UnsafeMutablePointer<Float> { floats + 11 &* lanes }
    var radius: UnsafeMutablePointer<Float> { floats + 12 &* lanes }

    // What a step works with.
    /// x of a living unit; far away for a dead one, which so touches nobody.
    var bodyX: UnsafeMutablePointer<Float> { floats + 13 &* lanes }
    var strideX: UnsafeMutablePointer<Float> { floats + 14 &* lanes }
    var strideY: UnsafeMutablePointer<Float> { floats + 15 &* lanes }
    var damage: UnsafeMutablePointer<Float> { floats + 16 &* lanes }
    var pushX: UnsafeMutablePointer<Float> { floats + 17 &* lanes }
    var pushY: UnsafeMutablePointer<Float> { floats + 18 &* lanes }
    var healthBefore: UnsafeMutablePointer<Float> { floats + 19 &* lanes }
    /// The new cooldown of each attacker that fired in this substep; 0 for one that did not.
    var reloaded: UnsafeMutablePointer<Float> { floats + 20 &* lanes }

    /// Deviations of cooldowns for one step, if they are given: [substep][unit].
    var noise: UnsafeMutablePointer<Float> { floats + Self.floatColumns * lanes }

    /// What others see of a unit, in the order of an observation, place excepted: [unit][16].
    var features: UnsafeMutablePointer<Float> {
        floats + (Self.floatColumns + SkirmishBattle.substeps) * lanes
    }

    /// Raw value of the unit's kind.
    var kind: UnsafeMutablePointer<Int32> { integers }
    /// The last action.
    var action: UnsafeMutablePointer<Int32> { integers + lanes }
    /// The heuristic's last target, as a choice of an attack; -1: none.
    var lastChoice: UnsafeMutablePointer<Int32> { integers + 2 &* lanes }
    /// The units that attack in this step, and whom.
    var attacker: UnsafeMutablePointer<Int32> { integers + 3 &* lanes }
    var target: UnsafeMutablePointer<Int32> { integers + 4 &* lanes }

    /// Fills in what follows from the kinds.
    func setKinds(_ units: Int) {
        for unit in 0..<units {
            let kind = UnitKind(rawValue: UInt8(truncatingIfNeeded: kind[unit])) ?? .marine
            maximumHealth[unit] = kind.health
            fullCooldown[unit] = kind.cooldown
            velocity[unit] = kind.velocity
            weapon[unit] = kind.damage
            range[unit] = kind.range
            sight[unit] = kind.sight
            radius[unit] = kind.radius
        }
    }

}

extension UnsafeMutablePointer<Float> {
    /// Four entries of a column.
    @inline(__always)
    func four(_ first: Int) -> SIMD4<Float> { UnsafeRawPointer(self + first).loadUnaligned(as: SIMD4<Float>.self) }

    @inline(__always)
    func set(_ first: Int, _ values: SIMD4<Float>) {
        UnsafeMutableRawPointer(self + first).storeBytes(of: values, as: SIMD4<Float>.self)
    }
}
