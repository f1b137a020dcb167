/// Where a run stands, apart from weights and environment.
struct TrainingState: Codable {
    /// Environment steps so far, summed over copies.
    var step = 0
    var updates = 0
    /// Evaluations so far.
    var evaluations = 0
    var lastEvaluatedStep = -1
    var bestReturn: Double?
    var bestStep: Int?
    var failedEpisodes = 0
    /// Since the last valid one.
    var failedInARow: Int?
    /// Lines of `evaluations.jsonl`; nil in a run that began before they were counted.
    var evaluationLines: Int?
    /// Of rollouts and updates.
    var trainingSeconds = 0.0
    /// Of everything, over interruptions.
    var wallSeconds = 0.0
    var recent = RecentEpisodes()
}

/// Means over the last hundred or so training episodes, for a progress line.
struct RecentEpisodes: Codable {
    private var sumOfReturns = 0.0
    private var weight = 0.0
    private var scoreSum: Double?
    private var scoreWeight: Double?

    var meanReturn: Double? { weight > 0 ? sumOfReturns / weight : nil }
    /// Of the scenario's score metric; nil where that is the return, or no episode has one.
    var meanScoreMetric: Double? {
        guard let scoreSum, let scoreWeight, scoreWeight > 0 else { return nil }
        return scoreSum / scoreWeight
    }

    mutating func add(_ summary: RolloutSummary) {
        guard summary.episodes > 0 else { return }
        let keep = weight > 100 ? 100 / weight : 1
        sumOfReturns = sumOfReturns * keep + summary.sumOfReturns
        weight = weight * keep + Double(summary.episodes)
        scoreSum = (scoreSum ?? 0) * keep + summary.sumOfScoreMetric
        scoreWeight = (scoreWeight ?? 0) * keep + Double(summary.scoredEpisodes)
    }
}
