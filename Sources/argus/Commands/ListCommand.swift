import ArgumentParser
import ArgusHost

/// `argus list`
struct ListCommand: ParsableCommand {
    enum Kind: String, CaseIterable {
        case scenarios, environments, algorithms, policies, suites
    }

    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "What there is: scenarios, environments, algorithms, policies, suites.",
        discussion: """
            Example:
              argus list scenarios
              argus list policies --json

            What cannot be read is told on standard error after the rest, and the exit status is then 1.
            """)

    @Argument(help: "scenarios, environments, algorithms, policies or suites.")
    var kind = Kind.scenarios.rawValue

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let kind = try OptionCheck.choice(kind, Kind.self, "argus list")
        var problems: [ArgusError] = []
        switch kind {
        case .scenarios: problems = try show(try ScenarioListing(EnvironmentHost()))
        case .environments: problems = try show(EnvironmentListing(EnvironmentHost()))
        case .algorithms:
            #if ARGUS_TRAIN
            problems = try show(AlgorithmListing())
            #else
            throw MissingLibtorch.error(for: "algorithms")
            #endif
        case .policies: problems = try show(PolicyListing(EnvironmentHost()))
        case .suites: problems = try show(try SuiteListing(EnvironmentHost()))
        }
        for problem in problems { problem.report() }
        if !problems.isEmpty { throw ExitCode(1) }
    }

    private func show(_ listing: some Listing) throws -> [ArgusError] {
        if json {
            try StandardOutput.printJSON(listing.items)
        } else if listing.items.isEmpty {
            print("none")
        } else {
            StandardOutput.print(listing.table)
            if let note = listing.note { StandardOutput.paragraph("\n\(note)") }
        }
        return listing.problems
    }
}
