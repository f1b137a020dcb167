import ArgusHost
import Foundation

/// `results.json`, and what `--json` prints.
enum JSONReport {
    static func data(_ results: BenchmarkResults) throws(ArgusError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(Document(results)) else {
            throw ArgusError(
                .output, "cannot encode the results", at: "results.json", found: "a number that JSON has not",
                expected: "finite numbers")
        }
        return data + Data("\n".utf8)
    }

    private struct Document: Encodable {
        var format = 1
        var suites: [String]
        var folders: [String]
        var results: [Entry]
        var differences: [Difference]
        /// How many tests the p-values are corrected for.
        var comparisons: Int
        var references: [Reference]
        var crossplay: [Pair]
        var aggregate: Aggregate

        init(_ results: BenchmarkResults) {
            suites = results.suites.map(\.name)
            folders = results.folders
            self.results = results.scenarios.flatMap { result in result.entries.map { Entry(result, $0) } }
            differences = results.scenarios.flatMap { result in result.comparisons.map { Difference(result, $0) } }
            comparisons = results.comparisonCount
            references = results.scenarios.flatMap { result in result.references.map { Reference(result, $0) } }
            crossplay = results.scenarios.flatMap(Pair.all)
            aggregate = Aggregate(results.aggregate)
        }
    }

    /// Two entries that play together.
    private struct Pair: Encodable {
        var scenario: String
        var first: String
        var rest: String
        var unit: String?
        var `return`: MeanRecord?
        /// Seeds without a result; nil where there is none.
        var missing: [UInt64]?
        /// Nil without language models, and on the diagonal, where they are the entry's.
        var calls: Int?
        var tokens: Int?
        var models: [ModelUsage]?

        static func all(_ result: ScenarioResult) -> [Pair] {
            guard let crossplay = result.crossplay else { return [] }
            return zip(crossplay.names, crossplay.cells).flatMap { first, row in
                zip(crossplay.names, row).map { rest, cell in
                    let pair = first == rest ? nil : cell
                    return Pair(
                        scenario: result.title, first: first, rest: rest, unit: cell?.headline?.unit.rawValue,
                        return: cell?.headline.map { record($0.interval) },
                        missing: cell.flatMap { $0.unfinished.isEmpty ? nil : $0.unfinished.map(\.seed) },
                        calls: pair?.calls, tokens: pair?.tokens,
                        models: pair.flatMap { $0.models.isEmpty ? nil : $0.models })
                }
            }
        }
    }

    /// An entry on a scenario, over all its seeds.
    private struct Entry: Encodable {
        var scenario: String
        var scenarioHash: String
        var entry: String
        var work: String
        var centralised: Bool
        var mode: String?
        var step: Int
        var unit: String?
        var `return`: MeanRecord?
        var score: MeanRecord?
        var metrics: [String: Double]
        var modes: [String: MeanRecord]
        var episodes: Int
        var failed: Int
        var wallSeconds: Double?
        var stepsPerSecond: Double?
        /// Nil without language models.
        var calls: Int?
        var tokens: Int?
        var models: [ModelUsage]?
        /// All of them, defaults included; nil for untrained entries.
        var hyperparameters: [String: String]?
        var seeds: [Seed]

        init(_ result: ScenarioResult, _ found: EntryResult) {
            scenario = result.id
            scenarioHash = result.hash
            entry = found.entry
            work = found.work
            centralised = found.isCentralised
            mode = found.mode
            step = found.steps
            unit = found.headline?.unit.rawValue
            `return` = found.headline.map { record($0.interval) }
            score = found.score
            metrics = found.metrics
            modes = found.estimates.mapValues { record($0.interval) }
            episodes = found.episodes
            failed = found.failedEpisodes
            wallSeconds = finite(found.wallSeconds)
            stepsPerSecond = finite(found.stepsPerSecond)
            calls = found.calls
            tokens = found.tokens
            models = found.models.isEmpty ? nil : found.models
            hyperparameters =
                found.isTrained ? found.runs.lazy.compactMap(\.manifest).first?.hyperparameters : nil
            seeds = found.runs.map { Seed($0, score: result.scenario?.score) }
        }

        enum CodingKeys: String, CodingKey {
            case scenario, entry, work, centralised, mode, step, unit, `return`, score, metrics, modes, episodes, failed
            case seeds, calls, tokens, models, hyperparameters
            case scenarioHash = "scenario_hash"
            case wallSeconds = "wall_seconds"
            case stepsPerSecond = "steps_per_second"
        }
    }

    private struct Seed: Encodable {
        var seed: UInt64
        var status: String
        var `return`: MeanRecord?
        var score: Double?
        var episodes: Int?
        var failed: Int?
        var step: Int?
        var wallSeconds: Double?
        var stepsPerSecond: Double?
        /// Where the checkpoint is from that was evaluated.
        var bestStep: Int?
        /// Of a training, in the headline mode: what was learnt by when, and at its end.
        var curve: Curve?
        /// The code that made it: several, one after the other, where it was resumed with another.
        var codeRevisions: [String]?
        /// What it was made on, in the same order.
        var processors: [String]?

