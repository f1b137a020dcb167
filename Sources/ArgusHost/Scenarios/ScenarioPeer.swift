/// Environments in other processes, as a scenario file names them.
public struct ScenarioPeer: Sendable, Hashable {
    /// Where a peer is.
    public enum Address: Sendable, Hashable, CustomStringConvertible {
        /// A shell command that the host starts, in the folder of the scenario's file.
        case command(String)
        /// The host connects to a peer that is running already.
        case connect(String)
        /// The host waits for a peer to connect.
        case listen(String)

        public init(_ text: String) {
            if text.hasPrefix("connect:") {
                self = .connect(String(text.dropFirst("connect:".count)))
            } else if text.hasPrefix("listen:") {
                self = .listen(String(text.dropFirst("listen:".count)))
            } else {
                self = .command(text)
            }
        }

        public var description: String {
            switch self {
            case .command(let command): command
            case .connect(let endpoint): "connect:\(endpoint)"
            case .listen(let endpoint): "listen:\(endpoint)"
            }
        }
    }

    /// Seconds.
    public struct Timeouts: Sendable, Hashable {
        /// From start to WELCOME, and for making an environment.
        public var start = 60.0
        /// For each reset or step of all copies of a peer.
        public var step = 30.0
        /// Without any sign of life.
        public var heartbeat = 1.5

        public init() {}
    }

    /// The copies are shared among them.
    public var addresses: [Address]
    /// How many processes each command is started as.
    public var processes = 1
    /// Folder that commands run in.
    public var folder = "."
    /// File with this side's CURVE keys; for `connect` and `listen` beyond this machine.
    public var keys: String?
    /// `connect`: file with the peer's public key.
    public var server: String?
    /// `listen`: files with the public keys of the peers that may connect.
    public var allowed: [String] = []

    public init(_ addresses: [Address]) { self.addresses = addresses }

    /// Connections that a vector environment uses.
    var connections: Int { addresses.count * processes }

    /// Where the `worker`-th connection's peer is.
    func address(worker: Int) -> Address { addresses[worker % addresses.count] }

    var description: String { addresses.map(\.description).joined(separator: ", ") }
}
