#if ARGUS_TRAIN
import ArgumentParser
import ArgusHost
import ArgusTrain
import Foundation

/// `argus train`
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train an algorithm on a scenario.",
        discussion: """
            Example:
              argus train foraging/8x8-2p-2f-coop --algorithm mappo --steps 1000000 --seed 1 --out results/my-run

            Ctrl-C saves a checkpoint; '--resume DIR' goes on and gives the same result as a run that was never \
            interrupted (on one thread, bit for bit). The folder holds run.json, metrics.jsonl, evaluations.jsonl, \
            checkpoint/ and, when the run is done, result.json. Play it with '--team run:DIR'.
            """)

    @Argument(help: "Scenario id or file.")
    var scenario: String?

    @Option(name: .customLong("scenario"), help: "The same, as an option.")
    var scenarioOption: String?

    @Option(help: "Algorithm, such as qmix or mappo; see 'argus list algorithms'.")
    var algorithm: String

    @Option(help: "Environment steps, summed over copies, such as 1000000 or 1e6.")
    var steps = "1000000"

    @Option(help: "Seed of the run: fixes weights, episodes and action sampling.")
    var seed: UInt64 = 0

    @Option(name: .customLong("set"), help: "A hyperparameter as KEY=VALUE; may be repeated.")
    var settings: [String] = []

    @Option(help: "Threads of stepping and learning; small networks learn faster with one.")
    var threads = 1

    @Option(help: "Folder of the run. Default: runs/SCENARIO-ALGORITHM-SEED.")
    var out: String?

    @Option(help: "Go on with the run in this folder.")
    var resume: String?

    @Option(help: "Where networks learn: cpu, or cuda or cuda:N with a GPU and a libtorch that is built for it.")
    var device = "cpu"

    @Option(help: "Name of the entry in tables. Default: the algorithm's name.")
    var entry: String?

    @Option(help: "Episodes of each evaluation. Four times as many choose the best checkpoint.")
    var evaluationEpisodes = 32

    @Option(help: "Evaluations over the run.")
    var evaluations = 20

    @Option(help: "Episodes of the absolute metric: the best checkpoint, at the end.")
    var absoluteEpisodes = 320

    @Option(help: "json: print one JSON object a line while it goes on, instead of a progress line and the result.")
    var progress: String?

    @Flag(help: "Stop as if by Ctrl-C when standard input closes.")
    var stopWithStdin = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    enum ProgressForm: String, CaseIterable { case json }

    func run() throws {
        guard let name = scenario ?? scenarioOption else {
            throw ArgusError(
                .configuration, "no scenario", at: "argus train", found: "none", expected: "a scenario id or file",
                remedy: "'argus list scenarios'")
        }
        try checkNames(scenario: name)
        let form = try progress.map { text throws(ArgusError) in
            try OptionCheck.choice(text, ProgressForm.self, "--progress")
        }
        let device = try TrainingDevice(named: device)
        let host = try EnvironmentHost()
        let scenario = try host.scenarios.scenario(named: name)
        let algorithm = try Algorithm.named(algorithm)
        let configured = try algorithm.configured(for: scenario, try settings.map(TrainCommand.setting))
        let folder =
            resume ?? out
            ?? "runs/\(scenario.id.replacingOccurrences(of: "/", with: "-"))-\(algorithm.name)-\(seed)"
        let request = TrainingRequest(
            scenario: scenario, algorithm: algorithm, configured: configured,
            steps: try TrainCommand.count(steps, "--steps"), seed: seed, entry: entry ?? algorithm.name.uppercased(),
            evaluationEpisodes: try OptionCheck.inRange(evaluationEpisodes, 1...10_000_000, "--evaluation-episodes"),
            evaluations: try OptionCheck.atLeastOne(evaluations, "--evaluations"),
            absoluteEpisodes: try OptionCheck.inRange(absoluteEpisodes, 1...10_000_000, "--absolute-episodes"),
            threads: try OptionCheck.inRange(threads, 1...1024, "--threads"), device: device.name, folder: folder,
            resume: resume != nil)
        Interruption.listen(limit: 1)
        // A reader of the progress that went away must not kill the run before it has saved.
        signal(SIGPIPE, SIG_IGN)
        if stopWithStdin { StandardInput.whenItEnds { Interruption.request() } }
        if let done = try Trainer.finishedResult(of: request, host: host) {
            try show(done, folder: folder)
            return
        }
        let line = ProgressLine(style: form == .json ? .json : ProgressLine.Style.forTerminal)
        let result = try device.run {
            let trainer = try Trainer(request, host: host)
            tell(trainer.changes)
            for loss in trainer.losses { ErrorOutput.warn("\(loss): what is lost is in no curve") }
            return try trainer.run { line.show($0) }
        }
        line.finish()
        guard let result else {
            let remedy = "go on with the same command, and '--resume \(folder)' in place of --out"
            StandardStream.error.write("interrupted: saved; \(remedy)\n")
            throw ExitCode(130)
        }
        if form != .json { try show(result, folder: folder) }
    }

    /// Refuses two names for one thing, and none.
    private func checkNames(scenario name: String) throws(ArgusError) {
        if let scenarioOption, scenarioOption != name {
            throw ArgusError(
                .configuration, "two scenarios", at: "argus train", found: "\(name) and --scenario \(scenarioOption)",
                expected: "one of them")
        }
        if let out, let resume, out != resume {
            throw ArgusError(
                .configuration, "two run folders", at: "argus train", found: "--out \(out) and --resume \(resume)",
                expected: "one of them")
        }
        for (option, folder) in [("--out", out), ("--resume", resume)] { try OptionCheck.folder(folder, option) }
    }

    private func tell(_ changes: [String]) {
        guard !changes.isEmpty else { return }
        let what = changes.joined(separator: "; ")
        let note = "note: changed since this run was interrupted: \(what). It may not end as it would have\n"
        StandardStream.error.write(note)
    }

    private func show(_ result: RunResult, folder: String) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(result), as: UTF8.self))
            return
        }
        for mode in result.outcomes.keys.sorted(by: >) {
            guard let outcome = result.outcomes[mode] else { continue }
            let interval = outcome.return.ci95.map { String(format: " [%.3f, %.3f]", $0[0], $0[1]) } ?? ""
            print(
                String(format: "return, %@: %.3f", mode, outcome.return.mean) + interval
                    + " over \(outcome.episodes) episodes"
                    + (outcome.failed > 0 ? ", \(outcome.failed) failed" : ""))
        }
        print(
            String(
                format: "%d steps in %.0f s, %.0f steps/s in training; best checkpoint at step %d", result.step,
                result.wallSeconds, result.stepsPerSecond, result.bestStep ?? 0))
        if let failed = result.failedTrainingEpisodes {
            print("\(failed) episodes of training failed, and were learnt nothing from")
        }
        print("run folder: \(folder)")
    }

    private static func count(_ text: String, _ flag: String) throws(ArgusError) -> Int {
        let digits = text.replacingOccurrences(of: "_", with: "")
        guard let value = Int(digits) ?? Double(digits).flatMap({ Int(exactly: $0) }), value >= 1 else {
            throw ArgusError(
                .configuration, "bad value", at: flag, found: "'\(text)'", expected: "an integer of at least 1",
                remedy: "'\(flag) 1000000'")
        }
        return value
    }

    private static func setting(_ text: String) throws(ArgusError) -> (name: String, value: String) {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw ArgusError(
                .configuration, "bad setting", at: "--set", found: "'\(text)'", expected: "KEY=VALUE",
                remedy: "'--set learning_rate=0.001'")
        }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
}
#endif
