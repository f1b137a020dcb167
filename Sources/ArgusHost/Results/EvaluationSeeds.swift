import ArgusEnvAPI

/// The episode seeds of evaluations: three sets that are disjoint from each other and from training by construction.
///
/// The same for every entry of a suite, so that entries are compared on the same episodes. Bits 50 to 52 of a seed say
/// its set (training has 0), the lower bits are drawn by counter.
public enum EvaluationSeeds: UInt64, Sendable, Hashable, CaseIterable {
    /// Chooses the best checkpoint.
    case selection = 1
    /// The learning curve.
    case curve = 2
    /// The absolute metric: the number that is reported (Gorsane et al. 2022).
    case absolute = 3

    /// - Parameters: `block`: the seed of the training run or, for untrained entries, of the evaluation, so that both
    ///   play the same episodes.
    public func seeds(block: UInt64, count: Int) -> [UInt64] {
        let random = CounterRandom(run: block, purpose: .episodeSeed).keyed(rawValue | 1 << 32)
        return (0..<UInt64(count)).map { rawValue << 50 | random.bits($0) >> 14 }
    }
}

extension EvaluationSeeds {
    /// As `evaluations.jsonl` has it.
    public var name: String {
        switch self {
        case .selection: "selection"
        case .curve: "curve"
        case .absolute: "absolute"
        }
    }
}
