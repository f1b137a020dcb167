import ArgumentParser
import ArgusBench
import ArgusHost
import ArgusLanguage

#if ARGUS_TRAIN
import ArgusTrain
#endif

/// `argus bench`
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Run a suite: jobs, statistics, report.",
        discussion: """
            Example:
              argus bench Scenarios/suites/quick.yaml
              argus bench quick --dry-run
              argus bench --resume results/quick-20260101-120000
              argus bench foraging --entry MAPPO --entry VDN --seed 0

            Each job is a process and a folder of its own. However a suite was stopped, --resume goes on: finished jobs \
            are not repeated, and others go on from their last checkpoint.
            """)

    @Argument(help: "Suite id or file; not needed with --resume.")
    var suite: String?

    @Option(help: "Result folder. Default: results/SUITE-DATE-TIME.")
    var out: String?

    @Option(help: "Jobs side by side. Default: as many as there are cores for.")
    var jobs: Int?

    @Option(
        help: """
            Threads of each job. Trainings come to other numbers with another number of them; language models in \
            process answer faster with more.
            """)
    var threads = 1

    @Option(help: "Go on with the suite in this result folder.")
    var resume: String?

    @Option(name: .customLong("scenario"), help: "Run only the jobs of this scenario. May be repeated.")
    var scenarios: [String] = []

    @Option(name: .customLong("entry"), help: "Run only the jobs of this entry. May be repeated.")
    var entries: [String] = []

    @Option(name: .customLong("seed"), help: "Run only the jobs of this seed. May be repeated.")
    var seeds: [UInt64] = []

    @Option(help: "Ask no language model: take all replies from this file, the replies.sqlite of an earlier suite.")
    var replay: String?

    @Flag(help: "Only list the jobs, with an estimate of time and disk. Tries each training for a moment.")
    var dryRun = false

    @Flag(help: "Print JSON instead of tables.")
    var json = false

    func run() throws {
        let host = try EnvironmentHost()
        var algorithms: [String]?
        #if ARGUS_TRAIN
        algorithms = Algorithm.all.map(\.name)
        #endif
        let options = BenchOptions(
            suite: suite, out: out, jobs: jobs, threads: threads, resume: resume,
            selection: JobSelection(scenarios: scenarios, entries: entries, seeds: seeds), replay: replay,
            dryRun: dryRun, json: json, algorithms: algorithms,
            scenarioHash: { scenario throws(ArgusError) in
                try scenario.hash(for: try host.descriptor(for: scenario))
            },
            check: { entry, scenario throws(ArgusError) in try check(entry, scenario, host) },
            trialRate: { (entry, scenario, threads) throws(ArgusError) in
                try trialRate(entry, scenario, threads, host)
            })
        let status = try Bench.run(options, catalog: host.scenarios)
        if status != 0 { throw ExitCode(status) }
    }

    /// Makes the team, but asks no model anything.
    private func check(
        _ team: TeamSpecification, _ environment: VectorEnvironment, _ host: EnvironmentHost
    ) throws(ArgusError) {
        try AvailablePolicies.check(team, allowsHumans: false)
        var paths = LanguagePolicyProvider.Paths(host.scenarios)
        paths.replay = replay
        _ = try Team(
            team, environment: environment, providers: AvailablePolicies.providers(AvailablePolicies.language(paths)),
            settings: PolicySettings(seed: 0))
    }

    /// Refuses an entry that its job would refuse, before the first job has cost any time.
    private func check(
        _ entry: Suite.Entry, _ scenario: Scenario, _ host: EnvironmentHost
    ) throws(ArgusError) {
        try naming(entry) { () throws(ArgusError) in
            let environment = try host.makeVectorEnvironment(scenario, copies: 1)
            switch entry.work {
            case .evaluate(let team): try check(TeamSpecification([team]), environment, host)
            case .cross(let first, let rest):
                for case .team(let team) in [first, rest] {
                    try check(TeamSpecification([team]), environment, host)
                }
                guard environment.specification.agents.count > 1 else {
                    throw ArgusError(
                        .configuration, "nobody to be crossed with", at: "scenario \(scenario.id)", found: "one agent",
                        expected: "two or more, as 'crossplay' needs")
                }
            case .train(let algorithm, _, let settings):
                #if ARGUS_TRAIN
                try configured(algorithm, settings, scenario).require(environment)
                #else
                throw MissingLibtorch.error(for: "algorithm '\(algorithm)'")
                #endif
            }
        }
    }

    /// What `body` does; its errors name the entry, since the suite's file is where they must be mended.
    private func naming<Value>(
        _ entry: Suite.Entry, _ body: () throws(ArgusError) -> Value
    ) throws(ArgusError) -> Value {
        do throws(ArgusError) {
            return try body()
        } catch {
            var error = error
            if !entry.place.isEmpty { error.place = "\(entry.place), entry '\(entry.name)': \(error.place)" }
            throw error
        }
    }

    /// How fast the entry's training is, tried for a moment; nil where there is none.
    private func trialRate(
        _ entry: Suite.Entry, _ scenario: Scenario, _ threads: Int, _ host: EnvironmentHost
    ) throws(ArgusError) -> Double? {
        #if ARGUS_TRAIN
        guard case .train(let algorithm, _, let settings) = entry.work else { return nil }
        return try naming(entry) { () throws(ArgusError) in
            let configured = try configured(algorithm, settings, scenario)
            return try configured.trialRate(
                in: host.makeVectorEnvironment(scenario, copies: configured.copies, threads: threads), threads: threads)
        }
        #else
        return nil
        #endif
    }

    #if ARGUS_TRAIN
    private func configured(
        _ algorithm: String, _ settings: [String: String], _ scenario: Scenario
    ) throws(ArgusError) -> Algorithm.Configured {
        try Algorithm.named(algorithm).configured(
            for: scenario, settings.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) })
    }
    #endif
}
