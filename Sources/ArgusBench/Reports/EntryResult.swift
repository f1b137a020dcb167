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
        let measured = definition.flatMap { definition in
            mode.flatMap { EntryResult.estimate(of: definition.metric, finished, $0, isTrained) }
        }
        let scores = results.map { result in
            result.outcomes[result.mode].map { EntryResult.score(of: $0, definition) } ?? .nan
        }
        self.scores = scores.allSatisfy(\.isFinite) ? scores : []
        score = self.scores.isEmpty ? nil : EntryResult.meanScore(self.scores, isTrained, measured, definition)
    }

    /// By the definition that the report shows: a file's may have changed between runs. NaN where there is none.
    static func score(of outcome: RunResult.Outcome, _ definition: Scenario.Score?) -> Double {
        guard let definition else { return outcome.score }
        return definition.scoreOf(
            definition.metric == "return" ? outcome.return.mean : outcome.metrics[definition.metric] ?? .nan)
    }

    /// Runs are the unit where there are several training runs; else episodes, whose interval the score's line maps.
    private static func meanScore(
        _ scores: [Double], _ isTrained: Bool, _ measured: ReturnEstimate?, _ definition: Scenario.Score?
    ) -> MeanRecord? {
        guard let definition, let measured, measured.unit == .episode else {
            guard let runs = try? MeanInterval(of: scores) else { return nil }
            // Without a definition episodes cannot be told from blocks of them.
            let interval = isTrained ? runs.interval : nil
            return MeanRecord(mean: runs.mean, ci95: interval.map { [$0.low, $0.high] }, n: runs.count)
        }
        let interval = measured.interval.interval.map { [definition.scoreOf($0.low), definition.scoreOf($0.high)] }
        return MeanRecord(
            mean: definition.scoreOf(measured.interval.mean), ci95: interval, n: measured.interval.count)
    }

    /// The return in the headline mode.
    var headline: ReturnEstimate? { mode.flatMap { estimates[$0] } }

    /// A metric in one mode, where every finished run has it in some episode.
    func estimate(of metric: String, mode: String?) -> ReturnEstimate? {
        mode.flatMap { EntryResult.estimate(of: metric, finished, $0, isTrained) }
    }

    private static func estimate(
        of metric: String, _ runs: [ReportRun], _ mode: String, _ isTrained: Bool
    ) -> ReturnEstimate? {
        let values = runs.map { run -> [Double] in
            guard let record = run.absolute(mode) else { return [] }
            return metric == "return" ? record.returns : (record.metrics[metric] ?? []).filter(\.isFinite)
        }
        guard !values.isEmpty, !values.contains(where: \.isEmpty) else { return nil }
        return try? ReturnEstimate(episodeReturns: values, isTrained: isTrained)
    }

    /// The mean return of each finished run's last evaluation in training, by seed; empty where there is none.
    var ends: [Double] {
        let last = finished.compactMap { $0.curve(mode ?? "").last?.meanReturn }
        return last.count == finished.count ? last : []
    }

    /// The entry's name in its suite, and what tells it apart from others of that name; see ``ReportRun``.
    var name: String { runs.first?.name ?? entry }
    var label: String { runs.first?.label ?? "" }

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
