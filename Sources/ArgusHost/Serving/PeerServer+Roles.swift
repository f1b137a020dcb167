import ArgusWire
import Glibc

extension PeerServer {
    /// A server of all environments of a source.
    public convenience init(environmentsOf source: any EnvironmentSource, _ way: Way) throws {
        let served = ServedEnvironments(source)
        try self.init(way, identity: PeerServer.identity(.environment, source.name, source.version)) {
            EnvironmentSession(served)
        }
    }

    /// A server of one scenario.
    public convenience init(scenario: Scenario, source: any EnvironmentSource, _ way: Way) throws {
        let served = try ServedEnvironments(source, scenario: scenario)
        try self.init(way, identity: PeerServer.identity(.environment, scenario.id, "\(scenario.version)")) {
            EnvironmentSession(served)
        }
    }

    /// A server of the policies that play a scenario.
    public convenience init(
        team: TeamSpecification, scenario: Scenario, host: EnvironmentHost, providers: [any PolicyProvider], _ way: Way
    ) throws {
        let offer = PolicySession.Offer(team: team, scenario: scenario, host: host, providers: providers)
        try self.init(way, identity: PeerServer.identity(.policy, "\(team)", "")) { PolicySession(offer) }
    }

    static func identity(
        _ role: WireRole, _ name: String, _ version: String, capabilities: [String] = []
    ) -> PeerIdentity {
        PeerIdentity(role: role, name: name, version: version, pid: Int(getpid()), capabilities: capabilities)
    }
}
