import ArgumentParser
import ArgusHost

#if ARGUS_TRAIN
import ArgusTrain
#endif

/// `argus describe`
struct DescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "A scenario's rules, spaces, parameters, metrics and references, or an algorithm's hyperparameters.",
        discussion: """
            Example:
              argus describe foraging/8x8-2p-2f-coop
              argus describe my-scenario.yaml --json
              argus describe mappo
            """)

    @OptionGroup var scenarioArgument: ScenarioArgument

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        #if ARGUS_TRAIN
        // A scenario's id has a slash, and its file a dot.
        if let algorithm = Algorithm.all.first(where: { $0.name == scenarioArgument.scenario?.lowercased() }) {
            let description = AlgorithmDescription(algorithm)
            if json { try StandardOutput.printJSON(description) } else { description.print() }
            return
        }
        #endif
        let host = try EnvironmentHost()
        let scenario = try scenarioArgument.scenario("argus describe", host)
        let description = try ScenarioDescription(scenario, host)
        if json { try StandardOutput.printJSON(description) } else { description.print() }
    }
}
