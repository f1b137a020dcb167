/// The performance profile of one entry: the fraction of its runs, over all tasks, that score above each threshold.
///
/// F(tau) = mean over tasks and runs of [score > tau] (Agarwal et al., NeurIPS 2021, "run-score distribution";
/// `rliable`'s `create_performance_profile`). A profile that lies above another everywhere belongs to a better entry;
/// where they cross, no single number tells the whole story. The band is pointwise, not simultaneous.
public struct PerformanceProfile: Sendable, Hashable {
    /// `rliable`'s number of bootstrap repetitions for profiles.
    public static let defaultRepetitions = 2_000

    /// One threshold of a profile.
    public struct Point: Sendable, Hashable {
        /// The threshold tau.
        public let threshold: Double
        /// The fraction of runs that score above it, from 0 to 1, with its pointwise bootstrap interval.
        public let fraction: IntervalEstimate
    }

    /// The profile at each threshold, in the order that they were given.
    public let points: [Point]

    /// The profile of the scores at the thresholds.
    ///
    /// - Throws: ``StatisticsError`` if there is no threshold, one is not finite, or given draws do not fit the scores.
    public init(
        of scores: ScoreMatrix,
        thresholds: [Double],
        bootstrap: StratifiedBootstrap
    ) throws(StatisticsError) {
        try requireUsable(thresholds, "thresholds of a performance profile")
        let resampler = try bootstrap.resampler(for: scores, stream: 0)
        let count = scores.values.count
        // From the highest threshold down, a score that is counted for one is counted for all that follow: each score
        // enters at the first threshold below it, and running totals do the rest.
        let descending = thresholds.indices.sorted { thresholds[$0] > thresholds[$1] }
        let entersAt = scores.values.map { score in
            descending.firstIndex { thresholds[$0] < score } ?? thresholds.count
        }
        /// How often, over the resamples, a number of scores above a threshold occurred: `[threshold][number]`.
        var occurrences = [Int](repeating: 0, count: thresholds.count * (count + 1))
        var entering = [Int](repeating: 0, count: thresholds.count + 1)
        var runs = resampler.buffer
        if scores.runCount > 1 {
            for repetition in 0..<bootstrap.repetitions {
                resampler.draw(repetition, into: &runs)
                for place in entering.indices { entering[place] = 0 }
                for slot in runs.indices {
                    let start = slot - slot % scores.runCount
                    entering[entersAt[start + runs[slot]]] += 1
                }
                var above = 0
                for place in thresholds.indices {
                    above += entering[place]
                    occurrences[place * (count + 1) + above] += 1
                }
            }
        }
        let tail = (1 - bootstrap.confidence) / 2
        var points: [Point?] = Array(repeating: nil, count: thresholds.count)
        for (place, index) in descending.enumerated() {
            let row = occurrences[(place * (count + 1))..<((place + 1) * (count + 1))]
            func bound(_ fraction: Double) -> Double {
                Percentile.quantile(fraction, ofOccurrences: row, count: bootstrap.repetitions) / Double(count)
            }
            let above = scores.values.count { $0 > thresholds[index] }
            points[index] = Point(
                threshold: thresholds[index],
                fraction: IntervalEstimate(
                    point: Double(above) / Double(count),
                    interval: scores.runCount > 1
                        ? ConfidenceInterval(
                            low: bound(tail),
                            high: bound(1 - tail),
                            confidence: bootstrap.confidence
                        ) : nil
                )
            )
        }
        self.points = points.compactMap { $0 }
    }
}
