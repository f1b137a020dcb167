public import ArgusHost
import ArgusZeroMQ
import Foundation
import Glibc

/// Runs checks of one plugin or peer, each in a process of its own.
public struct Validation: Sendable {
    public struct Progress: Sendable {
        public var done: Int
        public var all: Int
        /// Names of the checks that run now.
        public var running: [String]
    }

    public var target: ConformanceTarget
    /// Names of the checks wanted; nil: all.
    public var only: Set<String>?
    /// The environment wanted; nil: all.
    public var environment: String?
    /// Checks side by side.
    public var jobs: Int
    /// Seconds for each check.
    public var timeLimit: Double
    /// The program that runs one check, and its arguments for a check, an environment and the prefix of its files.
    public var program: String
    public var arguments: @Sendable (_ check: String, _ environment: String, _ prefix: String) -> [String]

    public init(
        target: ConformanceTarget, only: Set<String>? = nil, environment: String? = nil, jobs: Int, timeLimit: Double,
        program: String, arguments: @escaping @Sendable (String, String, String) -> [String]
    ) {
        self.target = target
        self.only = only
        self.environment = environment
        self.jobs = target.isShared ? 1 : jobs
        self.timeLimit = timeLimit
        self.program = program
        self.arguments = arguments
    }

    /// Runs in the process that was started for one check: notes what it does and writes what it found.
    public static func serve(_ task: CheckTask, prefix: String) throws(ArgusError) {
        CallTrace.shared.keep(in: CheckProcess.tracePath(prefix))
        let outcome = task.run()
        let path = CheckProcess.resultPath(prefix)
        guard let data = try? JSONEncoder().encode(outcome),
            FileManager.default.createFile(atPath: path, contents: data)
        else {
            throw ArgusError(
                .output, "cannot write a result", at: path, found: "no file", expected: "a writable folder")
        }
    }

    /// Runs the checks.
    ///
    /// - Throws: ``ArgusError`` when processes cannot be started, or for an environment that there is not.
    public func run(progress: @escaping (Progress) -> Void) throws(ArgusError) -> ValidationReport {
        let checks = ConformanceCheck.all.filter { $0.kinds.contains(target.kind) }
        let gates = checks.filter { ConformanceCheck.first.contains($0.name) }
        let folder: PrivateFolder
        do throws(ConfigurationError) { folder = try PrivateFolder() } catch {
            throw ArgusError(
                .output, "cannot make a folder", at: "temporary files", found: "\(error)", expected: "a writable folder"
            )
        }
        var board = Board(validation: self, folder: folder.path, progress: progress)
        let environments: [String]
        if let environment, let only, !only.contains(gates[0].name) {
            // Nothing but what is wanted.
            environments = [environment]
        } else {
            environments = try self.environments(board.start(gates[0]))
            guard !environments.isEmpty else { return board.report }
        }
        let wanted = checks.filter { isWanted($0.name) && !ConformanceCheck.first.contains($0.name) }
        let own = wanted.filter { $0.scope == .environment }
        let gatesWanted = gates.dropFirst().filter { isWanted($0.name) }
        board.expect(wanted.count { $0.scope == .whole } + environments.count * (own.count + gatesWanted.count))
        // What all else needs comes first, with what concerns the whole.
        try board.run(wanted.filter { $0.scope == .whole }.map { ($0, "") })
        for gate in gatesWanted { try board.run(environments.filter { board.isSound($0) }.map { (gate, $0) }) }
        let sound = environments.filter { board.isSound($0) }
        // Speed is measured with nothing beside.
        try board.run(sound.flatMap { id in own.filter { $0.name != "throughput" }.map { ($0, id) } })
        for id in sound { for check in own where check.name == "throughput" { try board.run([(check, id)]) } }
        for id in environments where !board.isSound(id) { board.skip(own + gatesWanted, id) }
        return board.report
    }

    func isWanted(_ name: String) -> Bool { only?.contains(name) ?? true }

    /// Those that are wanted.
    private func environments(_ ids: [String]) throws(ArgusError) -> [String] {
        guard let environment, !ids.isEmpty else { return ids }
        guard ids.contains(environment) else {
            throw ArgusError(
                .configuration, "unknown environment", at: "--environment", found: "'\(environment)'",
                expected: "one of \(ids.joined(separator: ", "))")
        }
        return [environment]
    }
}

