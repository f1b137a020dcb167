import ArgumentParser
import ArgusHost
import ArgusTesting
import Foundation

/// `argus validate`
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Checks a plugin or peer against the environment contract.",
        discussion: """
            Example:
              argus validate libMine.so
              argus validate --peer "python my_env.py" --only plays --only seed-fixes-episode
              argus validate tcp://127.0.0.1:5555 --json
              argus validate --list

            Each check runs in a process of its own. Verdicts: pass; warn: legal, but probably not meant; fail; skip: \
            there is nothing to check; crashed. What failed is told with the seed and the step that show it, and how to \
            mend it. Exit status 1 if a check failed or crashed.
            """)

    @Argument(help: "The plugin's library, or the address of a peer that waits for drivers (tcp://…, ipc://…).")
    var plugin: String?

    @Option(help: "Shell command that starts a peer.")
    var peer: String?

    @Option(help: "Run this check alone; may be repeated.")
    var only: [String] = []

    @Flag(help: "List the checks.")
    var list = false

    @Flag(help: "Print JSON.")
    var json = false

    @Option(help: "Check this environment alone.")
    var environment: String?

    @Option(help: "A parameter of the environment, KEY=VALUE; may be repeated.")
    var set: [String] = []

    @Option(help: "Steps that a check makes, roughly; the more, the more it finds. Default: 10000, for peers 2000.")
    var effort: Int?

    @Option(help: "Seconds for each check.")
    var timeLimit = 45

    @Option(help: "Checks side by side. Default: the number of cores, 4 at most.")
    var jobs: Int?

    @Option(help: "For an address beyond this machine: file with this side's CURVE keys.")
    var keys: String?

    @Option(help: "For an address beyond this machine: file with the peer's public key.")
    var server: String?

    @Flag(help: "Run the checks of --only in this process, for a debugger.")
    var inProcess = false

    @Option(help: .hidden)
    var childFiles: String?

    func run() throws {
        if list { return try showList() }
        let target = try target()
        let only = try checkedNames(target.kind)
        let parameters = try parameters()
        let effort = try OptionCheck.inRange(
            self.effort ?? (target.kind == .peer ? 2000 : 10_000), 16...100_000_000, "--effort")
        let limit = Double(try OptionCheck.inRange(timeLimit, 1...86_400, "--time-limit"))
        let jobs = try OptionCheck.inRange(
            self.jobs ?? min(4, Machine.cores), 1...256, "--jobs")
        let task = CheckTask(
            target: target, check: only?.first ?? "", environment: environment, parameters: parameters, effort: effort,
            timeLimit: limit)
        ExitOnInterrupt.listen()
        if let childFiles {
            ExitOnInterrupt.whenStandardInputEnds()
            try Validation.serve(task, prefix: childFiles)
            return
        }
        if inProcess { return try runHere(task, only) }
        let own = ownArguments(effort: effort)
        let validation = Validation(
            target: target, only: only.map(Set.init), environment: environment, jobs: jobs, timeLimit: limit,
            program: CommandLine.executablePath
        ) { check, environment, prefix in
            own + ["--only", check, "--child-files", prefix]
                + (environment.isEmpty ? [] : ["--environment", environment])
        }
        let line = LiveLine()
        let report = try validation.run { progress in
            let now = progress.running.isEmpty ? "" : ", now \(progress.running.joined(separator: ", "))"
            line.show("\(progress.done) of \(progress.all) checks\(now)")
        }
        line.clear()
        if json { try StandardOutput.printJSON(report) } else { ValidationTable(report).print() }
        if !report.isGood { throw ExitCode(1) }
    }

    // MARK: What is checked

    private func target() throws(ArgusError) -> ConformanceTarget {
        switch (plugin, peer) {
        case (nil, nil):
            throw ArgusError(
                .configuration, "nothing to check", at: "argus validate", found: "neither a library nor a peer",
                expected: "a library's path, an address or --peer \"COMMAND\"", remedy: "'argus validate --help'")
        case (.some, .some):
            throw ArgusError(
                .configuration, "two things to check", at: "argus validate", found: "'\(plugin ?? "")' and --peer",
                expected: "one of them")
        case (nil, let command?): return .peer(ScenarioPeer([.command(command)]))
        case (let path?, nil):
            guard path.hasPrefix("tcp://") || path.hasPrefix("ipc://") else {
                return .library(path)
            }
            var peer = ScenarioPeer([.connect(path)])
            peer.keys = keys
            peer.server = server
            return .peer(peer)
        }
    }

    /// The checks wanted; nil: all.
    private func checkedNames(_ kind: ConformanceCheck.Kind) throws(ArgusError) -> [String]? {
        let names = ConformanceCheck.all.filter { $0.kinds.contains(kind) }.map(\.name)
        for name in only where !names.contains(name) {
            throw ArgusError(
                .configuration, "unknown check", at: "--only", found: "'\(name)'",
                expected: "a check for \(kind == .peer ? "peers" : "libraries") of 'argus validate --list'",
                remedy: names.first { $0.hasPrefix(name) || $0.contains(name) }.map { "'\($0)'" })
        }
        return only.isEmpty ? nil : only
    }

    private func parameters() throws(ArgusError) -> [String: String] {
        var found: [String: String] = [:]
        for item in set {
            guard let equals = item.firstIndex(of: "="), equals != item.startIndex else {
                throw ArgusError(
                    .configuration, "bad parameter", at: "--set", found: "'\(item)'", expected: "KEY=VALUE")
            }
            found[String(item[..<equals])] = String(item[item.index(after: equals)...])
        }
        return found
    }

    /// What a process for one check is told of this command line.
    private func ownArguments(effort: Int) -> [String] {
        var words = ["validate", "--effort", "\(effort)", "--time-limit", "\(timeLimit)"]
        if let plugin { words.append(plugin) }
        if let peer { words += ["--peer=\(peer)"] }
        if let keys { words += ["--keys=\(keys)"] }
        if let server { words += ["--server=\(server)"] }
        for item in set { words += ["--set=\(item)"] }
        return words
    }

    // MARK: Output

    private func runHere(_ task: CheckTask, _ only: [String]?) throws {
        var isGood = true
        for name in only ?? ConformanceCheck.first {
            var task = task
            task.check = name
            let result = task.run().result
            isGood = isGood && result.verdict.isGood
            let place = result.seed.map { " (seed \($0), step \(result.step ?? 0))" } ?? ""
            print("\(name): \(result.verdict.rawValue)\(result.reason.isEmpty ? "" : ": ")\(result.reason)\(place)")
        }
        if !isGood { throw ExitCode(1) }
    }

    private func showList() throws {
        struct Item: Encodable {
            var name: String
            var proves: String
            var remedy: String
            var kinds: [String]
        }
        let items = ConformanceCheck.all.map { check in
            Item(
                name: check.name, proves: check.proves, remedy: check.remedy,
                kinds: check.kinds.map(\.rawValue).sorted())
        }
        if json { return try StandardOutput.printJSON(items) }
        let rows = items.map { [$0.name, $0.kinds.count > 1 ? "" : $0.kinds[0], $0.proves] }
        StandardOutput.print(
            TextTable(columns: [.name("check"), .name("only for"), .words("a pass proves")], rows: rows))
    }
}

extension CommandLine {
    /// The running program's file.
    fileprivate static var executablePath: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? arguments[0]
    }
}
