import ArgumentParser
import ArgusHost

/// `argus describe`
struct DescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe", abstract: "A scenario's rules, spaces, parameters, metrics and references.",
        discussion: """
            Example:
              argus describe foraging/8x8-2p-2f-coop
              argus describe my-scenario.yaml --json
            """)

    @OptionGroup var scenarioArgument: ScenarioArgument

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let host = try EnvironmentHost()
        let scenario = try scenarioArgument.scenario("argus describe", host)
        let description = try ScenarioDescription(scenario, host)
        if json { try StandardOutput.printJSON(description) } else { description.print() }
    }
}
