import ArgumentParser
import ArgusHost
import ArgusLanguage
import ArgusZeroMQ
import Foundation

/// `argus serve`
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve a scenario, or policies that play it, to programs elsewhere.",
        discussion: """
            Example:
              argus serve warehouse/tiny-2ag --bind tcp://127.0.0.1:5555
              argus serve warehouse/tiny-2ag --bind tcp://10.0.0.5:5555 --keys server.key --allow client.pub
              argus serve foraging/8x8-2p-2f-coop --team run:runs/mine --bind tcp://127.0.0.1:5556

            In Python, argus_env.connect("tcp://127.0.0.1:5555") is the scenario; with --team, \
            argus_env.load_policy("tcp://127.0.0.1:5556") is the policy. Addresses that other machines can reach need keys: \
            'argus keys new NAME' writes them.
            """)

    @OptionGroup var scenarioArgument: ScenarioArgument

    @Option(help: "Where to wait for programs: tcp://ADDRESS:PORT (port *: any free one) or ipc://PATH.")
    var bind: String?

    @Option(help: "Serve these policies instead of the environment, as in 'argus play --team'.")
    var team: [String] = []

    @Option(help: "File with this side's keys (NAME.key).")
    var keys: String?

    @Option(help: "File with the public key of a program that may connect (NAME.pub); may repeat.")
    var allow: [String] = []

    func run() throws {
        let notes = RefusalNotes(place: bind ?? "argus serve")
        let way = try way(notes)
        let host = try EnvironmentHost()
        let scenario = try scenarioArgument.scenario("argus serve", host)
        if StandardInput.isPipe { StandardInput.whenItEnds { Foundation.exit(0) } }
        let server: PeerServer
        if team.isEmpty {
            server = try PeerServer(scenario: scenario, source: try host.source(for: scenario), way)
        } else {
            server = try PeerServer(
                team: try TeamSpecification(team), scenario: scenario, host: host,
                providers: AvailablePolicies.providers(AvailablePolicies.language(.init(host.scenarios))), way)
        }
        ExitOnInterrupt.listen()
        let played = team.isEmpty ? "" : ", team \(team.joined(separator: ","))"
        Warning.note("serving \(scenario.id)\(played) at \(server.endpoint)")
        try server.run(onRefusal: { notes.note($0) })
    }

    private func way(_ notes: RefusalNotes) throws -> PeerServer.Way {
        // Started by a program that waits for this one.
        if bind == nil, let endpoint = ProcessInfo.processInfo.environment["ARGUS_ENDPOINT"], !endpoint.isEmpty {
            return .connect(endpoint)
        }
        guard let bind else {
            throw ArgusError(
                .configuration, "missing option", at: "--bind", found: "none", expected: "an address to wait at",
                remedy: "'--bind tcp://127.0.0.1:5555'")
        }
        do {
            let endpoint = try Endpoint(bind, for: .bind)
            try endpoint.requireKeys(keys != nil)
            guard let keys else {
                guard allow.isEmpty else {
                    throw ArgusError(
                        .configuration, "missing option", at: "--keys", found: "--allow alone: all may connect",
                        expected: "this side's keys", remedy: "'argus keys new NAME' and '--keys NAME.key'")
                }
                return .bind(bind, .none)
            }
            guard !allow.isEmpty else {
                throw ArgusError(
                    .configuration, "missing option", at: "--allow", found: "--keys alone: nobody may connect",
                    expected: "public keys of programs that may connect", remedy: "'--allow NAME.pub'")
            }
            var allowed: Set<PublicKey> = []
            for file in allow { allowed.insert(try KeyFile.readPublicKey(file)) }
            let pair = try KeyFile.readKeyPair(keys)
            return .bind(bind, .curveServer(try CurveServer(keys: pair, allowed: allowed) { notes.note($0) }))
        } catch let error as ConfigurationError {
            throw ArgusError(error, .configuration)
        }
    }
}
