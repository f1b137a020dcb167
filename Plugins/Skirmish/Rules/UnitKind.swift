/// A kind of unit, with its numbers in SMAX (`jaxmarl` 0.2.0). Raw values are the reference's type numbers.
///
/// Lengths are in map units, of which the map has 32 × 32; times in seconds, of which a step lasts half of one.
public enum UnitKind: UInt8, CaseIterable, Hashable, Sendable {
    case marine, marauder, stalker, zealot, zergling, hydralisk

    /// Map units a second.
    var velocity: Float {
        switch self {
        case .marine, .zealot, .hydralisk: 3.15
        case .marauder: 2.25
        case .stalker, .zergling: 4.13
        }
    }

    /// Hit points that a shot or blow takes.
    var damage: Float {
        switch self {
        case .marine: 9
        case .marauder: 10
        case .stalker: 13
        case .zealot: 8
        case .zergling: 5
        case .hydralisk: 12
        }
    }

    /// How near a target must be, centre to centre.
    var range: Float {
        switch self {
        case .marine, .hydralisk: 5
        case .marauder, .stalker: 6
        case .zealot, .zergling: 2
        }
    }

    /// How far it sees.
    var sight: Float {
        switch self {
        case .marine, .zealot, .hydralisk: 9
        case .marauder, .stalker: 10
        case .zergling: 8
        }
    }

    /// Units push each other apart until they are the sum of their radii apart.
    var radius: Float {
        switch self {
        case .marine, .zergling: 0.375
        case .marauder: 0.5625
        case .stalker, .hydralisk: 0.625
        case .zealot: 0.5
        }
    }

    /// Hit points at the start.
    var health: Float {
        switch self {
        case .marine: 45
        case .marauder: 125
        case .stalker: 160
        case .zealot: 150
        case .zergling: 35
        case .hydralisk: 80
        }
    }

    /// Seconds between attacks, before the random deviation.
    var cooldown: Float {
        switch self {
        case .marine: 0.61
        case .marauder: 1.07
        case .stalker: 1.87
        case .zealot: 0.86
        case .zergling: 0.5
        case .hydralisk: 0.59
        }
    }

    /// How far it walks in a step.
    var stride: Float { velocity * Float(SkirmishBattle.substeps) * SkirmishBattle.timeStep }

    var isRanged: Bool { range > 2 }

    /// The one-letter name of the reference and of StarCraft's map names.
    var letter: Character {
        switch self {
        case .marine: "m"
        case .marauder: "M"
        case .stalker: "s"
        case .zealot: "Z"
        case .zergling: "z"
        case .hydralisk: "h"
        }
    }
}
