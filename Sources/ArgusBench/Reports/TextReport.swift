import ArgusHost

/// A report in a terminal.
enum TextReport {
    static func text(_ results: BenchmarkResults, terminal: Terminal) -> String {
        var lines: [String] = []
        for result in results.scenarios {
            lines += ["", terminal.bold(result.title), ""]
            lines += ResultTables.scenario(result).lines(width: terminal.width, heading: terminal.bold)
            lines.append("")
            for note in ResultTables.notes(result) {
                let isGrave = note.hasPrefix("MISSING") || note.hasPrefix("CUT SHORT")
                lines.append(isGrave ? terminal.red(note) : note)
            }
            let models = ResultTables.models(result)
            if let models {
                lines += ["", "Language models:", ""] + models.lines(width: terminal.width, heading: terminal.bold)
            }
            if let crossplay = result.crossplay {
                lines += ["", "Cross-play: mean return [95 %]; \(CrossPlayResult.unit)", ""]
                lines += crossplay.table(decimals: result.decimals).lines(width: terminal.width, heading: terminal.bold)
            }
            let comparisons = ResultTables.comparisonsWithBest(result)
            // After a table; otherwise they go on with the notes.
            if !comparisons.isEmpty, models != nil || result.crossplay != nil { lines.append("") }
            lines += comparisons
            if let references = ResultTables.comparisonsWithReferences(result, conditions: false) {
                lines += ["", "Ours beside the references of the same algorithm; conditions differ, see below:", ""]
                lines += references.lines(width: terminal.width, heading: terminal.bold)
            }
            if let scenario = result.scenario, !scenario.references.isEmpty {
                lines.append("")
                lines += ResultTables.references(scenario).lines(width: terminal.width)
            }
        }
        if results.comparisonCount > 1 {
            let count = results.comparisonCount
            lines += ["", "p-values are corrected for \(count) comparisons (Holm); the level is 0.05."]
        }
        lines += aggregate(results.aggregate, terminal)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func aggregate(_ aggregate: AggregateResult, _ terminal: Terminal) -> [String] {
        guard !aggregate.scenarios.isEmpty || !aggregate.notes.isEmpty else { return [] }
        var lines: [String] = []
        if !aggregate.rows.isEmpty {
            let count = aggregate.scenarios.count
            let title = "All scenarios: score from 0 to 1 over \(count == 1 ? "one scenario" : "\(count) scenarios")"
            lines += ["", terminal.bold(title), ""]
            lines += ResultTables.aggregate(aggregate).lines(width: terminal.width, heading: terminal.bold)
        } else if !aggregate.scenarios.isEmpty {
            lines += ["", "No aggregate over scenarios:"]
        }
        return lines + aggregate.notes
    }
}
