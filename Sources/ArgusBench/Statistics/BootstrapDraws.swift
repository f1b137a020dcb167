/// The run indices of a bootstrap that somebody else drew, so that two implementations can be compared exactly.
public struct BootstrapDraws: Sendable, Hashable {
    /// The number of resamples.
    public let repetitionCount: Int
    /// The number of tasks of each resample.
    public let taskCount: Int
    /// The number of runs drawn for each task; an index is below it.
    public let runCount: Int
    /// All indices, repetition by repetition and task by task.
    let indices: [Int]

    /// The run indices as `[repetition][task][run]`.
    ///
    /// - Throws: ``StatisticsError`` if a level is empty, the sizes differ between repetitions or tasks, or an index is
    ///   negative or not below the number of runs.
    public init(_ draws: [[[Int]]]) throws(StatisticsError) {
        let taskCount = draws.first?.count ?? 0
        let runCount = draws.first?.first?.count ?? 0
        guard taskCount > 0, runCount > 0 else {
            throw StatisticsError(.empty, "draws: found none, expected at least one repetition of one task and run.")
        }
        for (repetition, tasks) in draws.enumerated() {
            guard tasks.count == taskCount, tasks.allSatisfy({ $0.count == runCount }) else {
                throw StatisticsError(
                    .shapeMismatch,
                    "draws, repetition \(repetition): found other sizes than in repetition 0, expected \(taskCount) "
                        + "tasks of \(runCount) runs."
                )
            }
            for index in tasks.joined() where !(0..<runCount).contains(index) {
                throw StatisticsError(
                    .invalidSetting,
                    "draws, repetition \(repetition): found run index \(index), expected 0 to \(runCount - 1)."
                )
            }
        }
        repetitionCount = draws.count
        self.taskCount = taskCount
        self.runCount = runCount
        indices = draws.flatMap { $0.flatMap { $0 } }
    }
}

/// Counter-based random run indices: each depends on (seed, stream, position) alone, not on what was drawn before.
///
/// The numbers are those of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014),
/// whose state is a counter, so that the i-th can be had without those before it.
struct BootstrapIndexGenerator: Sendable {
    private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15
    private let origin: UInt64

    init(seed: UInt64, stream: Int) {
        origin = Self.mix(Self.mix(seed &+ Self.increment) &+ UInt64(truncatingIfNeeded: stream) &* Self.increment)
    }

    /// An index in `0..<count`. Its bias is below count / 2^64.
    func index(at position: Int, below count: Int) -> Int {
        let bits = Self.mix(origin &+ (UInt64(truncatingIfNeeded: position) &+ 1) &* Self.increment)
        return Int(bits.multipliedFullWidth(by: UInt64(count)).high)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var bits = value
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
