/// What an intent classifier makes of a customer's words: a score for each kind, in thousandths.
///
/// The pattern of the two highest scores says how the words are to be taken; the last digits are noise. Scores need not
/// add up to 1. A contact whose kind is known has 1000 there and 0 elsewhere.
struct IntentScores: BitwiseCopyable, Sendable, Hashable {
    /// How a customer speaks. `first` is the kind with the highest score, `second` the one with the next.
    enum Wording: Sendable, Hashable {
        /// The words fit `first` and nothing else.
        case clear
        /// They are about `first`, and mention `second` in passing.
        case leaning
        /// The classifier goes by a word of `first`, but what the customer describes is rather `second`.
        case misleading
        /// They fit both alike.
        case torn
        /// No longer words: an expert found out.
        case known
        /// There is no contact.
        case none

        /// How likely it is the first kind that counts.
        var chanceOfFirst: Double {
            switch self {
            case .clear, .known, .none: 1
            case .leaning: 0.8
            case .misleading: 0.25
            case .torn: 0.5
            }
        }
    }

    static let unit: UInt16 = 1000

    var values = SIMD8<UInt16>()

    static func certain(_ kind: Int) -> IntentScores {
        var scores = IntentScores()
        scores.values[kind] = unit
        return scores
    }

    /// What the highest score, in thousandths, says of the words.
    static func wording(highest: Int) -> Wording {
        switch highest {
        case Int(unit)...: .known
        case 760...: .clear
        case 655...: .leaning
        case 555...: .misleading
        case 1...: .torn
        default: .none
        }
    }
}

/// The classifier: reads a customer's words, now and then wrongly.
struct IntentClassifier {
    /// How far scores are spread by noise that says nothing: each wording's range, in thousandths.
    static let noise = 90
    /// Scores of kinds that the words do not speak of stay below this.
    static let tail = 31

    /// Scores for a contact of this kind.
    static func scores(
        of kind: Int, serial: UInt64, draws: ChanceDraws, configuration: ServiceConfiguration
    ) -> (scores: IntentScores, first: Int) {
        let kinds = configuration.kindCount
        var noise = draws.bits(serial, .scores)
        func spread(_ range: Int) -> UInt16 {
            defer { noise = noise &* 0xD134_2543_DE82_EF95 &+ 1 }
            return UInt16(truncatingIfNeeded: Int((noise >> 32) % UInt64(range)))
        }
        var scores = IntentScores()
        guard kinds > 1 else {
            scores.values[0] = 860 + spread(Self.noise)
            return (scores, 0)
        }
        for kind in 0..<kinds { scores.values[kind] = spread(tail) }
        let pick = draws.uniform(serial, .wording)
        let share = configuration.ambiguity / 3
        let wording: IntentScores.Wording =
            pick <= share ? .leaning : pick <= 2 * share ? .misleading : pick <= 3 * share ? .torn : .clear
        let chance = wording == .clear ? 1 - configuration.classifierError : wording.chanceOfFirst
        let isFirst = draws.uniform(serial, .truth) <= chance
        let shift = 1 + Int(draws.bits(serial, .otherKind) % UInt64(kinds - 1))
        let other = (kind + shift) % kinds
        let (first, second) = isFirst ? (kind, other) : (other, kind)
        switch wording {
        case .leaning:
            scores.values[first] = 660 + spread(Self.noise)
            scores.values[second] = 250 + spread(Self.noise)
        case .misleading:
            scores.values[first] = 560 + spread(Self.noise)
            scores.values[second] = 350 + spread(Self.noise)
        case .torn:
            scores.values[first] = 490 + spread(Self.noise / 2)
            scores.values[second] = 445 + spread(Self.noise / 2)
        case .clear, .known, .none:
            scores.values[first] = 860 + spread(Self.noise)
        }
        return (scores, first)
    }
}
