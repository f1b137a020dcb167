import ArgumentParser
import ArgusHost

/// `--team`, which may repeat.
struct TeamArgument: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "POLICY, or AGENT=POLICY items separated by commas ('*': the other agents); may be repeated. "
                + "Default: random.",
            discussion: "POLICY is random, scripted[:NAME], run:DIR or peer:COMMAND; see 'argus list policies'.",
            valueName: "spec"))
    var team: [String] = []

    func specification() throws(ArgusError) -> TeamSpecification {
        guard !team.isEmpty else { return TeamSpecification(policy: "random") }
        do {
            let specification = try TeamSpecification(team)
            try AvailablePolicies.check(specification)
            return specification
        } catch {
            throw TeamArgument.atOption(error)
        }
    }

    /// The team that plays `environment`.
    static func team(
        _ specification: TeamSpecification, _ environment: VectorEnvironment, _ settings: PolicySettings
    ) throws(ArgusError) -> Team {
        do {
            return try Team(
                specification, environment: environment, providers: AvailablePolicies.providers, settings: settings)
        } catch {
            throw atOption(error)
        }
    }

    /// The team came from an option, and the message says so.
    private static func atOption(_ error: ArgusError) -> ArgusError {
        var error = error
        if error.place.hasPrefix("team '") { error.place = "--" + error.place }
        if error.code == .policy, error.place.hasPrefix("scenario ") { error.place = "--team, " + error.place }
        return error
    }
}
