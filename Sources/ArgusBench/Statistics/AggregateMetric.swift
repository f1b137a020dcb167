/// A single number for the scores of one entry over all tasks.
///
/// Defined as in Agarwal et al. (NeurIPS 2021) and in `rliable`. The interquartile mean is the headline; the median
/// needs many runs to be stable, and the mean follows its outliers.
public enum AggregateMetric: Sendable, Hashable {
    /// The mean of the middle half of all run and task scores together.
    case interquartileMean
    /// The mean over tasks of the mean over runs.
    case mean
    /// The median over tasks of the mean over runs.
    case median
    /// How far the scores stay below `gamma`: gamma - mean(min(score, gamma)). Lower is better; `rliable` takes 1.
    case optimalityGap(gamma: Double = 1)

    /// The metric of the scores, without an interval.
    ///
    /// - Throws: ``StatisticsError`` if `gamma` is not finite.
    public func value(of scores: ScoreMatrix) throws(StatisticsError) -> Double {
        if case .optimalityGap(let gamma) = self {
            try requireUsable([gamma], "gamma of the optimality gap")
        }
        var aggregate = ResampledAggregate(self, scores)
        // The resample that is the data itself.
        return aggregate.value(runs: (0..<scores.taskCount).flatMap { _ in 0..<scores.runCount })
    }
}

/// An aggregate of resampled scores, prepared so that a resample costs no sorting and no allocation.
///
/// For the interquartile mean all scores are ranked once. A resample is then a count for each rank, and its trimmed
/// mean one walk over the counts, because the resampled values come out of the walk in increasing order.
struct ResampledAggregate {
    private let metric: AggregateMetric
    private let taskCount: Int
    private let runCount: Int
    /// Scores by task and run; for the optimality gap cut off at gamma.
    private let values: [Double]
    /// All scores in increasing order, and the place there of each score. Empty for other metrics.
    private let sorted: [Double]
    private let rank: [Int]
    /// Scratch space: how often each rank was drawn; the mean of each task.
    private var drawn: [Int]
    private var taskMeans: [Double]

    init(_ metric: AggregateMetric, _ scores: ScoreMatrix) {
        self.metric = metric
        taskCount = scores.taskCount
        runCount = scores.runCount
        var values = scores.values
        var order: [Int] = []
        var rank: [Int] = []
        switch metric {
        case .interquartileMean:
            order = values.indices.sorted { values[$0] < values[$1] }
            rank = [Int](repeating: 0, count: values.count)
            for (place, index) in order.enumerated() { rank[index] = place }
        case .optimalityGap(let gamma):
            values = values.map { min($0, gamma) }
        case .mean, .median:
            break
        }
        sorted = order.map { scores.values[$0] }
        self.values = values
        self.rank = rank
        drawn = [Int](repeating: 0, count: order.count)
        taskMeans = [Double](repeating: 0, count: taskCount)
    }

    /// The metric of the scores whose runs are `runs[task * runCount + i]`, each an index below `runCount`.
    mutating func value(runs: [Int]) -> Double {
        switch metric {
        case .interquartileMean: interquartileMean(runs)
        case .mean: meanOfAll(runs)
        case .median: medianOfTaskMeans(runs)
        case .optimalityGap(let gamma): gamma - meanOfAll(runs)
        }
    }

    private mutating func interquartileMean(_ runs: [Int]) -> Double {
        for place in drawn.indices { drawn[place] = 0 }
        var slot = 0
        for task in 0..<taskCount {
            let start = task * runCount
            for _ in 0..<runCount {
                drawn[rank[start + runs[slot]]] += 1
                slot += 1
            }
        }
        var toSkip = InterquartileMean.trimmed(values.count)
        let kept = values.count - 2 * toSkip
        var toTake = kept
        var sum = 0.0
        var least: Double?
        var greatest: Double?
        for place in sorted.indices where drawn[place] > 0 {
            let skipped = min(drawn[place], toSkip)
            toSkip -= skipped
            let taken = min(drawn[place] - skipped, toTake)
            guard taken > 0 else { continue }
            sum += Double(taken) * sorted[place]
            if least == nil { least = sorted[place] }
            greatest = sorted[place]
            toTake -= taken
            if toTake == 0 { break }
        }
        return InterquartileMean.clamp(sum / Double(kept), least, greatest)
    }

    private func meanOfAll(_ runs: [Int]) -> Double {
        var sum = 0.0
        var slot = 0
        for task in 0..<taskCount {
            let start = task * runCount
            for _ in 0..<runCount {
                sum += values[start + runs[slot]]
                slot += 1
            }
        }
        return sum / Double(values.count)
    }

    private mutating func medianOfTaskMeans(_ runs: [Int]) -> Double {
        var slot = 0
        for task in 0..<taskCount {
            let start = task * runCount
            var sum = 0.0
            for _ in 0..<runCount {
                sum += values[start + runs[slot]]
                slot += 1
            }
            taskMeans[task] = sum / Double(runCount)
        }
        taskMeans.sort()
        let middle = taskCount / 2
        return taskCount % 2 == 1 ? taskMeans[middle] : (taskMeans[middle - 1] + taskMeans[middle]) / 2
    }
}
