import ArgusHost

/// The tables and sentences of a report, the same in a terminal and in Markdown.
enum ResultTables {
    static let centralisedMark = "†"
    static let centralisedNote =
        "† centralised execution: some policy sees the global state or decides for several agents at once."

    /// `0.953 [0.921, 0.985]`.
    static func mean(_ value: Double, _ interval: (low: Double, high: Double)?, _ decimals: Int) -> String {
        let ends = interval.map { "\(NumberText.fixed($0.low, decimals)), \(NumberText.fixed($0.high, decimals))" }
        return "\(NumberText.fixed(value, decimals)) [\(ends ?? "no interval")]"
    }

    static func mean(_ interval: MeanInterval, _ decimals: Int) -> String {
        mean(interval.mean, interval.interval.map { ($0.low, $0.high) }, decimals)
    }

    static func mean(_ estimate: IntervalEstimate, _ decimals: Int) -> String {
        mean(estimate.point, estimate.interval.map { ($0.low, $0.high) }, decimals)
    }

    // MARK: One scenario

    /// A row for each entry.
    static func scenario(_ result: ScenarioResult) -> Table {
        let decimals = result.decimals
        let modes = Set(result.entries.compactMap(\.mode))
        let otherModes = Set(
            result.entries.flatMap { entry in entry.estimates.keys.filter { $0 != entry.mode } })
        let commonMode = modes.count == 1 ? modes.first : nil
        let commonOther = otherModes.count == 1 ? otherModes.first : nil
        var columns = [
            Table.Column(title: "entry", isNumber: false),
            Table.Column(title: "mean return\(commonMode.map { " (\($0))" } ?? "") [95 %]"),
            Table.Column(title: "n"),
        ]
        if commonMode == nil { columns.insert(Table.Column(title: "mode", isNumber: false), at: 1) }
        columns += [
            Table.Column(title: "each seed's mean", isNumber: false), Table.Column(title: "score [95 %]"),
            Table.Column(title: "episodes"), Table.Column(title: "env steps a seed"),
            Table.Column(title: "time a seed"), Table.Column(title: "steps/s"),
        ]
        if !otherModes.isEmpty { columns.append(Table.Column(title: commonOther ?? "other mode")) }
        let rows = result.entries.map { entry in
            var cells = [
                entry.entry + (entry.isCentralised ? " \(centralisedMark)" : ""),
                entry.headline.map { mean($0.interval, decimals) } ?? "-", count(entry),
            ]
            if commonMode == nil { cells.insert(entry.mode ?? "-", at: 1) }
            cells += [
                seeds(entry, decimals), score(entry), episodes(entry), steps(entry),
                entry.headline == nil ? "-" : ProgressText.clock(entry.wallSeconds),
                NumberText.rate(entry.stepsPerSecond),
            ]
            if !otherModes.isEmpty {
                let others = entry.estimates.filter { $0.key != entry.mode }.sorted { $0.key < $1.key }.map {
                    (commonOther == nil ? "\($0.key): " : "") + mean($0.value.interval, decimals)
                }
                cells.append(others.isEmpty ? "-" : others.joined(separator: "; "))
            }
            return cells
        }
        return Table(columns: columns, rows: rows)
    }

    /// What the mean and its interval are over: `3 seeds`, `960 episodes`, `2 of 3 seeds`.
    private static func count(_ entry: EntryResult) -> String {
        guard let headline = entry.headline else { return "0 of \(entry.runs.count) seeds" }
        guard entry.unfinished.isEmpty else { return "\(entry.finished.count) of \(entry.runs.count) seeds" }
        switch headline.unit {
        case .trainingRun: return "\(headline.interval.count) seeds"
        case .episode: return "\(NumberText.grouped(headline.interval.count)) episodes"
        }
    }

    private static func seeds(_ entry: EntryResult, _ decimals: Int) -> String {
        var means = (entry.headline?.seedMeans ?? [])[...]
        return entry.runs.map { run in
            switch run.status {
            case .finished: means.popFirst().map { NumberText.fixed($0, decimals) } ?? "-"
            case .failed: "failed"
            case .unfinished: "missing"
            }
        }.joined(separator: " ")
    }

    private static func score(_ entry: EntryResult) -> String {
        guard let score = entry.score else { return "-" }
        return mean(score.mean, score.ci95.map { ($0[0], $0[1]) }, 3)
    }

