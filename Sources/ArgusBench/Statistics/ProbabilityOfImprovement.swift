/// How likely a run of one entry beats a run of another on the same task, averaged over tasks.
///
/// P(X > Y) = mean over tasks of U / (n m), with U the Mann-Whitney statistic: the number of pairs of runs that X wins,
/// a tie counting one half (Agarwal et al., NeurIPS 2021; `rliable`'s `probability_of_improvement`; what differs by
/// ``Rounding`` alone is a tie here, and a win there). It says how often, and not by how much. Runs of the two entries are
/// taken to be independent: it does not use pairing.
public enum ProbabilityOfImprovement {
    /// `rliable`'s number of bootstrap repetitions for this statistic, in its documentation.
    public static let defaultRepetitions = 2_000

    /// The probability that `x` improves on `y`, from 0 to 1, with its bootstrap interval.
    ///
    /// - Parameters:
    ///   - x: The scores of the first entry.
    ///   - y: The scores of the second entry: the same tasks, any number of runs.
    ///   - bootstrap: Draws the runs of both, independently.
    /// - Throws: ``StatisticsError`` if the numbers of tasks differ or given draws do not fit the scores.
    public static func estimate(
        of x: ScoreMatrix,
        over y: ScoreMatrix,
        bootstrap: StratifiedBootstrap
    ) throws(StatisticsError) -> IntervalEstimate {
        guard x.taskCount == y.taskCount else {
            throw StatisticsError(
                .shapeMismatch,
                "probability of improvement: found \(x.taskCount) and \(y.taskCount) tasks, expected the same tasks "
                    + "for both entries."
            )
        }
        let resamplerX = try bootstrap.resampler(for: x, stream: 0)
        let resamplerY = try bootstrap.resampler(for: y, stream: 1)
        let wins = halfWins(x, y)
        let allHalfWins = Double(2 * x.runCount * y.runCount * x.taskCount)
        let point = Double(wins.reduce(0, +)) / allHalfWins
        guard x.runCount > 1 || y.runCount > 1 else { return IntervalEstimate(point: point, interval: nil) }

        var runsX = resamplerX.buffer
        var runsY = resamplerY.buffer
        var distribution = [Double](repeating: 0, count: bootstrap.repetitions)
        for repetition in 0..<bootstrap.repetitions {
            resamplerX.draw(repetition, into: &runsX)
            resamplerY.draw(repetition, into: &runsY)
            var total = 0
            for task in 0..<x.taskCount {
                for slotX in (task * x.runCount)..<((task + 1) * x.runCount) {
                    let row = (task * x.runCount + runsX[slotX]) * y.runCount
                    for slotY in (task * y.runCount)..<((task + 1) * y.runCount) {
                        total += wins[row + runsY[slotY]]
                    }
                }
            }
            distribution[repetition] = Double(total) / allHalfWins
        }
        return IntervalEstimate(
            point: point,
            interval: Percentile.interval(of: distribution, confidence: bootstrap.confidence)
        )
    }

    /// The Mann-Whitney U statistic of each task for `x`: the pairs of runs that it wins, a tie counting one half.
    ///
    /// - Throws: ``StatisticsError`` if the numbers of tasks differ.
    public static func mannWhitneyU(of x: ScoreMatrix, over y: ScoreMatrix) throws(StatisticsError) -> [Double] {
        guard x.taskCount == y.taskCount else {
            throw StatisticsError(
                .shapeMismatch,
                "Mann-Whitney U: found \(x.taskCount) and \(y.taskCount) tasks, expected the same tasks for both."
            )
        }
        let wins = halfWins(x, y)
        let pairs = x.runCount * y.runCount
        return (0..<x.taskCount).map { task in
            Double(wins[(task * pairs)..<((task + 1) * pairs)].reduce(0, +)) / 2
        }
    }

    /// Who wins each pair of runs, in half wins of `x`: 2, 1 for a tie, 0; as `[task][run of x][run of y]`.
    private static func halfWins(_ x: ScoreMatrix, _ y: ScoreMatrix) -> [Int] {
        (0..<x.taskCount).flatMap { task in
            x.runs(ofTask: task).flatMap { scoreX in
                y.runs(ofTask: task).map { scoreY in Rounding.isTie(scoreX, scoreY) ? 1 : scoreX > scoreY ? 2 : 0 }
            }
        }
    }
}
