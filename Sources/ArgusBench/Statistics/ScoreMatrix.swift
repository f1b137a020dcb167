/// The scores of one entry: the same number of runs on each task.
///
/// This is the unit that the aggregates of Agarwal et al. ("Deep reinforcement learning at the edge of the statistical
/// precipice", NeurIPS 2021) are computed from. Scores must be comparable between tasks: normalise them by fixed
/// anchors first, as by a scenario's floor and ceiling, and never by the best or worst score of the table.
public struct ScoreMatrix: Sendable, Hashable {
    /// The number of tasks, at least 1.
    public let taskCount: Int
    /// The number of runs on each task, at least 1.
    public let runCount: Int
    /// All scores, task by task: `[task * runCount + run]`.
    let values: [Double]

    /// The scores as `[task][run]`.
    ///
    /// - Throws: ``StatisticsError`` if there is no task, a task has no run, the tasks differ in their number of runs,
    ///   or a score is not finite.
    public init(_ scores: [[Double]]) throws(StatisticsError) {
        guard let first = scores.first else {
            throw StatisticsError(.empty, "scores: found no task, expected at least one.")
        }
        for (task, runs) in scores.enumerated() {
            try requireUsable(runs, "scores of task \(task)")
            guard runs.count == first.count else {
                throw StatisticsError(
                    .shapeMismatch,
                    "scores: found \(runs.count) runs on task \(task) and \(first.count) on task 0, expected the same "
                        + "number on every task. Finish the missing runs, or leave the task out for every entry."
                )
            }
        }
        taskCount = scores.count
        runCount = first.count
        values = scores.flatMap { $0 }
    }

    /// The scores of one task's runs.
    func runs(ofTask task: Int) -> ArraySlice<Double> {
        values[(task * runCount)..<((task + 1) * runCount)]
    }
}
