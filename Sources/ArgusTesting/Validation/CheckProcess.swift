import ArgusHost
import Foundation
import Glibc

/// A process that runs one check, and what becomes of it.
final class CheckProcess {
    let check: ConformanceCheck
    /// Empty for checks of the plugin or peer as a whole.
    let environment: String
    private let child: ChildProcess
    private let prefix: String
    private let timeLimit: Double
    private let start = ContinuousClock.now
    private var lines: [String] = []

    /// - Parameters: `prefix`: path that the names of the process's files begin with; `arguments`: of the program.
    init(
        _ check: ConformanceCheck, environment: String, program: String, arguments: [String], prefix: String,
        timeLimit: Double
    ) throws(ArgusError) {
        self.check = check
        self.environment = environment
        self.prefix = prefix
        self.timeLimit = timeLimit
        // A backtrace takes longer than the check; the message of a crash is printed all the same.
        child = try ChildProcess(
            program, arguments, errors: .withOutput, environment: ["SWIFT_BACKTRACE": "enable=no"])
    }

    /// Paths of the files that the process writes.
    static func resultPath(_ prefix: String) -> String { prefix + ".result" }
    static func tracePath(_ prefix: String) -> String { prefix + ".trace" }

    var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    /// What was found; nil while the process runs.
    func outcome() -> CheckOutcome? {
        let new = child.readLines().map {
            String(decoding: $0.prefix(300), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        lines = Array((lines + new.filter { !$0.isEmpty }).suffix(20))
        if let ending = child.ending() {
            _ = child.readLines()
            return judged(ending)
        }
        guard seconds > timeLimit else { return nil }
        end()
        return overdue()
    }

    /// Ends it and all that it has started.
    func end() {
        let started = ProcessMemory.descendants(of: child.identifier)
        child.send(SIGKILL)
        for process in started { kill(process, SIGKILL) }
        for _ in 0..<400 where child.ending() == nil { usleep(5000) }
    }

    deinit {
        unlink(CheckProcess.resultPath(prefix))
        unlink(CheckProcess.tracePath(prefix))
    }

    // MARK: Verdicts

    private func judged(_ ending: ChildProcess.Ending) -> CheckOutcome {
        let outcome = FileManager.default.contents(atPath: CheckProcess.resultPath(prefix)).flatMap {
            try? JSONDecoder().decode(CheckOutcome.self, from: $0)
        }
        if let outcome, ending == .exited(0) { return outcome }
        let trace = CallTrace.read(CheckProcess.tracePath(prefix))
        var words = "the process that ran the check \(ending.words)"
        words += outcome == nil ? " \(trace?.words ?? "")" : " when all was done"
        if case .exited = ending { words += "; a plugin must not call exit()" }
        if let last = lastWords { words += "; its last output: \(last)" }
        var result = ConformanceResult(.crashed, words, seed: trace?.seed, step: trace?.step)
        if check.toleratesCrash { result.verdict = .warn }
        return CheckOutcome(result: result, environments: outcome?.environments ?? [])
    }

    private func overdue() -> CheckOutcome {
        let trace = CallTrace.read(CheckProcess.tracePath(prefix))
        let limit = timeLimit == timeLimit.rounded() ? "\(Int(timeLimit))" : "\(timeLimit)"
        let words: String
        if let trace, trace.age < timeLimit / 2 {
            words =
                "not done within \(limit) s, in which \(trace.calls) calls were made: it is slow; "
                + "a smaller --effort or a longer --time-limit lets it end"
        } else {
            words = "not done within \(limit) s: it hangs \(trace?.words ?? "")"
        }
        return CheckOutcome(
            result: ConformanceResult(.fail, words, seed: trace?.seed, step: trace?.step), environments: [])
    }

    /// The line that tells most.
    private var lastWords: String? {
        lines.first { $0.contains("Fatal error") || $0.contains("Assertion") || $0.contains("ERROR:") } ?? lines.last
    }
}