    private static func episodes(_ entry: EntryResult) -> String {
        let failed = entry.failedEpisodes
        return NumberText.grouped(entry.episodes) + (failed > 0 ? " (\(NumberText.grouped(failed)) failed)" : "")
    }

    private static func steps(_ entry: EntryResult) -> String {
        entry.isTrained && entry.headline != nil ? NumberText.grouped(entry.steps) : "-"
    }

    /// What must be known to read the table: missing runs, few seeds, centralised execution.
    static func notes(_ result: ScenarioResult) -> [String] {
        var notes: [String] = []
        for entry in result.entries {
            for run in entry.unfinished {
                notes.append("MISSING: \(entry.entry) seed \(run.seed): \(run.problem ?? "no result")")
            }
        }
        for run in result.crossplay?.unfinished ?? [] {
            notes.append("MISSING: \(run.entry) seed \(run.seed): \(run.problem ?? "no result")")
        }
        notes += cutShort(result)
        notes += result.entries.compactMap(failedInTraining)
        for count in 1..<ReturnEstimate.minimumTrainingRuns {
            let names = result.entries.filter { $0.headline?.trainingRuns == count }.map(\.entry)
            guard !names.isEmpty else { continue }
            let single = count == 1 ? "; its interval is over episodes and says nothing about other training seeds" : ""
            notes.append("\(names.joined(separator: ", ")): n = \(count): a smoke test, not a claim\(single)")
        }
        notes += result.entries.compactMap { earlierCheckpoints($0, result) }
        if result.entries.contains(where: \.isCentralised) { notes.append(centralisedNote) }
        return notes
    }

    /// Episodes that training could not learn from.
    private static func failedInTraining(_ entry: EntryResult) -> String? {
        let counts = entry.finished.compactMap { run in
            run.result?.failedTrainingEpisodes.map { "\(NumberText.grouped($0)) of seed \(run.seed)" }
        }
        guard !counts.isEmpty else { return nil }
        return "\(entry.entry): episodes that failed in training, and were learnt nothing from: "
            + counts.joined(separator: ", ")
    }

    /// Where training ended elsewhere than at its best checkpoint: by a tenth of the score's range, or of the return.
    private static func earlierCheckpoints(_ entry: EntryResult, _ result: ScenarioResult) -> String? {
        guard let best = entry.headline?.seedMeans, best.count == entry.ends.count else { return nil }
        let range = result.scenario?.score.flatMap { $0.metric == "return" ? abs($0.ceiling - $0.floor) : nil }
        let isElsewhere = zip(best, entry.ends).contains { abs($0 - $1) > 0.1 * (range ?? abs($0)) }
        guard isElsewhere else { return nil }
        let ends = entry.ends.map { NumberText.fixed($0, result.decimals) }.joined(separator: " ")
        return "\(entry.entry): the table is of the best checkpoints; the last evaluations in training had \(ends)"
    }

    /// The differences between the best entry and each other one.
    static func comparisonsWithBest(_ result: ScenarioResult) -> [String] {
        result.comparisons.filter { $0.better == result.best?.entry || $0.other == result.best?.entry }
            .map { $0.words(decimals: result.decimals) }
    }

    static func comparisons(_ result: ScenarioResult) -> Table {
        let rows = result.comparisons.map { comparison in
            let interval = comparison.difference.interval.map { ($0.low, $0.high) }
            return [
                "\(comparison.better) - \(comparison.other)",
                mean(comparison.difference.mean, interval, result.decimals), comparison.verdict,
            ]
        }
        return Table(
            columns: [
                Table.Column(title: "difference", isNumber: false), Table.Column(title: "mean [95 %]"),
                Table.Column(title: "verdict", isNumber: false),
            ], rows: rows)
    }

    static func references(_ scenario: Scenario) -> Table {
        let rows = scenario.references.map { reference in
            [
                reference.algorithm, reference.metric, NumberText.short(reference.mean), spread(reference),
                reference.steps.map { NumberText.grouped($0) } ?? "-", source(reference),
            ]
        }
        return Table(
            columns: [
                Table.Column(title: "reference", isNumber: false), Table.Column(title: "metric", isNumber: false),
                Table.Column(title: "mean"), Table.Column(title: "spread", isNumber: false),
                Table.Column(title: "env steps"), Table.Column(title: "source", isNumber: false),
            ], rows: rows)
    }

