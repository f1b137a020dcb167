public import ArgusHost
import Foundation

/// What `argus bench --dry-run` prints: the jobs, with an estimate of time and disk.
public struct JobPlan {
    /// A job, what is there of it already, and what it will take.
    struct Line {
        let job: Job
        let state: JobState
        let cost: JobCost
    }

    let lines: [Line]
    let slots: Int

    /// - Parameter trialRate: environment steps a second that a job's training makes, tried for a moment; asked once for
    ///   all seeds of an entry on a scenario, where no finished job tells.
    /// - Throws: ``ArgusError`` when a folder holds another job than the one asked for, or a trial fails.
    public init(
        _ jobs: [Job], slots: Int,
        trialRate: (Job) throws(ArgusError) -> Double? = { (_) throws(ArgusError) in nil }
    ) throws(ArgusError) {
        var states: [JobState] = []
        var measured = JobCost.Measured()
        for job in jobs {
            let state = try JobState.of(job)
            if case .finished(let result) = state { measured.add(result.wallSeconds, for: job) }
            states.append(state)
        }
        for job in jobs { try measured.addTrial(of: job, rate: trialRate) }
        lines = zip(jobs, states).map { job, state in
            Line(job: job, state: state, cost: JobCost.estimate(of: job, measured: measured))
        }
        self.slots = slots
    }

    private var threads: Int { lines.first?.job.threads ?? 1 }

    private var open: [Line] {
        lines.filter { if case .finished = $0.state { false } else { true } }
    }

    /// Estimated seconds until all jobs are done.
    public var seconds: Double { JobCost.wallSeconds(of: open.map(\.cost.seconds), slots: slots) }

    /// Estimated bytes that the open jobs write.
    public var bytes: Int { Int(exactly: open.reduce(0.0) { $0 + Double($1.cost.bytes) }.rounded()) ?? .max }

    public func text(terminal: Terminal) -> String {
        let table = Table(
            columns: [
                .init(title: "scenario", isNumber: false), .init(title: "entry", isNumber: false), .init(title: "seed"),
                .init(title: "env steps"), .init(title: "state", isNumber: false), .init(title: "time"),
                .init(title: "disk"), .init(title: "estimated from", isNumber: false),
            ],
            rows: lines.map { line in
                let isDone = line.state.word == "finished"
                return [
                    line.job.task.scenario.id, line.job.entry.name, "\(line.job.seed)",
                    line.job.steps > 0 ? NumberText.grouped(line.job.steps) : "-", line.state.word,
                    isDone ? "-" : ProgressText.clock(max(1, line.cost.seconds)),
                    isDone ? "-" : NumberText.bytes(line.cost.bytes),
                    isDone ? "-" : line.cost.basis.rawValue,
                ]
            })
        let summary = """

            \(open.count) of \(lines.count) jobs to run, \(slots) side by side, threads of each: \(threads). About \
            \(ProgressText.clock(seconds)) and \(NumberText.bytes(bytes)).
            These are estimates: by finished jobs of the suite where there are any; else by a trial, a moment of each \
            training, one at a time and without evaluations; else by what is assumed: \
            \(NumberText.grouped(JobCost.assumedTrainingRate)) training steps/s and \
            \(NumberText.grouped(JobCost.assumedEvaluationRate)) evaluation steps/s a thread, or \
            \(NumberText.exact(JobCost.assumedModelRate)) in all where a language model plays to the horizon. Jobs side \
            by side slow each other down. Once a first seed runs, the time left goes by what it says.

            """
        return (table.lines(width: terminal.width, heading: terminal.bold) + [summary]).joined(separator: "\n")
    }

    public func json() throws(ArgusError) -> String {
        struct Item: Encodable {
            var scenario: String
            var entry: String
            var seed: UInt64
            var steps: Int
            var state: String
            var seconds: Double
            var bytes: Int
            var measured: Bool
            var basis: String

            enum CodingKeys: String, CodingKey {
                case scenario, entry, seed, steps, state, seconds, bytes, measured
                case basis = "estimated_from"
            }
        }
        struct Document: Encodable {
            var jobs: [Item]
            var sideBySide: Int
            var threads: Int
            var seconds: Double
            var bytes: Int

            enum CodingKeys: String, CodingKey {
                case jobs, threads
                case sideBySide = "side_by_side"
                case seconds = "estimated_seconds"
                case bytes = "estimated_bytes"
            }
        }
        let items = lines.map { line in
            Item(
                scenario: line.job.task.scenario.id, entry: line.job.entry.name, seed: line.job.seed,
                steps: line.job.steps, state: line.state.word, seconds: line.cost.seconds, bytes: line.cost.bytes,
                measured: line.cost.basis == .finishedJobs, basis: line.cost.basis.rawValue)
        }
        let document = Document(
            jobs: items, sideBySide: slots, threads: threads, seconds: seconds, bytes: bytes)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(document) else {
            throw ArgusError(.output, "cannot encode the plan", at: "--json", found: "no number", expected: "numbers")
        }
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}

extension JobState {
    /// For tables.
    var word: String {
        switch self {
        case .finished: "finished"
        case .resumable: "to resume"
        case .fresh: "to run"
        }
    }
}
