import ArgusHost

/// Scores over all scenarios together, after Agarwal et al. (NeurIPS 2021).
struct AggregateResult {
    /// One entry over all scenarios.
    struct Row {
        let entry: String
        /// Runs on each scenario.
        let runs: Int
        let isCentralised: Bool
        let interquartileMean: IntervalEstimate
        let mean: IntervalEstimate
        let optimalityGap: IntervalEstimate
    }

    /// How likely a run of one entry beats a run of another.
    struct Improvement {
        let better: String
        let other: String
        let probability: IntervalEstimate
    }

    /// Titles of the scenarios that have scores.
    let scenarios: [String]
    let rows: [Row]
    let improvements: [Improvement]
    /// What was left out, and why.
    let notes: [String]

    /// The seed of all resampling, so that the same runs give the same report.
    static let bootstrapSeed: UInt64 = 0

    init(_ results: [ScenarioResult]) {
        let scored = results.filter(\.hasScores)
        scenarios = scored.map(\.title)
        var notes = results.filter { !$0.hasScores && !$0.entries.isEmpty }.map { result in
            let reason = result.scenario?.score == nil ? "has no score" : "has no run with a score"
            return "\(result.title) \(reason) and takes no part in the aggregate."
        }
        var entries: [(name: String, isCentralised: Bool, scores: ScoreMatrix)] = []
        for name in AggregateResult.names(results) where !scored.isEmpty {
            switch AggregateResult.scores(of: name, scored) {
            case .success(let scores):
                let isCentralised = scored.contains { $0.entries.contains { $0.entry == name && $0.isCentralised } }
                entries.append((name, isCentralised, scores))
            case .failure(let reason): notes.append("\(name) is left out of the aggregate: \(reason.words).")
            }
        }
        rows = entries.compactMap { entry in
            guard let bootstrap = try? StratifiedBootstrap(seed: AggregateResult.bootstrapSeed),
                let middle = try? bootstrap.estimate(.interquartileMean, of: entry.scores),
                let mean = try? bootstrap.estimate(.mean, of: entry.scores),
                let gap = try? bootstrap.estimate(.optimalityGap(), of: entry.scores)
            else { return nil }
            return Row(
                entry: entry.name, runs: entry.scores.runCount, isCentralised: entry.isCentralised,
                interquartileMean: middle, mean: mean, optimalityGap: gap)
        }
        var improvements: [Improvement] = []
        let pairs = try? StratifiedBootstrap(
            seed: AggregateResult.bootstrapSeed, repetitions: ProbabilityOfImprovement.defaultRepetitions)
        for first in entries.indices {
            for second in entries.indices where second > first {
                guard let pairs, let forward = AggregateResult.improvement(entries[first], entries[second], pairs)
                else { continue }
                if forward.probability.point >= 0.5 {
                    improvements.append(forward)
                } else if let backward = AggregateResult.improvement(entries[second], entries[first], pairs) {
                    improvements.append(backward)
                }
            }
        }
        self.improvements = improvements
        self.notes = notes
    }

    private static func improvement(
        _ first: (name: String, isCentralised: Bool, scores: ScoreMatrix),
        _ second: (name: String, isCentralised: Bool, scores: ScoreMatrix), _ bootstrap: StratifiedBootstrap
    ) -> Improvement? {
        guard
            let estimate = try? ProbabilityOfImprovement.estimate(
                of: first.scores, over: second.scores, bootstrap: bootstrap)
        else { return nil }
        return Improvement(better: first.name, other: second.name, probability: estimate)
    }

    private static func names(_ results: [ScenarioResult]) -> [String] {
        var names: [String] = []
        for entry in results.flatMap(\.entries) where !names.contains(entry.entry) { names.append(entry.entry) }
        return names
    }

    struct Gap: Error {
        var words: String
    }

    /// Scores need every seed on every scenario; filling a hole with anything would be a claim.
    private static func scores(of name: String, _ scored: [ScenarioResult]) -> Result<ScoreMatrix, Gap> {
        var rows: [[Double]] = []
        for result in scored {
            guard let entry = result.entries.first(where: { $0.entry == name }) else {
                return .failure(Gap(words: "it has no run on \(result.title)"))
            }
            if !entry.unfinished.isEmpty {
                let seeds = entry.unfinished.map { "\($0.seed)" }.joined(separator: ", ")
                return .failure(Gap(words: "\(result.title) lacks seed \(seeds)"))
            }
            guard !entry.scores.isEmpty else { return .failure(Gap(words: "\(result.title) has no score")) }
            rows.append(entry.scores)
        }
        do throws(StatisticsError) {
            return .success(try ScoreMatrix(rows))
        } catch {
            let counts = rows.map { "\($0.count)" }.joined(separator: ", ")
            return .failure(Gap(words: "its scenarios have different numbers of seeds (\(counts))"))
        }
    }
}
