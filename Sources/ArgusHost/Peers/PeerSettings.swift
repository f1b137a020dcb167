import ArgusWire
package import ArgusZeroMQ
import Glibc

/// How a peer is reached, and how long it may take.
package struct PeerSettings: Sendable {
    package enum Way: Sendable {
        /// A program and its arguments.
        case start([String])
        case connect(String)
        case listen(String)
    }

    package let way: Way
    /// The command or address, for messages.
    var name: String
    var timeouts: ScenarioPeer.Timeouts
    /// File with this side's key pair.
    var keys: String?
    /// File with the public key of the peer that this side connects to.
    var server: String?
    /// Files with the public keys of the peers that may connect to this side.
    var allowed: [String] = []
    /// What this side can do beyond the protocol's minimum.
    var capabilities: [String] = []

    init(way: Way, name: String, timeouts: ScenarioPeer.Timeouts) {
        self.way = way
        self.name = name
        self.timeouts = timeouts
    }

    /// The `worker`-th peer of a scenario.
    package init(_ peer: ScenarioPeer, worker: Int, timeouts: ScenarioPeer.Timeouts) {
        let address = peer.address(worker: worker)
        let way: Way =
            switch address {
            case .command(let command):
                .start(["/bin/sh", "-c", "cd -- \"$0\" && \(PeerSettings.replacingShell(command))", peer.folder])
            case .connect(let endpoint): .connect(endpoint)
            case .listen(let endpoint): .listen(endpoint)
            }
        self.init(way: way, name: address.description, timeouts: timeouts)
        keys = peer.keys
        server = peer.server
        allowed = peer.allowed
    }

    /// A simple command takes the shell's place, so that its state and its end can be seen.
    private static func replacingShell(_ command: String) -> String {
        let firstWord = command.prefix { $0 != " " }
        let isSimple = !command.contains { ";|&()<>`\n{}!".contains($0) } && !firstWord.contains("=")
        return isSimple ? "exec \(command)" : command
    }

    /// Variables of a started peer, which connects to `endpoint`.
    package static func environment(endpoint: String) -> [String: String] {
        // Unbuffered, so that the last words of a Python process that dies are not lost.
        ["ARGUS_ENDPOINT": endpoint, "PYTHONUNBUFFERED": "1"]
    }

    /// True when a shell stands between this process and the peer's program.
    var isShell: Bool { if case .start(let arguments) = way { arguments.first == "/bin/sh" } else { false } }

    /// What this side says of itself.
    var identity: PeerIdentity {
        PeerIdentity(
            role: .driver, name: "argus", version: Machine.versions["argus"] ?? "", pid: Int(getpid()),
            capabilities: capabilities)
    }

    func fault(
        _ kind: PeerFault.Kind, phase: String, process: PeerProcess?, state: Character? = nil
    ) -> PeerFault {
        PeerFault(
            kind: kind, phase: phase, peer: name, process: process?.identifier,
            processState: state ?? process?.state, lastLines: process?.lastLines() ?? [])
    }

    // MARK: Keys

    /// Of a socket that peers connect to.
    func serverSecurity(_ endpoint: String) throws -> SocketSecurity {
        try Endpoint(endpoint, for: .bind).requireKeys(keys != nil)
        guard let keys else {
            guard allowed.isEmpty else { throw PeerSettings.half("allowed", "keys") }
            return .none
        }
        guard !allowed.isEmpty else { throw PeerSettings.half("keys", "allowed") }
        var clients: Set<PublicKey> = []
        for file in allowed { clients.insert(try KeyFile.readPublicKey(file)) }
        let notes = RefusalNotes(place: name)
        return .curveServer(
            try CurveServer(keys: try KeyFile.readKeyPair(keys), allowed: clients) { notes.note($0) })
    }

    /// One of two that go together: without the other a connection would be open, or shut for all.
    private static func half(_ found: String, _ missing: String) -> ConfigurationError {
        ConfigurationError(
            .keysRequired, "keys on half the way", at: "environment", found: "'\(found)' alone",
            expected: "'\(missing)' beside it")
    }

    /// Of a socket that connects to a peer.
    package func clientSecurity(_ endpoint: String) throws -> SocketSecurity {
        try Endpoint(endpoint, for: .connect).requireKeys(keys != nil && server != nil)
        guard let keys, let server else {
            if keys != nil { throw PeerSettings.half("keys", "server") }
            if server != nil { throw PeerSettings.half("server", "keys") }
            return .none
        }
        return .curveClient(
            CurveClient(keys: try KeyFile.readKeyPair(keys), serverKey: try KeyFile.readPublicKey(server)))
    }
}
