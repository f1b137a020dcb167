import ArgusHost
import Foundation

/// A job whose process runs.
final class RunningJob {
    let job: Job
    let process: ChildProcess
    private let started = ContinuousClock.now
    private let logPath: String
    /// Where this attempt's lines begin in the log, which earlier attempts have written to as well.
    private let logStart: UInt64
    private(set) var progress: JobProgress?

    init(
        _ job: Job, executable: String, isResuming: Bool, replay: String?
    ) throws(ArgusError) {
        self.job = job
        try AtomicFile.makeFolder(job.folder)
        RunFiles.removeFailure(in: job.folder)
        if !isResuming { RunFiles.removeResult(in: job.folder) }
        logPath = job.folder + "/log.txt"
        let size = (try? FileManager.default.attributesOfItem(atPath: logPath))?[.size] as? NSNumber
        logStart = size?.uint64Value ?? 0
        process = try ChildProcess(
            executable, job.arguments(resuming: isResuming, replay: replay), errors: .file(logPath))
    }

    var elapsed: Double { (ContinuousClock.now - started) / .seconds(1) }

    func readProgress() {
        if let latest = JobProgress.last(in: process.readLines()) { progress = latest }
    }

    var shown: SuiteProgress.Running {
        SuiteProgress.Running(
            scenario: job.task.scenario.id, entry: job.entry.name, seed: job.seed, elapsed: elapsed, progress: progress)
    }

    /// Why the job is not done although its process has ended, with the last lines that it left.
    func failure(_ ending: ChildProcess.Ending) -> String {
        let what =
            ending == .exited(0) ? "its process ended well, but left no result.json" : "its process \(ending.words)"
        let lines = lastLines()
        return lines.isEmpty ? "\(what) and no message (\(logPath))" : "\(what): \(lines) (\(logPath))"
    }

    private func lastLines() -> String {
        guard let file = FileHandle(forReadingAtPath: logPath) else { return "" }
        defer { try? file.close() }
        let end = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: max(logStart, end > 4000 ? end - 4000 : 0))
        let text = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        return lines.filter { !$0.isEmpty }.suffix(3).joined(separator: " / ")
    }
}
