/// The permuted congruential generator PCG64 (128-bit state, XSL-RR output), numpy's default bit generator.
///
/// Source: M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random
/// Number Generation" (2014).
public struct PCG64: Sendable, Equatable {
    private static let multiplier: UInt128 = 0x2360_ED05_1FC6_5DA4_4385_DF64_9FCC_F645

    /// The position in the stream.
    public private(set) var state: UInt128
    /// The stream; always odd.
    public let increment: UInt128

    /// numpy's `PCG64(SeedSequence(seed))`.
    public init(seed: UInt64) {
        let words = SeedSequence(entropy: seed).state()
        let start = UInt128(words[0]) << 64 | UInt128(words[1])
        let sequence = UInt128(words[2]) << 64 | UInt128(words[3])
        increment = sequence << 1 | 1
        state = 0
        step()
        state = state &+ start
        step()
    }

    /// Goes on from a state that was taken earlier.
    ///
    /// - Returns: nil if `increment` is even: no such stream exists.
    public init?(state: UInt128, increment: UInt128) {
        guard increment & 1 == 1 else { return nil }
        self.state = state
        self.increment = increment
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        step()
        let folded = UInt64(truncatingIfNeeded: state >> 64) ^ UInt64(truncatingIfNeeded: state)
        let rotation = UInt64(truncatingIfNeeded: state >> 122)
        return folded >> rotation | folded << ((64 &- rotation) & 63)
    }

    private mutating func step() {
        state = state &* Self.multiplier &+ increment
    }
}
