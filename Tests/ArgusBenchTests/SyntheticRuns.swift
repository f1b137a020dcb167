import ArgusBench
import ArgusHost
import Foundation

/// A folder that is removed at the end of a test, with scenarios, a suite and runs written through the types that real
/// runs are written with.
final class SyntheticRuns {
    let root: String
    var catalog: ScenarioCatalog { ScenarioCatalog(root: root + "/Scenarios") }
    var out: String { root + "/out" }
    /// By scenario, where it is not 4.
    var epochs: [String: String] = [:]

    init() throws {
        root = FileManager.default.temporaryDirectory.path + "/argus-bench-\(UUID().uuidString)"
        for (name, ceiling) in [("one", 1.0), ("two", 10.0)] {
            try write(
                """
                scenario: demo/\(name)
                version: 1
                environment: demo
                horizon: 50
                score: {floor: 0.0, ceiling: \(ceiling), why: "made up"}
                references:
                  - {algorithm: Paper, mean: \(ceiling / 2), std: 0.125, steps: 1000000, source: "table 3 | page 4"}

                """, to: "Scenarios/demo/\(name).yaml")
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    @discardableResult
    func write(_ text: String, to path: String) throws -> String {
        let full = root + "/" + path
        try AtomicFile.makeFolder((full as NSString).deletingLastPathComponent)
        try AtomicFile.write(Data(text.utf8), to: full)
        return full
    }

    func suite(_ text: String) throws -> Suite {
        let path = try write(text, to: "Scenarios/suites/demo.yaml")
        return try SuiteFile.read(path: path, catalog: catalog, algorithms: ["ippo", "mappo"], hash: { $0.hash })
    }

    static let demo = """
        suite: demo
        protocol: {seeds: 3, evaluation_episodes: 2, evaluations: 2, absolute_episodes: 4}
        scenarios: [demo/one, demo/two]
        entries:
          - {name: Random, team: random}
          - {name: MAPPO, train: mappo, steps: 1000, set: {rate: 0.0005}}

        """

    static let crossed = """
        suite: demo
        protocol: {seeds: 1, evaluation_episodes: 2, evaluations: 2, absolute_episodes: 4}
        scenarios: [demo/one]
        entries:
          - {name: Random, team: random}
          - {name: MAPPO, train: mappo, steps: 1000}
          - {name: Model, team: "llm:http://127.0.0.1:1/v1?model=m"}
        crossplay: [Random, MAPPO, Model]

        """

    /// Writes a finished run. `level`: the mean return of the scenario's ceiling that it comes to, from 0 to 1.
    func finish(_ job: Job, level: Double, spread: Double = 0.1, failed: Int = 0, in folder: String? = nil) throws {
        let folder = folder ?? job.folder
        let ceiling = job.task.scenario.score?.ceiling ?? 1
        let directory = try RunDirectory(folder)
        try directory.write(manifest(job))
        let lines = try JSONLines(path: directory.evaluationsPath, keeping: { (_: EvaluationRecord) in true })
        var outcomes: [String: RunResult.Outcome] = [:]
        for (mode, shift) in job.entry.isTrained ? [("sampled", 0.0), ("greedy", 0.05)] : [("sampled", 0.0)] {
            for step in job.entry.isTrained ? [job.steps / 2, job.steps] : [] {
                let half = (level + shift) * Double(step) / Double(job.steps) * ceiling
                try lines.append(
                    record(step, "curve", mode, [half - spread, half + spread], seedSet: .curve, job.seed, failed: 0))
            }
            let centre = (level + shift) * ceiling
            let returns = [centre - 2 * spread, centre - spread, centre + spread, centre + 2 * spread]
            try lines.append(
                record(job.steps, "absolute", mode, returns, seedSet: .absolute, job.seed, failed: failed))
            outcomes[mode] = RunResult.Outcome(
                return: MeanRecord(mean: centre, ci95: [centre - 1, centre + 1], n: 4), score: level + shift,
                metrics: ["deliveries": centre], episodes: 4, failed: failed)
        }
        try directory.write(
            RunResult(
                scenario: job.task.scenario.id, scenarioHash: job.task.hash, entry: job.entry.name, seed: job.seed,
                algorithm: manifest(job).algorithm, team: manifest(job).team,
                centralised: job.entry.name == "Oracle", step: job.steps, mode: "sampled", outcomes: outcomes,
                bestStep: job.entry.isTrained ? job.steps : nil, wallSeconds: 65, stepsPerSecond: 15_230))
    }

    /// Adds a last evaluation in training, of another level than the best checkpoint's.
    func end(_ job: Job, at level: Double) throws {
        let path = try RunDirectory(job.folder).evaluationsPath
        let lines = try JSONLines(path: path, keeping: { (_: EvaluationRecord) in true })
        try lines.append(record(job.steps, "curve", "sampled", [level], seedSet: .curve, job.seed, failed: 0))
    }

    func manifest(_ job: Job) -> RunManifest {
        var algorithm: String?
        var team: String?
        var partner: String?
        var settings: [String: String] = [:]
        switch job.entry.work {
        case .train(let name, _, let values): (algorithm, settings) = (name, values)
        case .evaluate(let name): team = name
        case .cross(.team(let first), .team(let rest)): (team, partner) = (first, rest)
        case .cross(.team(let first), .trained): (team, partner) = (first, "run:elsewhere")
        case .cross(.trained, .team(let rest)): (team, partner) = ("run:elsewhere", rest)
        case .cross: (team, partner) = ("run:elsewhere", "run:elsewhere")
        }
        let changed = settings.keys.sorted()
        settings["epochs"] = epochs[job.task.scenario.id] ?? "4"
        var manifest = RunManifest(
            scenario: job.task.scenario.id, scenarioVersion: job.task.scenario.version, scenarioHash: job.task.hash,
            scenarioText: "", plugin: "libDemo.so", pluginHash: "fnv1a64:1", entry: job.entry.name, seed: job.seed,
            algorithm: algorithm, hyperparameters: algorithm == nil ? [:] : settings, team: team, steps: job.steps,
            evaluationEpisodes: job.measurement.evaluationEpisodes, evaluations: job.measurement.evaluations,
            absoluteEpisodes: job.measurement.absoluteEpisodes, threads: 1, codeRevision: "abc123",
            versions: ["argus": "0.1"], machine: ["processor": "demo"], partner: partner)
        if algorithm != nil { manifest.changedHyperparameters = changed }
        return manifest
    }

    private func record(
        _ step: Int, _ purpose: String, _ mode: String, _ returns: [Double], seedSet: EvaluationSeeds, _ block: UInt64,
        failed: Int
    ) -> EvaluationRecord {
        EvaluationRecord(
            step: step, purpose: purpose, mode: mode, seeds: seedSet.seeds(block: block, count: returns.count),
            returns: returns, lengths: returns.map { _ in 50 }, metrics: ["deliveries": returns], failed: failed,
            wallSeconds: 1)
    }

    /// The return levels of the demonstration: MAPPO is better, and its seeds differ.
    func finishAll(of suite: Suite, except skipped: (Job) -> Bool = { _ in false }) throws {
        for job in Job.all(of: suite, out: out) where !skipped(job) {
            try finish(job, level: job.entry.isTrained ? 0.8 + 0.05 * Double(job.seed) : 0.1)
        }
        try SuiteRecord(suite).write(to: out)
    }

    func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
}