/// Results as they come in.
private struct Board {
    private let validation: Validation
    private let folder: String
    private let progress: (Validation.Progress) -> Void
    private var entries: [(check: ConformanceCheck, environment: String, result: ConformanceResult, seconds: Double)] =
        []
    private var expected = 0
    private var started = 0

    init(validation: Validation, folder: String, progress: @escaping (Validation.Progress) -> Void) {
        self.validation = validation
        self.folder = folder
        self.progress = progress
    }

    mutating func expect(_ count: Int) { expected += count }

    /// Ids of the environments; none when it does not start.
    mutating func start(_ check: ConformanceCheck) throws(ArgusError) -> [String] {
        expected += 1
        var environments: [String] = []
        var misuse: String?
        try run([(check, "")]) {
            environments = $0.environments
            misuse = $0.misuse
        }
        if let misuse {
            throw ArgusError(
                .configuration, "bad parameters", at: "--set", found: misuse,
                expected: "parameters of the environment", remedy: "'--environment ID' if it has several")
        }
        return entries.contains { !$0.result.verdict.isGood } ? [] : environments
    }

    /// Whether nothing stands against checking an environment.
    func isSound(_ environment: String) -> Bool {
        !entries.contains {
            $0.environment == environment && ConformanceCheck.first.contains($0.check.name) && !$0.result.verdict.isGood
        }
    }

    /// Runs checks side by side.
    mutating func run(
        _ tasks: [(check: ConformanceCheck, environment: String)], then: (CheckOutcome) -> Void = { _ in }
    ) throws(ArgusError) {
        var waiting = tasks[...]
        var running: [CheckProcess] = []
        defer { for process in running { process.end() } }
        while !waiting.isEmpty || !running.isEmpty {
            while running.count < validation.jobs, let next = waiting.popFirst() {
                started += 1
                let prefix = "\(folder)/\(started)"
                running.append(
                    try CheckProcess(
                        next.check, environment: next.environment, program: validation.program,
                        arguments: validation.arguments(next.check.name, next.environment, prefix), prefix: prefix,
                        timeLimit: validation.timeLimit))
            }
            running.removeAll { process in
                guard let outcome = process.outcome() else { return false }
                entries.append((process.check, process.environment, outcome.result, process.seconds))
                then(outcome)
                return true
            }
            progress(
                Validation.Progress(done: entries.count, all: expected, running: running.map(\.check.name)))
            if !running.isEmpty { usleep(4000) }
        }
    }

    /// Notes checks that make no sense.
    mutating func skip(_ checks: [ConformanceCheck], _ environment: String) {
        let cause = entries.first { $0.environment == environment && !$0.result.verdict.isGood }?.check.name ?? ""
        for check in checks
        where !entries.contains(where: { $0.check.name == check.name && $0.environment == environment }) {
            entries.append((check, environment, .skipped("not run, since '\(cause)' did not pass"), 0))
        }
    }

    var report: ValidationReport {
        let order = ConformanceCheck.all.map(\.name)
        var environments: [String] = []
        for entry in entries where !environments.contains(entry.environment) { environments.append(entry.environment) }
        environments.sort { $0.isEmpty && !$1.isEmpty }
        return ValidationReport(
            plugin: validation.target.description,
            environments: environments.compactMap { environment in
                // The start, which all others need, is told when it is bad even if it was not asked for.
                let checks = entries.filter {
                    $0.environment == environment && (validation.isWanted($0.check.name) || !$0.result.verdict.isGood)
                }
                guard !checks.isEmpty else { return nil }
                return ValidationReport.EnvironmentEntry(
                    environment: environment,
                    checks: checks.map(Board.entry).sorted {
                        (order.firstIndex(of: $0.name) ?? 0) < (order.firstIndex(of: $1.name) ?? 0)
                    })
            })
    }

    private static func entry(
        _ entry: (check: ConformanceCheck, environment: String, result: ConformanceResult, seconds: Double)
    ) -> ValidationReport.Entry {
        let needsMending = !entry.result.verdict.isGood || entry.result.verdict == .warn
        return ValidationReport.Entry(
            name: entry.check.name, result: entry.result, remedy: needsMending ? entry.check.remedy : nil,
            seconds: entry.seconds)
    }
}
