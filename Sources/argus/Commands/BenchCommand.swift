import ArgumentParser
import ArgusBench
import ArgusHost

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

            Each job is a process and a folder of its own. However a suite was stopped, --resume goes on: finished jobs \
            are not repeated, and others go on from their last checkpoint.
            """)

    @Argument(help: "Suite id or file; not needed with --resume.")
    var suite: String?

    @Option(help: "Result folder. Default: results/SUITE-DATE-TIME.")
    var out: String?

    @Option(help: "Jobs side by side. Default: as many as there are cores.")
    var jobs: Int?

    @Option(help: "Go on with the suite in this result folder.")
    var resume: String?

    @Flag(help: "Only list the jobs, with an estimate of time and disk.")
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
            suite: suite, out: out, jobs: jobs, resume: resume, dryRun: dryRun, json: json, algorithms: algorithms,
            scenarioHash: { scenario throws(ArgusError) in
                try scenario.hash(for: try host.descriptor(for: scenario))
            },
            check: { entry, scenario throws(ArgusError) in try BenchCommand.check(entry, scenario, host) })
        let status = try Bench.run(options, catalog: host.scenarios)
        if status != 0 { throw ExitCode(status) }
    }

    /// Refuses an entry that its job would refuse, before the first job has cost any time.
    private static func check(
        _ entry: Suite.Entry, _ scenario: Scenario, _ host: EnvironmentHost
    ) throws(ArgusError) {
        do throws(ArgusError) {
            let environment = try host.makeVectorEnvironment(scenario, copies: 1)
            switch entry.work {
            case .evaluate(let team):
                let specification = try TeamSpecification([team])
                try AvailablePolicies.check(specification, allowsHumans: false)
                _ = try Team(
                    specification, environment: environment, providers: AvailablePolicies.providers,
                    settings: PolicySettings(seed: 0))
            case .train(let algorithm, _, let settings):
                #if ARGUS_TRAIN
                try Algorithm.named(algorithm)
                    .configured(settings.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) })
                    .require(environment)
                #else
                throw MissingLibtorch.error(for: "algorithm '\(algorithm)'")
                #endif
            }
        } catch {
            // The suite's file is where it must be mended.
            var error = error
            if !entry.place.isEmpty { error.place = "\(entry.place), entry '\(entry.name)': \(error.place)" }
            throw error
        }
    }
}
