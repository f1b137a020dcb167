extension EvaluationRecord {
    /// The record of played episodes.
    public init(_ episodes: PlayedEpisodes, step: Int, purpose: String, mode: String, wallSeconds: Double) {
        self.init(
            step: step, purpose: purpose, mode: mode, seeds: episodes.seeds, returns: episodes.returns,
            lengths: episodes.lengths, metrics: episodes.metrics, failed: episodes.failed, wallSeconds: wallSeconds)
    }

    /// The mean over the episodes; NaN without any.
    public var meanReturn: Double {
        returns.isEmpty ? .nan : returns.reduce(0, +) / Double(returns.count)
    }

    /// What the episodes came to, in the scenario's terms.
    ///
    /// The interval here is over episodes by the normal approximation; tables compute theirs over seeds.
    public func outcome(_ scenario: Scenario) -> RunResult.Outcome {
        var means: [String: Double] = [:]
        for (name, values) in metrics {
            let defined = values.filter { $0.isFinite }
            if !defined.isEmpty { means[name] = defined.reduce(0, +) / Double(defined.count) }
        }
        let count = Double(returns.count)
        let mean = meanReturn
        var interval: [Double]?
        if returns.count > 1 {
            let variance = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
            let half = 1.959964 * (variance / count).squareRoot()
            interval = [mean - half, mean + half]
        }
        let measured = scenario.score.map { $0.metric == "return" ? mean : means[$0.metric] ?? .nan } ?? .nan
        return RunResult.Outcome(
            return: MeanRecord(mean: mean, ci95: interval, n: returns.count),
            score: scenario.scoreOf(measured) ?? .nan, metrics: means, episodes: returns.count, failed: failed)
    }
}
