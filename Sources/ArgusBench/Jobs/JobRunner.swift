public import ArgusHost
import Foundation
import Glibc

/// Runs jobs side by side, each in a process of its own.
///
/// A job that fails does not stop the others. On an interrupt the processes are interrupted too and awaited, so that
/// they can save; on a second one they are killed.
public struct JobRunner {
    /// What became of the jobs.
    public struct Outcome: Sendable, Hashable {
        /// Why each job that failed did, by its folder.
        public var failures: [String: String] = [:]
        /// 130 or 143 when the run was interrupted.
        public var interruptStatus: Int32?
    }

    /// Seconds for which a folder may be in use by the process of an earlier, killed run.
    static let patience = 60.0

    let executable: String
    let slots: Int
    let replay: String?
    let display: ProgressDisplay

    /// - Parameters:
    ///   - executable: The `argus` program.
    ///   - slots: How many jobs run side by side.
    ///   - replay: Where all replies of language models come from; nil: models are asked.
    public init(
        executable: String, slots: Int, replay: String? = nil, display: ProgressDisplay
    ) {
        self.executable = executable
        self.slots = max(1, slots)
        self.replay = replay
        self.display = display
    }

    /// The running program, so that jobs are done by the same build.
    public static var ownExecutable: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    }

    /// Runs those jobs that are not finished.
    ///
    /// - Throws: ``ArgusError`` before any job starts when a folder holds another job than the one asked for.
    public func run(_ jobs: [Job]) throws(ArgusError) -> Outcome {
        var state = RunState(total: jobs.count)
        for job in jobs {
            switch try JobState.of(job) {
            case .finished(let result):
                state.finished += 1
                state.measured.add(result.wallSeconds, for: job)
            case .resumable, .fresh: state.pending.append(.init(job: job))
            }
        }
        if state.finished > 0 { display.say("\(state.finished) of \(jobs.count) jobs were finished before") }
        let handlers = Interruption.listen()
        defer { handlers.restore() }
        var handledRequests = 0
        while !state.running.isEmpty || !(state.pending.isEmpty || handledRequests > 0) {
            let requests = Interruption.signals
            if requests > handledRequests {
                stop(state.running, isFirst: handledRequests == 0)
                handledRequests = requests
                continue
            }
            if handledRequests == 0 { start(&state) }
            wait(for: state.running)
            collect(&state, isStopping: handledRequests > 0)
            display.show(state.progress(slots: slots))
        }
        display.finish()
        var outcome = Outcome(failures: state.failures)
        if Interruption.signals > 0 { outcome.interruptStatus = Interruption.exitStatus }
        return outcome
    }

    private func stop(_ running: [RunningJob], isFirst: Bool) {
        for job in running { job.process.send(isFirst ? SIGINT : SIGKILL) }
        guard isFirst, !running.isEmpty else { return }
        display.say("Stopping: waiting for \(running.count) jobs to save; Ctrl-C again ends them at once")
    }

    private func start(_ state: inout RunState) {
        while state.running.count < slots, let index = state.nextIndex {
            var pending = state.pending.remove(at: index)
            let job = pending.job
            if RunFiles.isLocked(job.folder) {
                let first = pending.firstRefusal ?? state.elapsed
                if state.elapsed - first < JobRunner.patience {
                    if pending.firstRefusal == nil { display.say("\(job.name): waiting for an earlier process to end") }
                    pending.firstRefusal = first
                    pending.nextTry = state.elapsed + 0.2
                    state.pending.insert(pending, at: index)
                    continue
                }
            }
            if let need = job.needs.first(where: { RunDirectory.result(at: $0) == nil }) {
                // What it had was played by a policy that is no longer there.
                RunFiles.removeResult(in: job.folder)
                fail(job, "the run whose policy it needs has no result (\(need))", &state)
                continue
            }
            do throws(ArgusError) {
                // An earlier process may have saved or ended since the jobs were listed.
                let folder = try JobState.of(job)
                if case .finished(let result) = folder {
                    finish(job, result, seconds: result.wallSeconds, &state)
                    continue
                }
                state.running.append(
                    try RunningJob(job, executable: executable, isResuming: folder == .resumable, replay: replay))
            } catch {
                fail(job, error.description, &state)
            }
        }
    }

    /// Until some job says something, at most a fifth of a second; a signal ends it early too.
    private func wait(for running: [RunningJob]) {
        var descriptors = running.map { pollfd(fd: $0.process.outputDescriptor, events: Int16(POLLIN), revents: 0) }
        _ = poll(&descriptors, nfds_t(descriptors.count), 200)
        // A process that has closed its output but still runs would make `poll` return at once for ever.
        if descriptors.contains(where: { $0.revents & Int16(POLLIN) == 0 && $0.revents != 0 }) { usleep(20_000) }
    }

    private func collect(_ state: inout RunState, isStopping: Bool) {
        var still: [RunningJob] = []
        for running in state.running {
            let ending = running.process.ending()
            running.readProgress()
            guard let ending else {
                still.append(running)
                continue
            }
            let job = running.job
            if let result = RunDirectory.result(at: job.folder), ending == .exited(0) {
                finish(job, result, seconds: running.elapsed, &state)
            } else if isStopping {
                display.say("\(job.name): stopped")
            } else {
                fail(job, running.failure(ending), &state)
            }
        }
        state.running = still
    }

    private func finish(_ job: Job, _ result: RunResult, seconds: Double, _ state: inout RunState) {
        state.finished += 1
        state.measured.add(seconds, for: job)
        display.say("[\(state.finished + state.failures.count)/\(state.total)] \(words(job, result))")
    }

    private func fail(_ job: Job, _ reason: String, _ state: inout RunState) {
        state.failures[job.folder] = reason
        RunFiles.record(failure: reason, in: job.folder)
        let place = "[\(state.finished + state.failures.count)/\(state.total)]"
        display.say("\(place) \(job.name) FAILED: \(reason)", isFailure: true)
    }

    private func words(_ job: Job, _ result: RunResult) -> String {
        let mean = result.outcomes[result.mode].map { ": return \(NumberText.short($0.return.mean))" } ?? ""
        let steps = result.step > 0 ? ", \(NumberText.grouped(result.step)) steps" : ""
        return "\(job.name)\(mean)\(steps) in \(ProgressText.clock(result.wallSeconds))"
    }
}