    /// `95 % 0.81 to 0.87`
    private static func spread(_ reference: Scenario.Reference) -> String {
        reference.ci95.map { "95 % \(NumberText.short($0.lowerBound)) to \(NumberText.short($0.upperBound))" }
            ?? reference.std.map { "standard deviation \(NumberText.short($0))" } ?? "not given"
    }

    private static func source(_ reference: Scenario.Reference) -> String {
        reference.source + (reference.conditions.map { ": \($0)" } ?? "")
    }

    /// Ours beside the references of the same algorithm; nil when no entry is called as a reference is.
    ///
    /// - Parameter conditions: with what each was had under, which makes lines long.
    static func comparisonsWithReferences(_ result: ScenarioResult, conditions: Bool) -> Table? {
        let comparisons = result.references
        guard !comparisons.isEmpty else { return nil }
        func steps(_ steps: Int?) -> String { steps.map { $0 > 0 ? NumberText.grouped($0) : "-" } ?? "-" }
        let rows = comparisons.map { comparison in
            let reference = comparison.reference
            return [
                comparison.entry.entry, reference.metric, mean(comparison.mean, comparison.interval, result.decimals),
                comparison.position.rawValue, NumberText.short(reference.mean), spread(reference),
                steps(comparison.entry.steps), steps(reference.steps),
            ]
                + (conditions
                    ? [comparison.conditions, "\(reference.algorithm), \(source(reference))"] : [reference.algorithm])
        }
        let last = conditions ? ["our conditions", "their conditions, and the source"] : ["reference"]
        return Table(
            columns: [
                Table.Column(title: "entry", isNumber: false), Table.Column(title: "metric", isNumber: false),
                Table.Column(title: "ours [95 %]"), Table.Column(title: "is", isNumber: false),
                Table.Column(title: "theirs"), Table.Column(title: "spread", isNumber: false),
                Table.Column(title: "our env steps"), Table.Column(title: "their env steps"),
            ] + last.map { Table.Column(title: $0, isNumber: false) }, rows: rows)
    }

    /// Mean returns at each evaluation during training, over the seeds that have it; nil when nothing was trained.
    static func curves(_ result: ScenarioResult) -> Table? {
        let entries = result.entries.filter { $0.isTrained && $0.headline != nil }
        var returns: [[Int: [Double]]] = []
        for entry in entries {
            var byStep: [Int: [Double]] = [:]
            for run in entry.finished {
                for record in run.curve(entry.mode ?? "") {
                    byStep[record.step, default: []].append(record.meanReturn)
                }
            }
            returns.append(byStep)
        }
        let steps = Set(returns.flatMap(\.keys)).sorted()
        guard !steps.isEmpty else { return nil }
        let columns = entries.map { Table.Column(title: "\($0.entry) (n = \($0.finished.count))") }
        return Table(
            columns: [Table.Column(title: "env steps")] + columns,
            rows: steps.map { step in
                [NumberText.grouped(step)]
                    + zip(entries, returns).map { entry, byStep in
                        guard let values = byStep[step], let interval = try? MeanInterval(of: values) else {
                            return "-"
                        }
                        let count = values.count == entry.finished.count ? "" : " (n = \(values.count))"
                        return mean(interval, result.decimals) + count
                    }
            })
    }

    // MARK: All scenarios

    static func aggregate(_ aggregate: AggregateResult) -> Table {
        let rows = aggregate.rows.map { row in
            [
                row.entry + (row.isCentralised ? " \(centralisedMark)" : ""),
                mean(row.interquartileMean, 3), mean(row.mean, 3), mean(row.optimalityGap, 3),
                "\(aggregate.scenarios.count) × \(row.runs)",
            ]
        }
        return Table(
            columns: [
                Table.Column(title: "entry", isNumber: false), Table.Column(title: "interquartile mean [95 %]"),
                Table.Column(title: "mean [95 %]"), Table.Column(title: "optimality gap [95 %]"),
                Table.Column(title: "scenarios × seeds"),
            ], rows: rows)
    }

    static func improvements(_ aggregate: AggregateResult) -> Table {
        Table(
            columns: [
                Table.Column(title: "a run of", isNumber: false), Table.Column(title: "beats one of", isNumber: false),
                Table.Column(title: "with probability [95 %]"),
            ],
            rows: aggregate.improvements.map { [$0.better, $0.other, mean($0.probability, 2)] })
    }
}
