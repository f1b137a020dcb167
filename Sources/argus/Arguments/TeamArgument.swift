import ArgumentParser
import ArgusHost
import ArgusLanguage

/// `--team`, which may repeat.
struct TeamArgument: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "POLICY, or AGENT=POLICY items separated by commas ('*': the other agents); may be repeated. "
                + "Default: random.",
            discussion: "POLICY is random, scripted[:NAME], run:DIR, llm:MODEL[?option=value&…], peer:COMMAND or, in "
                + "'argus play', human; see 'argus list policies'.",
            valueName: "spec"))
    var team: [String] = []

    /// - Parameter allowsHumans: somebody sits at the keyboard.
    func specification(allowsHumans: Bool = false) throws(ArgusError) -> TeamSpecification {
        guard !team.isEmpty else { return TeamSpecification(policy: "random") }
        do {
            let specification = try TeamSpecification(team)
            try AvailablePolicies.check(specification, allowsHumans: allowsHumans)
            return specification
        } catch {
            throw TeamArgument.atOption(error)
        }
    }

    /// The team that plays `environment`; `keyboard`: whoever plays as `human`.
    static func team(
        _ specification: TeamSpecification, _ environment: VectorEnvironment, _ settings: PolicySettings,
        _ language: LanguagePolicyProvider, keyboard: Keyboard? = nil
    ) throws(ArgusError) -> Team {
        do {
            let humans: [any PolicyProvider] = keyboard.map { [HumanPolicyProvider(keyboard: $0)] } ?? []
            return try Team(
                specification, environment: environment, providers: AvailablePolicies.providers(language) + humans,
                settings: settings)
        } catch {
            throw atOption(error)
        }
    }

    /// The team came from an option, and the message says so.
    private static func atOption(_ error: ArgusError) -> ArgusError {
        var error = error
        if error.place.hasPrefix("team") { error.place = "--" + error.place }
        if error.code == .policy, error.place.hasPrefix("scenario ") { error.place = "--team, " + error.place }
        return error
    }
}
