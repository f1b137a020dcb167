import ArgumentParser
import ArgusBench
import ArgusEnvAPI
import ArgusHost
import ArgusLanguage
import Foundation

/// `argus evaluate`
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Mean return of a team with a 95 % interval, and metrics.",
        discussion: """
            Example:
              argus evaluate foraging/8x8-2p-2f-coop --team scripted --episodes 1000
              argus evaluate warehouse/starter --team run:runs/mine --mode greedy
              argus evaluate foraging/5x5-guide-talk --team run:runs/talk --shuffle-messages
              argus evaluate warehouse/starter --episodes 5 --record talk.txt \
                --team "robot_0=llm:http://127.0.0.1:8080/v1?model=NAME,*=scripted"

            Plays exactly one episode for each of the evaluation seeds of block --seed, which training never sees; the same \
            block gives every team the same episodes.
            """)

    enum ProgressForm: String, CaseIterable { case json }

    @OptionGroup var scenarioArgument: ScenarioArgument
    @OptionGroup var teamArgument: TeamArgument
    @OptionGroup var languageArguments: LanguageArguments

    @Option(
        help:
            "A team of which all agents but the first are taken; the first is of --team. Who plays well with strangers?"
    )
    var partner: String?

    @Option(help: "Write what language models were asked and answered to this file, as text to read.")
    var record: String?

    @Option(help: "Number of episodes.")
    var episodes = 100

    @Option(help: "Block of evaluation seeds; also keys the sampling of actions.")
    var seed: UInt64 = 0

    @Option(help: "sampled or greedy. Default: each policy's own.")
    var mode: String?

    @Option(
        help: """
            Threads that step the environment, and that a language model in this process computes on. Default: 1 for the \
            one, all cores for the other.
            """)
    var threads: Int?

    @Option(help: "Episodes side by side; changes the speed, not the result. Default: 32, or fewer if there are fewer.")
    var copies: Int?

    @Flag(
        help: """
            Play two halves of the copies in turn, so that the policies of one compute while the other steps; changes the \
            speed, not the result.
            """)
    var doubleBuffer = false

    @Flag(
        help: """
            Control: what agents tell each other arrives as it would, but says nothing (communication.shuffle of the \
            scenario); what talking helped is then gone.
            """)
    var shuffleMessages = false

    @Option(help: "Folder for run.json, evaluations.jsonl and result.json.")
    var out: String?

    @Option(help: "Name of the entry in tables. Default: the team.")
    var entry: String?

    @Flag(help: "Print the result as JSON.")
    var json = false

    @Option(help: "json: print one JSON object a line while it goes on, instead of the result.")
    var progress: String?

    @Flag(help: "Stop with status 130 when standard input ends.")
    var stopWithStdin = false

    func run() throws {
        let request = try checked()
        ExitOnInterrupt.listen()
        if stopWithStdin { ExitOnInterrupt.whenStandardInputEnds() }
        let host = try EnvironmentHost()
        var scenario = try scenarioArgument.scenario("argus evaluate", host)
        if shuffleMessages {
            guard scenario.communication != nil else {
                throw ArgusError(
                    .configuration, "no messages to shuffle", at: "--shuffle-messages, scenario \(scenario.id)",
                    found: "communication: none", expected: "a scenario whose agents talk")
            }
            scenario.communication?.shuffle = true
        }
        let isHalved = doubleBuffer && min(request.copies, episodes) > 1
        let copies = min(request.copies, episodes)
        let environment = try host.makeVectorEnvironment(
            scenario, copies: isHalved ? (copies + 1) / 2 : copies, threads: request.threads)
        let settings = PolicySettings(seed: seed, mode: request.mode)
        let names = environment.specification.agents.map(\.name)
        let played =
            try request.partner.map { partner throws(ArgusError) in
                try request.team.crossed(with: partner, agents: names)
            } ?? request.team
        guard record == nil || played.usesLanguageModels else {
            throw ArgusError(
                .configuration, "nothing to record", at: "--record", found: "team '\(played)', without language models",
                expected: "a team with one, as its decisions are what is written")
        }
        // Before a cache is made in it.
        if let out { try AtomicFile.makeFolder(out) }
        let language = try languageArguments.provider(
            host, folder: played.usesLanguageModels ? out : nil, transcript: record,
            threads: threads)
        let team = try TeamArgument.team(played, environment, settings, language)
        let other =
            try isHalved
            ? { () throws(ArgusError) in
                let other = try host.makeVectorEnvironment(scenario, copies: copies / 2, threads: request.threads)
                return (other, try TeamArgument.team(played, other, settings, language))
            }() : nil
        let source = try host.source(for: scenario)
        let descriptor = try source.descriptor(for: scenario)
        // "own": some of its policies draw their actions, others take the most probable.
        let mode = request.mode?.rawValue ?? team.mode?.rawValue ?? "own"
        let directory = try out.map { path throws(ArgusError) in
            var manifest = try manifest(request, scenario, source, descriptor, mode)
            manifest.policyHashes = try EvaluateCommand.policyHashes(request, agents: names)
            let directory = try RunDirectory(path)
            try EvaluateCommand.requireSameRun(manifest, path)
            try directory.write(manifest)
            return directory
        }

        let progress = EvaluationProgress(
            episodes: episodes, isJSON: request.progress == .json, environment: environment, costs: team.costs)
        let record = try play(environment, team, other, mode, progress)
        // A server that is away is its fault, not the environment's, also where it has spoilt every episode.
        if directory != nil { try EvaluateCommand.requireAnswers(team.costs.map(\.usage), record) }
        guard !record.returns.isEmpty else {
            throw ArgusError(
                .plugin, "every episode failed", at: "scenario \(scenario.id)",
                found: environment.lastReport ?? "no reason given", expected: "valid episodes")
        }
        let result = try result(record, scenario, request, team, try scenario.hash(for: descriptor), mode, progress)
        if let directory {
            let lines = try JSONLines(path: directory.evaluationsPath) { (_: EvaluationRecord) in false }
            try lines.append(record)
            try lines.synchronize()
            try directory.write(result)
        }
        progress.finish()
        if request.progress == nil { try show(EvaluationSummary(result, team: request.team.description)) }
    }

    // MARK: Details

    private struct Request {
        var team: TeamSpecification
        var partner: TeamSpecification?
        var mode: PolicySettings.Mode?
        var threads: Int
        var copies: Int
        var progress: ProgressForm?
    }

    private func entryName(_ request: Request) -> String {
        entry ?? request.team.description + (request.partner.map { " with \($0)" } ?? "")
    }

    private func checked() throws(ArgusError) -> Request {
        _ = try OptionCheck.inRange(episodes, 1...10_000_000, "--episodes")
        try RunDirectory.requireName(out, option: "--out")
        if let out { try RunDirectory.requireNoSuite(at: out) }
        return Request(
            team: try teamArgument.specification(),
            partner: try partner.map { text throws(ArgusError) in
                let team = try TeamSpecification([text])
                try AvailablePolicies.check(team, allowsHumans: false)
                return team
            },
            mode: try mode.map { text throws(ArgusError) in
                try OptionCheck.choice(text, PolicySettings.Mode.self, "--mode")
            },
            threads: try OptionCheck.inRange(threads ?? 1, 1...1024, "--threads"),
            copies: try OptionCheck.inRange(copies ?? 32, 1...100_000, "--copies"),
            progress: try progress.map { text throws(ArgusError) in
                try OptionCheck.choice(text, ProgressForm.self, "--progress")
            })
    }

    /// A folder that holds a run is written again only by the same evaluation.
    private static func requireSameRun(_ wanted: RunManifest, _ path: String) throws(ArgusError) {
        guard let found = RunDirectory.manifest(at: path) else { return }
        func words(_ run: RunManifest) -> String {
            let partner = run.partner.map { " with \($0)" } ?? ""
            let work =
                run.algorithm ?? "team \(run.team ?? "unknown")\(partner), \(run.hyperparameters["mode"] ?? "") mode"
            return "\(work) on \(run.scenario) (\(run.scenarioHash)), entry \(run.entry), seed \(run.seed), "
                + "\(run.absoluteEpisodes) episodes"
        }
        guard words(found) == words(wanted) else {
            throw ArgusError(
                .output, "folder holds another run", at: path, found: words(found), expected: words(wanted),
                remedy: "another --out")
        }
    }

    /// A run of which a server has spoilt episodes is not done: those that are left might be the easy ones.
    private static func requireAnswers(_ models: [ModelUsage], _ record: EvaluationRecord) throws(ArgusError) {
        let lost = ParseOutcome.allCases.filter { !$0.isModels }.map(\.rawValue)
        guard let model = models.first(where: { model in lost.contains { model.outcomes[$0] != nil } }) else { return }
        throw ArgusError(
            .policy, "a model's server did not answer", at: "policy '\(model.model)'",
            found: "\(record.failed) of \(record.failed + record.returns.count) episodes lost "
                + "(\(model.reasons.first ?? "no reason given"))",
            expected: "every episode", remedy: "the same again when it is back: replies that came are kept")
    }

    private func play(
        _ environment: VectorEnvironment, _ team: Team, _ other: (VectorEnvironment, Team)?, _ mode: String,
        _ progress: EvaluationProgress
    ) throws(ArgusError) -> EvaluationRecord {
        let seeds = EvaluationSeeds.absolute.seeds(block: seed, count: episodes)
        let episodes: PlayedEpisodes
        if let other {
            episodes = try VectorEnvironment.play(seeds: seeds, alternating: (environment, other.0)) {
                half throws(ArgusError) in
                try (half === environment ? team : other.1).act(on: half)
                progress.count()
            } progress: { finished in
                progress.show(finished)
            }
        } else {
            episodes = try environment.play(seeds: seeds) { () throws(ArgusError) in
                try team.act(on: environment)
                progress.count()
            } progress: { finished in
                progress.show(finished)
            }
        }
        progress.steps = episodes.steps
        var record = EvaluationRecord(
            episodes, step: 0, purpose: EvaluationSeeds.absolute.name, mode: mode,
            wallSeconds: progress.seconds)
        record.costs = EvaluateCommand.costs(team.costs, episodes: record.seeds)
        return record
    }

    /// Of all models together, in the order of the episodes; nil without models.
    private static func costs(_ models: [any PolicyCosts], episodes: [UInt64]) -> [String: [Double]]? {
        guard !models.isEmpty else { return nil }
        let each = episodes.map { seed in
            models.reduce(into: [:]) { sum, model in sum.merge(model.costs(ofEpisode: seed), uniquingKeysWith: +) }
        }
        let names = Set(each.flatMap(\.keys))
        return Dictionary(uniqueKeysWithValues: names.map { name in (name, each.map { $0[name] ?? 0 }) })
    }

    /// Of the runs whose policies play, the team's before its partner's; nil where none does.
    private static func policyHashes(_ request: Request, agents: [String]) throws(ArgusError) -> [String]? {
        var hashes: [String] = []
        for team in [request.team, request.partner].compactMap({ $0 }) {
            var seen: Set<String> = []
            for policy in try team.policies(for: agents) where policy.hasPrefix("run:") && seen.insert(policy).inserted
            {
                if let path = RunDirectory.policyPath(in: String(policy.dropFirst("run:".count))) {
                    hashes.append(try Fingerprint.file(path))
                }
            }
        }
        return hashes.isEmpty ? nil : hashes
    }

    private func manifest(
        _ request: Request, _ scenario: Scenario, _ source: any EnvironmentSource, _ descriptor: EnvironmentDescriptor,
        _ mode: String
    ) throws(ArgusError) -> RunManifest {
        var settings = ["mode": mode]
        if shuffleMessages { settings["shuffle_messages"] = "true" }
        return RunManifest(
            scenario: scenario.id, scenarioVersion: scenario.version, scenarioHash: try scenario.hash(for: descriptor),
            scenarioText: try scenario.canonicalText(for: descriptor),
            plugin: source.shortName,
            pluginHash: try source.fingerprint(),
            entry: entryName(request), seed: seed, algorithm: nil,
            hyperparameters: settings, team: request.team.description, steps: 0,
            evaluationEpisodes: 0,
            evaluations: 0, absoluteEpisodes: episodes, threads: request.threads, codeRevision: Machine.codeRevision,
            versions: Machine.versions, machine: Machine.description, partner: request.partner?.description)
    }

    private func result(
        _ record: EvaluationRecord, _ scenario: Scenario, _ request: Request, _ team: Team, _ hash: String,
        _ mode: String, _ progress: EvaluationProgress
    ) throws -> RunResult {
        var outcome = record.outcome(scenario)
        // Student's t, as all tables have it.
        let estimate = try ReturnEstimate(episodeReturns: [record.returns], isTrained: false).interval
        outcome.return = MeanRecord(
            mean: estimate.mean, ci95: estimate.interval.map { [$0.low, $0.high] }, n: estimate.count)
        return RunResult(
            scenario: scenario.id, scenarioHash: hash, entry: entryName(request), seed: seed,
            algorithm: nil, team: request.team.description, centralised: team.isCentralised, step: 0,
            mode: mode, outcomes: [mode: outcome], bestStep: nil,
            wallSeconds: record.wallSeconds, stepsPerSecond: Double(progress.steps) / max(record.wallSeconds, 1e-9),
            partner: request.partner?.description, models: team.costs.map(\.usage))
    }

    private func show(_ summary: EvaluationSummary) throws(ArgusError) {
        if json {
            try StandardOutput.printJSON(summary)
        } else {
            summary.print()
        }
    }
}
