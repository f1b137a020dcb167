/// numpy's `SeedSequence`: spreads a short seed over as many well-mixed words as a generator needs.
///
/// Source: M. E. O'Neill, "Developing a seed_seq Alternative" (2015), in numpy's variant. Only what a seeded
/// environment needs is here: a seed of at most 64 bits, no spawn key, the default pool of four words.
public struct SeedSequence: Sendable, Equatable {
    private static let poolSize = 4
    /// The mixed entropy.
    private var pool: SIMD4<UInt32>

    /// - Parameter entropy: the seed; numpy reads an integer as its 32-bit words, lowest first.
    public init(entropy: UInt64) {
        // A missing word mixes in as zero, so a one-word and a two-word seed with a zero high word are the same.
        let words = SIMD4<UInt32>(UInt32(truncatingIfNeeded: entropy), UInt32(truncatingIfNeeded: entropy >> 32), 0, 0)
        var multiplier: UInt32 = 0x43b0_d7e5
        pool = SIMD4(repeating: 0)
        for index in 0..<Self.poolSize {
            pool[index] = Self.hash(words[index], with: &multiplier)
        }
        // Every word of the pool must reach every other one.
        for source in 0..<Self.poolSize {
            for target in 0..<Self.poolSize where source != target {
                pool[target] = Self.mix(pool[target], Self.hash(pool[source], with: &multiplier))
            }
        }
    }

    /// The first four 64-bit words of the state that numpy's `generate_state(4, uint64)` returns.
    public func state() -> SIMD4<UInt64> {
        var multiplier: UInt32 = 0x8b51_f9dd
        var state = SIMD4<UInt64>(repeating: 0)
        for index in 0..<8 {
            var word = pool[index % Self.poolSize] ^ multiplier
            multiplier = multiplier &* 0x58f3_8ded
            word = word &* multiplier
            word ^= word >> 16
            state[index / 2] |= UInt64(word) << (index % 2 == 0 ? 0 : 32)
        }
        return state
    }

    private static func hash(_ value: UInt32, with multiplier: inout UInt32) -> UInt32 {
        var word = value ^ multiplier
        multiplier = multiplier &* 0x931e_8875
        word = word &* multiplier
        return word ^ (word >> 16)
    }

    private static func mix(_ first: UInt32, _ second: UInt32) -> UInt32 {
        let word = (first &* 0xca01_f9dd) &- (second &* 0x4973_f715)
        return word ^ (word >> 16)
    }
}
