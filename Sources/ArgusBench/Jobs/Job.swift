import ArgusHost

/// One run of a suite: an entry on a scenario with a seed, in a process and a folder of its own.
public struct Job: Sendable, Hashable {
    public var task: Suite.Task
    public var entry: Suite.Entry
    public var seed: UInt64
    public var measurement: EvaluationProtocol
    /// That it computes on; a training's numbers depend on how many there are.
    public var threads: Int
    /// `OUT/SCENARIO/ENTRY/seed-N`.
    public var folder: String
    /// Where the language models of the whole suite keep their replies.
    public var repliesPath: String
    private var out: String

    public init(
        task: Suite.Task, entry: Suite.Entry, seed: UInt64, measurement: EvaluationProtocol, threads: Int = 1,
        out: String
    ) {
        self.task = task
        self.entry = entry
        self.seed = seed
        self.measurement = measurement
        self.threads = threads
        folder = Job.folder(out, task, entry.name, seed)
        repliesPath = "\(out)/replies.sqlite"
        self.out = out
    }

    private static func folder(_ out: String, _ task: Suite.Task, _ entry: String, _ seed: UInt64) -> String {
        "\(out)/\(task.scenario.id)/\(entry)/seed-\(seed)"
    }

    /// Folders of jobs that must be done before this one.
    var needs: [String] {
        guard case .cross(let first, let rest) = entry.work else { return [] }
        return [first, rest].compactMap { member in
            guard case .trained(let name) = member else { return nil }
            return Job.folder(out, task, name, seed)
        }
    }

    private func team(_ member: CrossPlay.Member) -> String {
        switch member {
        case .team(let team): team
        case .trained(let name): TeamSpecification(policy: "run:\(Job.folder(out, task, name, seed))").description
        }
    }

    /// `SCENARIO ENTRY seed N`, for messages.
    public var name: String { "\(task.scenario.id) \(entry.name) seed \(seed)" }

    /// Training steps; 0 for untrained entries.
    public var steps: Int {
        if case .train(_, let steps, _) = entry.work { steps } else { 0 }
    }

    /// All jobs of a suite, in the order in which they are best run: untrained entries first, since they are quick and
    /// show early whether scenarios work; then seed by seed, so that every entry has a first result early.
    public static func all(of suite: Suite, threads: Int = 1, out: String) -> [Job] {
        func job(_ task: Suite.Task, _ entry: Suite.Entry, _ seed: UInt64) -> Job {
            Job(task: task, entry: entry, seed: seed, measurement: suite.measurement, threads: threads, out: out)
        }
        var jobs: [Job] = []
        for isTrained in [false, true] {
            for seed in suite.measurement.seeds {
                for task in suite.tasks {
                    for entry in suite.entries where entry.isTrained == isTrained {
                        jobs.append(job(task, entry, seed))
                    }
                }
            }
        }
        // After what they need.
        for seed in suite.measurement.seeds {
            for task in suite.crossTasks {
                for entry in suite.crossEntries {
                    jobs.append(job(task, entry, seed))
                }
            }
        }
        return jobs
    }

    /// The arguments of the `argus` process that does this job.
    ///
    /// The process writes ``JobProgress`` lines to standard output, its `result.json` last, and stops, saving what it
    /// can, on an interrupt and when its standard input ends: so it never outlives this process, however that ends.
    /// - Parameters: `resuming`: whether to go on from the checkpoint in the job's folder; `replay`: where all replies of
    ///   language models come from, nil: models are asked.
    public func arguments(resuming: Bool, replay: String? = nil) -> [String] {
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
            arguments = ["evaluate", task.file, "--team", team]
        case .cross(let first, let rest):
            arguments = ["evaluate", task.file, "--team", self.team(first), "--partner", self.team(rest)]
        }
        if !entry.isTrained { arguments += ["--episodes", "\(measurement.absoluteEpisodes)"] }
        if entry.usesLanguageModels { arguments += replay.map { ["--replay", $0] } ?? ["--cache", repliesPath] }
        return arguments + [
            "--entry", entry.name, "--seed", "\(seed)", "--threads", "\(threads)", "--out", folder, "--progress",
            "json",
            "--stop-with-stdin",
        ]
    }
}
