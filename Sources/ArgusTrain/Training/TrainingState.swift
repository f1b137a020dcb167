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
    /// Of rollouts and updates.
    var trainingSeconds = 0.0
    /// Of everything, over interruptions.
    var wallSeconds = 0.0
    var normalizer = ValueNormalizer(decay: 0)
    var recentReturns = RecentReturns()
}

/// The mean return of the last hundred or so training episodes, for a progress line.
struct RecentReturns: Codable {
    private var sum = 0.0
    private var weight = 0.0

    var mean: Double? { weight > 0 ? sum / weight : nil }

    mutating func add(_ sumOfReturns: Double, _ episodes: Int) {
        let keep = weight > 100 ? 100 / weight : 1
        sum = sum * keep + sumOfReturns
        weight = weight * keep + Double(episodes)
    }
}