/// Where a run of jobs is.
private struct RunState {
    struct Pending {
        var job: Job
        /// When its folder was first found in use, and when to look again; in seconds since the start.
        var firstRefusal: Double?
        var nextTry: Double?

        func isWaiting(_ now: Double) -> Bool { nextTry.map { now < $0 } ?? false }
    }

    let total: Int
    var pending: [Pending] = []
    var running: [RunningJob] = []
    var finished = 0
    var failures: [String: String] = [:]
    var measured = JobCost.Measured()
    private let started = ContinuousClock.now

    init(total: Int) { self.total = total }

    var elapsed: Double { (ContinuousClock.now - started) / .seconds(1) }

    /// The first job whose folder and whose forerunners need not be waited for.
    var nextIndex: Int? {
        let now = elapsed
        let open = Set(pending.map(\.job.folder) + running.map(\.job.folder))
        return pending.firstIndex { !$0.isWaiting(now) && $0.job.needs.allSatisfy { !open.contains($0) } }
    }

    func progress(slots: Int) -> SuiteProgress {
        var measured = measured
        for running in running { measured.add(running.progress, for: running.job) }
        func cost(_ job: Job) -> Double { JobCost.estimate(of: job, measured: measured).seconds }
        let busy = running.map { running in
            running.progress?.secondsLeft ?? max(1, cost(running.job) - running.elapsed)
        }
        let left = JobCost.wallSeconds(of: pending.map { cost($0.job) }, slots: slots, busy: busy)
        return SuiteProgress(
            total: total, finished: finished, failed: failures.count, running: running.map(\.shown), elapsed: elapsed,
            secondsLeft: left)
    }
}
