import ArgusHost

/// What the episodes that ended while playing came to.
struct RolloutSummary {
    var episodes = 0
    var failed = 0
    var sumOfReturns = 0.0
    /// Of the scenario's score metric, where it is not the return: the sum over episodes that have one, and their number.
    var sumOfScoreMetric = 0.0
    var scoredEpisodes = 0
    /// Seconds in the environment, and in choosing actions.
    var steppingSeconds = 0.0
    var actingSeconds = 0.0

    /// Takes in the episodes that the last step ended.
    ///
    /// - Parameter metric: index of the score's metric.
    mutating func count(_ environment: VectorEnvironment, metric: Int?) {
        let groups = environment.specification.groups.count
        let group = environment.specification.agents[0].group
        for copy in 0..<environment.copies {
            switch environment.outcome.end(copy) {
            case .running: break
            case .failed: failed += 1
            case .terminated, .truncated:
                episodes += 1
                sumOfReturns += environment.outcome.episodeReturns[copy * groups + group]
                if let metric {
                    let value = environment.outcome.episodeMetrics[copy * environment.metrics.count + metric]
                    if value.isFinite {
                        sumOfScoreMetric += value
                        scoredEpisodes += 1
                    }
                }
            }
        }
    }
}
