import ArgusHost
import Foundation

/// Results as comma-separated values (RFC 4180, lines end in LF).
enum CSVReport {
    /// `results.csv`, the long form: a row for each value of every episode of the absolute metric, and for the mean of each
    /// over an evaluation in training, without episode and seed. All that was played stands in `evaluations.jsonl`.
    static func episodes(_ results: BenchmarkResults) -> Data {
        var data = Data("scenario,entry,seed,step,purpose,mode,metric,episode,episode_seed,value\n".utf8)
        for result in results.scenarios {
            for entry in result.all {
                for run in entry.runs {
                    let start = "\(field(result.title)),\(field(entry.entry)),\(run.seed)"
                    for record in run.evaluations where record.purpose != EvaluationSeeds.selection.name {
                        append(record, start, &data)
                    }
                }
            }
        }
        return data
    }

    private static func append(_ record: EvaluationRecord, _ start: String, _ data: inout Data) {
        let start = "\(start),\(record.step),\(field(record.purpose)),\(field(record.mode))"
        let lengths = record.lengths.map(Double.init)
        let values =
            [("return", record.returns), ("length", lengths)] + record.metrics.sorted { $0.key < $1.key }
            + (record.costs ?? [:]).sorted { $0.key < $1.key }
        for (name, values) in values {
            let metric = field(name)
            guard record.purpose == EvaluationSeeds.absolute.name else {
                let defined = values.filter(\.isFinite)
                let mean = defined.isEmpty ? nil : defined.reduce(0, +) / Double(defined.count)
                data += Data("\(start),\(metric),,,\(NumberText.exact(mean))\n".utf8)
                continue
            }
            for (index, (seed, value)) in zip(record.seeds, values).enumerated() {
                data += Data("\(start),\(metric),\(index),\(seed),\(NumberText.exact(value))\n".utf8)
            }
        }
    }

    /// `summary.csv`: a row for every scenario, entry, seed and mode; without numbers where there is no result.
    static func summary(_ results: BenchmarkResults) -> Data {
        var lines = [
            "scenario,entry,seed,step,mode,headline,return_mean,return_ci95_low,return_ci95_high,n,score,episodes,failed,"
                + "wall_seconds,steps_per_second,centralised,status,calls,tokens"
        ]
        for result in results.scenarios {
            for entry in result.all {
                for run in entry.runs {
                    let start = "\(field(result.title)),\(field(entry.entry)),\(run.seed)"
                    guard let found = run.result else {
                        lines.append("\(start),,,,,,,,,,,,,,\(field(run.problem ?? "")),,")
                        continue
                    }
                    for (mode, outcome) in found.outcomes.sorted(by: { $0.key < $1.key }) {
                        lines.append("\(start),\(row(found, mode, outcome, result.scenario?.score))")
                    }
                }
            }
        }
        return Data((lines.joined(separator: "\n") + "\n").utf8)
    }

    private static func row(
        _ result: RunResult, _ mode: String, _ outcome: RunResult.Outcome, _ definition: Scenario.Score?
    ) -> String {
        let interval = outcome.return.ci95
        let cells = [
            "\(result.step)", field(mode), mode == result.mode ? "1" : "0", NumberText.exact(outcome.return.mean),
            NumberText.exact(interval?.first), NumberText.exact(interval?.last), "\(outcome.return.n)",
            NumberText.exact(EntryResult.score(of: outcome, definition)), "\(outcome.episodes)", "\(outcome.failed)",
            NumberText.exact(result.wallSeconds), NumberText.exact(result.stepsPerSecond),
            result.centralised ? "1" : "0", "finished", result.calls.map(String.init) ?? "",
            result.tokens.map(String.init) ?? "",
        ]
        return cells.joined(separator: ",")
    }

    /// Quoted where it must be.
    static func field(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"\(text.replacing("\"", with: "\"\""))\""
    }
}
