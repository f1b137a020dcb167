import ArgusHost

/// What one entry came to on one scenario: all its runs together.
struct EntryResult {
    let entry: String
    let isTrained: Bool
    /// By seed; those without a result too.
    let runs: [ReportRun]
    /// The headline mode; nil when no run is finished.
    let mode: String?
    /// The return in each mode; the headline's is missing only when no run is finished.
    let estimates: [String: ReturnEstimate]
    /// The score of each finished run, by seed; empty where the scenario has no score.
    let scores: [Double]
    /// The mean score with its interval.
    let score: MeanRecord?

    init(_ entry: String, _ runs: [ReportRun], score definition: Scenario.Score?) {
        self.entry = entry
        let sorted = runs.sorted { $0.seed < $1.seed }
        self.runs = sorted
        let results = sorted.compactMap(\.result)
        let isTrained = sorted.contains(where: \.isTrained)
        self.isTrained = isTrained
        let mode = results.first?.mode
        self.mode = mode
        let finished = sorted.filter { $0.result != nil }
        var estimates: [String: ReturnEstimate] = [:]
        for name in Set(results.flatMap(\.outcomes.keys)) {
            let returns = finished.compactMap { $0.absolute(name)?.returns }
            guard returns.count == finished.count else { continue }
            estimates[name] = try? ReturnEstimate(episodeReturns: returns, isTrained: isTrained)
        }
        self.estimates = estimates
        let scores = results.compactMap { $0.outcomes[$0.mode]?.score }.filter(\.isFinite)
        self.scores = scores.count == results.count ? scores : []
        score = EntryResult.meanScore(self.scores, mode.flatMap { estimates[$0] }, definition)
    }

    /// Runs are the unit where there are several training runs; else episodes, whose interval the score's line maps.
    private static func meanScore(
        _ scores: [Double], _ estimate: ReturnEstimate?, _ definition: Scenario.Score?
    ) -> MeanRecord? {
        guard let estimate, let runs = try? MeanInterval(of: scores) else { return nil }
        if estimate.unit == .trainingRun {
            return MeanRecord(mean: runs.mean, ci95: runs.interval.map { [$0.low, $0.high] }, n: runs.count)
        }
        guard let definition, definition.metric == "return" else {
            return MeanRecord(mean: runs.mean, ci95: nil, n: estimate.interval.count)
        }
        let interval = estimate.interval.interval.map { [definition.scoreOf($0.low), definition.scoreOf($0.high)] }
        return MeanRecord(
            mean: definition.scoreOf(estimate.interval.mean), ci95: interval, n: estimate.interval.count)
    }

    /// The return in the headline mode.
    var headline: ReturnEstimate? { mode.flatMap { estimates[$0] } }

    /// A metric in the headline mode, where every finished run has it in some episode.
    func estimate(of metric: String) -> ReturnEstimate? {
        guard let mode else { return nil }
        let values = finished.map { ($0.absolute(mode)?.metrics[metric] ?? []).filter(\.isFinite) }
        guard !values.contains(where: \.isEmpty) else { return nil }
        return try? ReturnEstimate(episodeReturns: values, isTrained: isTrained)
    }

    var finished: [ReportRun] { runs.filter { $0.result != nil } }
    var unfinished: [ReportRun] { runs.filter { $0.result == nil } }
    var results: [RunResult] { runs.compactMap(\.result) }

    /// Whether some policy sees the state or decides for several agents at once.
    var isCentralised: Bool { results.contains(where: \.centralised) }

    /// Valid and failed episodes of the absolute metric in the headline mode.
    var episodes: Int { outcomes.reduce(0) { $0 + $1.episodes } }
    var failedEpisodes: Int { outcomes.reduce(0) { $0 + $1.failed } }

    /// Training steps of a run; 0 for untrained entries.
    var steps: Int { results.map(\.step).max() ?? 0 }
    /// Mean wall time of a run.
    var wallSeconds: Double { mean(results.map(\.wallSeconds)) }
    var stepsPerSecond: Double { mean(results.map(\.stepsPerSecond).filter(\.isFinite)) }

    /// The mean over runs of each metric, where it is defined in some run.
    var metrics: [String: Double] {
        var values: [String: [Double]] = [:]
        for (name, value) in outcomes.flatMap(\.metrics) where value.isFinite {
            values[name, default: []].append(value)
        }
        return values.mapValues(mean)
    }

    /// The algorithm or the team.
    var work: String {
        if let result = results.first { return result.algorithm ?? "team \(result.team ?? "?")" }
        guard let manifest = runs.lazy.compactMap(\.manifest).first else { return isTrained ? "trained" : "untrained" }
        return manifest.algorithm ?? "team \(manifest.team ?? "?")"
    }

    private var outcomes: [RunResult.Outcome] { results.compactMap { $0.outcomes[$0.mode] } }
}

private func mean(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
}
