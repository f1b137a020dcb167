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

            Ctrl-C saves a checkpoint; 'argus train --resume DIR' goes on, with what the run was begun with, and gives the \
            same result as one that was never interrupted (on one thread, bit for bit). The folder holds run.json, \
            metrics.jsonl, evaluations.jsonl, checkpoint/ and, when the run is done, result.json. Play it with '--team run:DIR'.
            """)

    @Argument(help: "Scenario id or file.")
    var scenario: String?

    @Option(name: .customLong("scenario"), help: "The same, as an option.")
    var scenarioOption: String?

    @Option(help: "Algorithm, such as qmix or mappo; see 'argus list algorithms'.")
    var algorithm: String?

    @Option(help: "Environment steps, summed over copies, such as 1000000 or 1e6. Default: 1000000.")
    var steps: String?

    @Option(help: "Seed of the run: fixes weights, episodes and action sampling. Default: 0.")
    var seed: UInt64?

    @Option(name: .customLong("set"), help: "A hyperparameter as KEY=VALUE; may be repeated.")
    var settings: [String] = []

    @Option(help: "Threads of stepping and learning; small networks learn faster with one. Default: 1.")
    var threads: Int?

    @Option(help: "Folder of the run. Default: runs/SCENARIO-ALGORITHM-SEED.")
    var out: String?

    @Option(help: "Go on with the run in this folder. What else is given must be as the run was begun.")
    var resume: String?

    @Option(
        help: "Where networks learn: cpu (the default), or cuda or cuda:N with a GPU and a libtorch for it.")
    var device: String?

    @Option(help: "Name of the entry in tables. Default: the algorithm's name.")
    var entry: String?

    @Option(help: "Episodes of each evaluation; four times as many choose the best checkpoint. Default: 32.")
    var evaluationEpisodes: Int?

    @Option(help: "Evaluations over the run. Default: 20.")
    var evaluations: Int?

    @Option(help: "Episodes of the absolute metric: the best checkpoint, at the end. Default: 320.")
    var absoluteEpisodes: Int?

    @Option(help: "json: print one JSON object a line while it goes on, instead of a progress line and the result.")
    var progress: String?

    @Flag(help: "Stop as if by Ctrl-C when standard input closes.")
    var stopWithStdin = false

    @Flag(help: "Print the result as JSON.")
    var json = false

    enum ProgressForm: String, CaseIterable { case json }

    func run() throws {
        try checkNames()
        let form = try progress.map { text throws(ArgusError) in
            try OptionCheck.choice(text, ProgressForm.self, "--progress")
        }
        // What is not given is as the run was begun.
        let begun = resume.flatMap { RunDirectory.manifest(at: $0) }
        if let resume, begun == nil, scenario ?? scenarioOption == nil {
            throw ArgusError(
                .checkpoint, "nothing to resume", at: resume, found: "no run.json that can be read",
                expected: "a folder that an interrupted 'argus train' left", remedy: "'--out \(resume)' to begin")
        }
        let name = try given(scenario ?? scenarioOption ?? begun?.scenario, "scenario", "a scenario id or file")
        let device = try TrainingDevice(named: device ?? begun?.device ?? "cpu")
        let host = try EnvironmentHost()
        let scenario = try host.scenarios.scenario(named: name)
        let algorithm = try Algorithm.named(
            given(algorithm ?? begun?.algorithm, "algorithm", "'--algorithm' with a name"))
        let request = try request(scenario, algorithm, device, begun: begun)
        let folder = request.folder
        // Where updates are large, what a Ctrl-C asks for comes later.
        Interruption.listen(
            limit: 1,
            notice: isatty(STDERR_FILENO) == 0
                ? ""
                : "\nstopping after this update or evaluation, which is saved then; once more stops at once\n")
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
            for missing in trainer.missingLines { ErrorOutput.warn("\(missing): what is lost is in no curve") }
            return try trainer.run { line.show($0) }
        }
        line.finish()
        guard let result else {
            // A scenario that is not in the folder of scenarios is found by its file only.
            let file = name == scenario.id ? "" : "\(name) "
            StandardStream.error.write("interrupted: saved; go on with: argus train \(file)--resume \(folder)\n")
            throw ExitCode(130)
        }
        if form != .json { try show(result, folder: folder) }
    }

    private func request(
        _ scenario: Scenario, _ algorithm: Algorithm, _ device: TrainingDevice, begun: RunManifest?
    ) throws(ArgusError) -> TrainingRequest {
        let seed = seed ?? begun?.seed ?? 0
        var chosen: [(name: String, value: String)] = []
        for text in settings { chosen.append(try TrainCommand.setting(text)) }
        // Who names the algorithm means it with its defaults.
        if chosen.isEmpty, self.algorithm == nil, let begun {
            chosen = begun.hyperparameters.sorted { $0.key < $1.key }.map { ($0, $1) }
        }
        let evaluationEpisodes = evaluationEpisodes ?? begun?.evaluationEpisodes ?? 32
        let absoluteEpisodes = absoluteEpisodes ?? begun?.absoluteEpisodes ?? 320
        return TrainingRequest(
            scenario: scenario, algorithm: algorithm, configured: try algorithm.configured(for: scenario, chosen),
            steps: try steps.map { text throws(ArgusError) in try TrainCommand.count(text, "--steps") }
                ?? begun?.steps ?? 1_000_000,
            seed: seed, entry: entry ?? begun?.entry ?? algorithm.name.uppercased(),
            evaluationEpisodes: try OptionCheck.inRange(evaluationEpisodes, 1...10_000_000, "--evaluation-episodes"),
            evaluations: try OptionCheck.atLeastOne(evaluations ?? begun?.evaluations ?? 20, "--evaluations"),
            absoluteEpisodes: try OptionCheck.inRange(absoluteEpisodes, 1...10_000_000, "--absolute-episodes"),
            threads: try OptionCheck.inRange(threads ?? begun?.threads ?? 1, 1...1024, "--threads"),
            device: device.name,
            folder: resume ?? out
                ?? "runs/\(scenario.id.replacingOccurrences(of: "/", with: "-"))-\(algorithm.name)-\(seed)",
            resume: resume != nil)
    }

    private func given(_ value: String?, _ what: String, _ expected: String) throws(ArgusError) -> String {
        guard let value else {
            throw ArgusError(
                .configuration, "no \(what)", at: "argus train", found: "none", expected: expected,
                remedy: "'argus list \(what)s'")
        }
        return value
    }

    /// Refuses two names for one thing, and names that are none.
    private func checkNames() throws(ArgusError) {
        if let scenario, let scenarioOption, scenarioOption != scenario {
            throw ArgusError(
                .configuration, "two scenarios", at: "argus train",
                found: "\(scenario) and --scenario \(scenarioOption)",
                expected: "one of them")
        }
        if let out, let resume, out != resume {
            throw ArgusError(
                .configuration, "two run folders", at: "argus train", found: "--out \(out) and --resume \(resume)",
                expected: "one of them")
        }
        try RunDirectory.requireName(out, option: "--out")
        try RunDirectory.requireName(resume, option: "--resume")
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
