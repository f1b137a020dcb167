import ArgusHost

/// What `argus evaluate` prints: a result under the names that all reports use.
struct EvaluationSummary: Encodable {
    var scenario: String
    var scenarioHash: String
    var entry: String
    var team: String
    var centralised: Bool
    var seed: UInt64
    var step: Int
    var mode: String
    var `return`: MeanRecord
    /// Nil where the scenario has none.
    var score: Double?
    var metrics: [String: Double]
    var episodes: Int
    var failed: Int
    var wallSeconds: Double
    var stepsPerSecond: Double
    /// Nil without language models.
    var calls: Int?
    var tokens: Int?
    var models: [ModelUsage]?

    enum CodingKeys: String, CodingKey {
        case scenario, entry, team, centralised, seed, step, mode, `return`, score, metrics, episodes, failed
        case calls, tokens, models
        case scenarioHash = "scenario_hash"
        case wallSeconds = "wall_seconds"
        case stepsPerSecond = "steps_per_second"
    }

    init(_ result: RunResult, team: String) {
        let outcome = result.outcomes[result.mode]
        scenario = result.scenario
        scenarioHash = result.scenarioHash
        entry = result.entry
        self.team = team
        centralised = result.centralised
        seed = result.seed
        step = result.step
        mode = result.mode
        `return` = outcome?.return ?? MeanRecord(mean: 0, ci95: nil, n: 0)
        score = outcome.flatMap { $0.score.isFinite ? $0.score : nil }
        metrics = outcome?.metrics ?? [:]
        episodes = outcome?.episodes ?? 0
        failed = outcome?.failed ?? 0
        wallSeconds = result.wallSeconds
        stepsPerSecond = result.stepsPerSecond
        calls = result.calls
        tokens = result.tokens
        models = result.models
    }

    func print() {
        let interval =
            `return`.ci95.map { " [\(NumberFormat.fixed($0[0])), \(NumberFormat.fixed($0[1]))]" } ?? " [no interval]"
        var rows = [
            ["scenario", scenario], ["team", team + (centralised ? " †" : "")], ["mode", mode],
            ["mean return [95 %]", NumberFormat.fixed(`return`.mean) + interval],
        ]
        if let score { rows.append(["score", NumberFormat.fixed(score)]) }
        rows += metrics.sorted { $0.key < $1.key }.map { [$0.key, NumberFormat.short($0.value)] }
        rows += [
            ["episodes", "\(episodes)"], ["failed", "\(failed)"],
            ["time", NumberFormat.fixed(wallSeconds, 2) + " s"],
            ["steps/s", NumberFormat.grouped(stepsPerSecond)],
        ]
        StandardOutput.print(TextTable(columns: [.name("evaluation"), .words("value")], rows: rows))
        ModelUsageTable.print(models ?? [])
        if centralised {
            StandardOutput.paragraph(
                "\n† centralised execution: some policy sees the global state or decides for several agents at once.")
        }
    }
}
