/// Counter-based randomness: a draw is a function of what it is for, not of how many draws came before.
///
/// Action sampling is keyed by (run, episode seed, step, agent, purpose), so the number of copies, threads and
/// processes does not change what an agent does (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3",
/// for the idea; the mixing function is SplitMix64's finaliser applied word by word).
public struct CounterRandom: Sendable, Hashable {
    /// What a draw is for. Raw values are part of the results' reproducibility: never renumber.
    public enum Purpose: UInt64, Sendable {
        case action = 1
        case episodeSeed = 2
        case initialWeights = 3
        case minibatchOrder = 4
        case messageLoss = 5
        case messageContent = 6
    }

    @usableFromInline let key: UInt64

    /// - Parameters: `run`: the seed of the training or evaluation run; `purpose` keeps streams apart.
    @inlinable
    public init(run: UInt64, purpose: Purpose) {
        key = SplitMix64.mix(SplitMix64.mix(run &+ 0x9E37_79B9_7F4A_7C15) ^ (purpose.rawValue << 32))
    }

    @inlinable
    init(key: UInt64) { self.key = key }

    /// The generator for one value of the next counter word, such as an episode seed, then a step.
    @inlinable
    public func keyed(_ word: UInt64) -> CounterRandom {
        CounterRandom(key: SplitMix64.mix((key ^ word) &+ 0x9E37_79B9_7F4A_7C15))
    }

    /// 64 uniform bits for `counter`.
    @inlinable
    public func bits(_ counter: UInt64) -> UInt64 {
        SplitMix64.mix((key ^ counter) &+ 0x9E37_79B9_7F4A_7C15)
    }

    /// Uniform in [0, 1) with 24 bits.
    @inlinable
    public func uniform(_ counter: UInt64) -> Float { Float(bits(counter) >> 40) * 0x1p-24 }
}
