/// One run of a suite: an entry on a scenario with a seed, in a process and a folder of its own.
public struct Job: Sendable, Hashable {
    public var task: Suite.Task
    public var entry: Suite.Entry
    public var seed: UInt64
    public var measurement: EvaluationProtocol
    /// `OUT/SCENARIO/ENTRY/seed-N`.
    public var folder: String

    public init(
        task: Suite.Task, entry: Suite.Entry, seed: UInt64, measurement: EvaluationProtocol, out: String
    ) {
        self.task = task
        self.entry = entry
        self.seed = seed
        self.measurement = measurement
        folder = "\(out)/\(task.scenario.id)/\(entry.name)/seed-\(seed)"
    }

    /// `SCENARIO ENTRY seed N`, for messages.
    public var name: String { "\(task.scenario.id) \(entry.name) seed \(seed)" }

    /// Training steps; 0 for untrained entries.
    public var steps: Int {
        if case .train(_, let steps, _) = entry.work { steps } else { 0 }
    }

    /// All jobs of a suite, in the order in which they are best run: untrained entries first, since they are quick and
    /// show early whether scenarios work; then seed by seed, so that every entry has a first result early.
    public static func all(of suite: Suite, out: String) -> [Job] {
        var jobs: [Job] = []
        for isTrained in [false, true] {
            for seed in suite.measurement.seeds {
                for task in suite.tasks {
                    for entry in suite.entries where entry.isTrained == isTrained {
                        jobs.append(
                            Job(task: task, entry: entry, seed: seed, measurement: suite.measurement, out: out))
                    }
                }
            }
        }
        return jobs
    }

    /// The arguments of the `argus` process that does this job.
    ///
    /// The process writes ``JobProgress`` lines to standard output, its `result.json` last, and stops, saving what it
    /// can, on an interrupt and when its standard input ends: so it never outlives this process, however that ends.
    /// - Parameter resuming: Whether to go on from the checkpoint in the job's folder.
    public func arguments(threads: Int, resuming: Bool) -> [String] {
        var arguments: [String]
        switch entry.work {
        case .train(let algorithm, let steps, let settings):
            arguments = ["train", task.file, "--algorithm", algorithm, "--steps", "\(steps)"]
            for (key, value) in settings.sorted(by: { $0.key < $1.key }) { arguments += ["--set", "\(key)=\(value)"] }
            arguments += [
                "--evaluation-episodes", "\(measurement.evaluationEpisodes)", "--evaluations",
                "\(measurement.evaluations)", "--absolute-episodes", "\(measurement.absoluteEpisodes)",
            ]
            if resuming { arguments += ["--resume", folder] }
        case .evaluate(let team):
            arguments = ["evaluate", task.file, "--team", team, "--episodes", "\(measurement.absoluteEpisodes)"]
        }
        return arguments + [
            "--entry", entry.name, "--seed", "\(seed)", "--threads", "\(threads)", "--out", folder, "--progress",
            "json",
            "--stop-with-stdin",
        ]
    }
}
