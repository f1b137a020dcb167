import ArgumentParser
import ArgusBench
import ArgusHost

/// `argus verify`
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Replay what was recorded and compare every value.",
        discussion: """
            Example:
              argus verify foraging recorded.jsonl
              argus play foraging/8x8-2p-2f-coop --record own.jsonl
              argus verify foraging own.jsonl

            FILE holds a JSON object a line. The first says what was played:
              {"reference": "rware 2.0.0", "environment": "warehouse",
               "parameters": {...}, "horizon": 500, "agents": ["robot_0", ...]}
            ("reward": "team" says that rewards are the team's; without it they are each agent's own.) Each other line is \
            an episode of T steps:
              {"seed": 7, "actions": [T][agents], "rewards": [T][agents],
               "terminated": [T], "truncated": [T],
               "observations": [T+1][agents][size]}
            An action is a number, or a list of one a head (or component). Instead of "observations" there may be \
            "observation_hashes": T+1 64-bit FNV-1a hashes in hexadecimal, over the little-endian f32 bytes of all agents' \
            rows in order; or neither.

            The end: the horizon is the host's, and environments end by rule only. The rules must end the episode at step \
            T if its optional "ended" is true or, without "ended", if terminated[T-1] is; "ended" is for references that \
            call their own time limit "terminated". If the rules do not end it, it must be cut off at step T when T is the \
            horizon, and otherwise go on. Before step T it must always go on.

            Values are compared as f32, bit for bit. The first difference ends the comparison with exit status 1.

            Where small differences grow, as in a continuous world, a file holds single transitions instead. Its header:
              {"reference": "jaxmarl 0.2.0 SMAX", "map": "3m", "observation_size": 75, "state_size": 72,
               "agents": ["ally_0", ...]}
            A key with the name of one of the environment's parameters is that parameter. Each other line is one step:
              {"masks": [agents][choices], "actions": [agents], "rewards": [agents],
               "dones": [agents], "observations": [agents][size], "world_state": [size]}
            and whatever the environment takes its state from (the plugin's README names the keys): masks are those before \
            the step, the rest is after it. Values may differ by 0.0001.
            """)

    @Argument(help: "Id of the environment; see 'argus list environments'.")
    var environment: String

    @Argument(help: "Recording (.jsonl).")
    var file: String

    @Option(help: "How far numbers may differ. Default: 0 for episodes, 0.0001 for transitions.")
    var tolerance: Double?

    @Flag(help: "Print the outcome as JSON.")
    var json = false

    private struct Document: Encodable {
        struct Difference: Encodable {
            var episode: Int?
            var seed: UInt64?
            var step: Int
            var agent: String?
            var quantity: String
            var component: Int?
            var found: String
            var expected: String
        }

        var environment: String
        var file: String
        var reference: String?
        var equal: Bool
        var episodes: Int
        var steps: Int
        var difference: Difference?
    }

    func run() throws {
        ExitOnInterrupt.listen()
        let tolerance = try tolerance.map { Float(try OptionCheck.nonNegative($0, "--tolerance")) }
        let host = try EnvironmentHost()
        let recording = try Recording(path: file)
        let line = LiveLine()
        let outcome: VerificationOutcome
        switch recording {
        case .episodes(let episodes):
            let verification = try EpisodeVerification(
                environment: environment, recording: episodes, host: host, tolerance: tolerance ?? 0)
            outcome = try verification.run { line.show("\($0) of \($1) episodes") }
        case .transitions(let transitions):
            let verification = try TransitionVerification(
                environment: environment, recording: transitions, host: host, tolerance: tolerance ?? 1e-4)
            outcome = try verification.run { line.show("\($0) of \($1) transitions") }
        }
        line.clear()
        if json {
            try StandardOutput.printJSON(
                Document(
                    environment: environment, file: file, reference: recording.reference,
                    equal: outcome.difference == nil, episodes: outcome.episodes, steps: outcome.steps,
                    difference: outcome.difference.map {
                        Document.Difference(
                            episode: $0.episode, seed: $0.seed, step: $0.step, agent: $0.agent, quantity: $0.quantity,
                            component: $0.component, found: $0.found, expected: $0.expected)
                    }))
        } else {
            let against = recording.reference.map { " to \($0)" } ?? ""
            let rest = outcome.difference == nil ? "" : " before the first difference"
            print("\(VerifyCommand.counts(outcome, recording)), all equal\(against)\(rest)")
        }
        if let difference = outcome.difference { throw difference.error }
    }

    private static func counts(_ outcome: VerificationOutcome, _ recording: Recording) -> String {
        func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
        if case .transitions = recording { return counted(outcome.steps, "transition") }
        return "\(counted(outcome.episodes, "episode")), \(outcome.steps) steps"
    }
}
