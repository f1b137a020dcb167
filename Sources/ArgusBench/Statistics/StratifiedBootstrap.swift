/// The stratified bootstrap: runs are drawn with replacement within each task, and the tasks stay as they are.
///
/// Intervals are read off by the percentile method. Equals `rliable`'s `StratifiedBootstrap` on the same draws
/// (Agarwal et al., NeurIPS 2021; Efron, 1979). It answers how far the number would move if every run were repeated
/// with other seeds, and not how it would move on other tasks.
///
/// With few runs a task the interval is too narrow, though the runs of several tasks together make up for much of it.
/// For one scenario use ``MeanInterval``, which says more about this.
public struct StratifiedBootstrap: Sendable {
    /// `rliable`'s number of repetitions for aggregates.
    public static let defaultRepetitions = 50_000
    /// The largest number of repetitions that is accepted.
    public static let maximumRepetitions = 10_000_000

    /// The number of resamples.
    public let repetitions: Int
    /// The nominal coverage of the intervals.
    public let confidence: Double
    private let source: Source

    private enum Source: Sendable {
        case seed(UInt64)
        case draws([BootstrapDraws])
    }

    /// A bootstrap with its own draws; the same seed gives the same intervals, on any machine.
    ///
    /// - Throws: ``StatisticsError`` if `repetitions` is outside 1...``maximumRepetitions`` or `confidence` outside
    ///   (0, 1).
    public init(
        seed: UInt64,
        repetitions: Int = defaultRepetitions,
        confidence: Double = 0.95
    ) throws(StatisticsError) {
        guard (1...Self.maximumRepetitions).contains(repetitions) else {
            throw StatisticsError(
                .invalidSetting,
                "bootstrap repetitions: found \(repetitions), expected 1 to \(Self.maximumRepetitions). "
                    + "Try \(Self.defaultRepetitions)."
            )
        }
        try requireConfidence(confidence)
        self.repetitions = repetitions
        self.confidence = confidence
        source = .seed(seed)
    }

    /// A bootstrap with given draws.
    ///
    /// - Parameter draws: One for each score matrix of the statistic: one for an aggregate or a profile, two for the
    ///   probability of improvement; with the same number of repetitions.
    /// - Throws: ``StatisticsError`` if there are none, they differ in their number of repetitions, or `confidence` is
    ///   outside (0, 1).
    public init(draws: [BootstrapDraws], confidence: Double = 0.95) throws(StatisticsError) {
        guard let first = draws.first else {
            throw StatisticsError(.empty, "bootstrap draws: found none, expected one for each score matrix.")
        }
        guard draws.allSatisfy({ $0.repetitionCount == first.repetitionCount }) else {
            throw StatisticsError(
                .shapeMismatch,
                "bootstrap draws: found \(draws.map(\.repetitionCount)) repetitions, expected equal numbers."
            )
        }
        try requireConfidence(confidence)
        repetitions = first.repetitionCount
        self.confidence = confidence
        source = .draws(draws)
    }

    /// The metric of the scores with its interval.
    ///
    /// - Throws: ``StatisticsError`` if given draws do not fit the scores, or the metric's gamma is not finite.
    public func estimate(
        _ metric: AggregateMetric,
        of scores: ScoreMatrix
    ) throws(StatisticsError) -> IntervalEstimate {
        let point = try metric.value(of: scores)
        let resampler = try resampler(for: scores, stream: 0)
        guard scores.runCount > 1 else { return IntervalEstimate(point: point, interval: nil) }
        var aggregate = ResampledAggregate(metric, scores)
        var runs = resampler.buffer
        var distribution = [Double](repeating: 0, count: repetitions)
        for repetition in 0..<repetitions {
            resampler.draw(repetition, into: &runs)
            distribution[repetition] = aggregate.value(runs: runs)
        }
        return IntervalEstimate(
            point: point,
            interval: Percentile.interval(of: distribution, confidence: confidence)
        )
    }

    /// What draws runs for one score matrix.
    ///
    /// - Parameter stream: Which matrix of the statistic it is, so that two are drawn independently.
    func resampler(for scores: ScoreMatrix, stream: Int) throws(StatisticsError) -> StratifiedResampler {
        switch source {
        case .seed(let seed):
            return StratifiedResampler(
                taskCount: scores.taskCount,
                runCount: scores.runCount,
                origin: .generated(BootstrapIndexGenerator(seed: seed, stream: stream))
            )
        case .draws(let draws):
            guard stream < draws.count else {
                throw StatisticsError(
                    .shapeMismatch,
                    "bootstrap draws: found them for \(draws.count) score matrices, expected one for each."
                )
            }
            let given = draws[stream]
            guard given.taskCount == scores.taskCount, given.runCount == scores.runCount else {
                throw StatisticsError(
                    .shapeMismatch,
                    "bootstrap draws: found \(given.taskCount) tasks of \(given.runCount) runs, expected "
                        + "\(scores.taskCount) tasks of \(scores.runCount) runs, as the scores have."
                )
            }
            return StratifiedResampler(
                taskCount: scores.taskCount,
                runCount: scores.runCount,
                origin: .given(given)
            )
        }
    }
}

/// Draws the runs of one resample after another, without allocating.
struct StratifiedResampler: Sendable {
    enum Origin: Sendable {
        case generated(BootstrapIndexGenerator)
        case given(BootstrapDraws)
    }

    let taskCount: Int
    let runCount: Int
    let origin: Origin

    /// Space for one resample: `[task * runCount + run]`.
    var buffer: [Int] {
        [Int](repeating: 0, count: taskCount * runCount)
    }

    /// Writes the run indices of one resample.
    func draw(_ repetition: Int, into runs: inout [Int]) {
        let start = repetition * runs.count
        switch origin {
        case .generated(let generator):
            for slot in runs.indices { runs[slot] = generator.index(at: start + slot, below: runCount) }
        case .given(let draws):
            for slot in runs.indices { runs[slot] = draws.indices[start + slot] }
        }
    }
}
