import ArgumentParser
import ArgusHost

/// SCENARIO, as an argument or as `--scenario`.
struct ScenarioArgument: ParsableArguments {
    @Argument(help: "Scenario id or file.")
    var scenario: String?

    @Option(name: .customLong("scenario"), help: "The same, as an option.")
    var scenarioOption: String?

    /// - Parameter command: as `argus play`, for messages.
    func scenario(_ command: String, _ host: EnvironmentHost) throws(ArgusError) -> Scenario {
        if let scenario, let scenarioOption, scenario != scenarioOption {
            throw ArgusError(
                .configuration, "two scenarios", at: command, found: "'\(scenario)' and '\(scenarioOption)'",
                expected: "one of them")
        }
        guard let name = scenario ?? scenarioOption else {
            throw ArgusError(
                .configuration, "no scenario", at: command, found: "none", expected: "a scenario's id or file",
                remedy: "'argus list scenarios'")
        }
        return try host.scenarios.scenario(named: name)
    }
}
