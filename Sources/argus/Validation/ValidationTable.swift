import ArgusTesting

/// What `argus validate` prints for people.
struct ValidationTable {
    private let report: ValidationReport

    init(_ report: ValidationReport) { self.report = report }

    func print() {
        for environment in report.environments {
            StandardOutput.heading(environment.environment.isEmpty ? report.plugin : environment.environment)
            StandardOutput.print(
                TextTable(
                    columns: [.name("check"), .name("verdict"), .number("s"), .words("found")],
                    rows: environment.checks.map { check in
                        [
                            check.name, shown(check.result.verdict), seconds(check.seconds), found(check.result),
                        ]
                    }))
        }
        let bad = report.environments.flatMap { environment in
            environment.checks.filter { $0.remedy != nil }.map { (environment.environment, $0) }
        }
        if !bad.isEmpty { StandardOutput.heading("To mend") }
        for (environment, check) in bad {
            let place = environment.isEmpty ? "" : " (\(environment))"
            StandardOutput.paragraph("\(check.name)\(place): \(check.remedy ?? "")")
        }
        let counts = [
            (report.passed, "passed"), (report.warnings, "warned"), (report.failed, "failed"),
            (report.crashed, "crashed"), (report.skipped, "skipped"),
        ]
        Swift.print("\n" + counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", "))
    }

    private func found(_ result: ConformanceResult) -> String {
        guard let seed = result.seed else { return result.reason }
        return "\(result.reason) (seed \(seed), step \(result.step ?? 0))"
    }

    private func seconds(_ seconds: Double) -> String { "\((seconds * 10).rounded() / 10)" }

    // The table counts characters, so colour would disturb it: capitals show what is bad.
    private func shown(_ verdict: ConformanceResult.Verdict) -> String {
        verdict.isGood ? verdict.rawValue : verdict.rawValue.uppercased()
    }
}