        init(_ run: ReportRun, score definition: Scenario.Score?) {
            seed = run.seed
            codeRevisions = run.manifest?.origins.map(\.codeRevision)
            processors = run.manifest?.origins.map(\.processor)
            status = run.problem ?? "finished"
            guard let result = run.result else { return }
            let outcome = result.outcomes[result.mode]
            `return` = outcome?.return
            score = outcome.flatMap { finite(EntryResult.score(of: $0, definition)) }
            episodes = outcome?.episodes
            failed = outcome?.failed
            step = result.step
            bestStep = result.bestStep
            curve = run.isTrained ? Curve(run.curve(result.mode)) : nil
            wallSeconds = finite(result.wallSeconds)
            stepsPerSecond = finite(result.stepsPerSecond)
        }

        enum CodingKeys: String, CodingKey {
            case seed, status, `return`, score, episodes, failed, step, curve, processors
            case bestStep = "best_step"
            case wallSeconds = "wall_seconds"
            case stepsPerSecond = "steps_per_second"
            case codeRevisions = "code_revisions"
        }
    }

    /// The mean return of each evaluation while training was paused.
    private struct Curve: Encodable {
        var steps: [Int]
        var returns: [Double]

        /// Nil without evaluations.
        init?(_ records: [EvaluationRecord]) {
            let records = records.filter { $0.returns.allSatisfy(\.isFinite) }
            guard !records.isEmpty else { return nil }
            steps = records.map(\.step)
            returns = records.map(\.meanReturn)
        }
    }

    private struct Difference: Encodable {
        var scenario: String
        var better: String
        var other: String
        /// What was compared, such as `3 seeds`.
        var unit: String
        var mean: Double
        var ci95: [Double]?
        var pValue: Double?
        var test: String?
        var significant: Bool

        init(_ result: ScenarioResult, _ comparison: Comparison) {
            scenario = result.title
            better = comparison.better
            other = comparison.other
            unit = comparison.unit
            mean = comparison.difference.mean
            ci95 = comparison.difference.interval.map { [$0.low, $0.high] }
            pValue = comparison.adjustedPValue
            test = comparison.difference.test?.rawValue
            significant = comparison.isSignificant
        }

        enum CodingKeys: String, CodingKey {
            case scenario, better, other, unit, mean, ci95, test, significant
            case pValue = "p_value_holm"
        }
    }

    /// An entry beside a published result.
    private struct Reference: Encodable {
        var scenario: String
        var entry: String
        var unit: String
        var n: Int
        var mean: Double
        var ci95: [Double]?
        var position: String
        var step: Int
        var conditions: String
        var published: Scenario.Reference

        init(_ result: ScenarioResult, _ comparison: ReferenceComparison) {
            scenario = result.title
            entry = comparison.entry.entry
            (unit, n) = (comparison.unit.rawValue, comparison.count)
            mean = comparison.mean
            ci95 = comparison.interval.map { [$0.low, $0.high] }
            position = comparison.position.rawValue
            step = comparison.entry.steps
            conditions = comparison.conditions
            published = comparison.reference
        }
    }

    private struct Estimate: Encodable {
        var value: Double
        var ci95: [Double]?

        init(_ estimate: IntervalEstimate) {
            value = estimate.point
            ci95 = estimate.interval.map { [$0.low, $0.high] }
        }
    }

    private struct Aggregate: Encodable {
        struct Row: Encodable {
            var entry: String
            var n: Int
            var interquartileMean: Estimate
            var mean: Estimate
            var optimalityGap: Estimate

            enum CodingKeys: String, CodingKey {
                case entry, n, mean
                case interquartileMean = "iqm"
                case optimalityGap = "optimality_gap"
            }
        }

        struct Improvement: Encodable {
            var better: String
            var other: String
            var probability: Estimate
        }

        var scenarios: [String]
        var entries: [Row]
        var improvements: [Improvement]
        var notes: [String]

        init(_ result: AggregateResult) {
            scenarios = result.scenarios
            entries = result.rows.map {
                Row(
                    entry: $0.entry, n: $0.runs, interquartileMean: Estimate($0.interquartileMean),
                    mean: Estimate($0.mean), optimalityGap: Estimate($0.optimalityGap))
            }
            improvements = result.improvements.map {
                Improvement(better: $0.better, other: $0.other, probability: Estimate($0.probability))
            }
            notes = result.notes
        }
    }

    private static func record(_ interval: MeanInterval) -> MeanRecord {
        MeanRecord(mean: interval.mean, ci95: interval.interval.map { [$0.low, $0.high] }, n: interval.count)
    }

    private static func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
}
