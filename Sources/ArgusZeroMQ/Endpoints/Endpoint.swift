import Glibc

/// Where a socket is bound or connects to: `tcp://HOST:PORT`, `ipc://PATH` or `inproc://NAME`.
public struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// What an endpoint is for; some may be only one of them.
    public enum Use: Sendable, Hashable {
        case bind
        case connect
    }

    /// The parts of an endpoint.
    public enum Address: Sendable, Hashable {
        /// `host` is an IPv4 address, `*` (all addresses of this machine; only to bind) or a name (only to connect).
        /// `port` is 1 to 65535, or nil for any free one (only to bind).
        case tcp(host: String, port: UInt16?)
        /// A socket in the file system; a name after `@` is one without a file, which any user of the machine can reach.
        case ipc(path: String)
        /// Within a context.
        case inproc(name: String)
    }

    /// The longest path of an `ipc` endpoint, bytes: what `sockaddr_un` has room for.
    public static let maximumPathLength = 107

    public let address: Address
    public let use: Use

    /// Reads an endpoint; port `*` or `0` means any free port, and is only to bind.
    ///
    /// - Throws: ``ConfigurationError`` (endpoint) that says what is wrong with it.
    public init(_ text: String, for use: Use) throws(ConfigurationError) {
        address = try EndpointParser(text: text, use: use).address()
        self.use = use
    }

    init(_ address: Address, for use: Use) {
        self.address = address
        self.use = use
    }

    /// As libzmq takes it.
    public var description: String {
        switch address {
        case .tcp(let host, let port): "tcp://\(host):\(port.map(String.init) ?? "*")"
        case .ipc(let path): "ipc://\(path)"
        case .inproc(let name): "inproc://\(name)"
        }
    }

    /// Whether nobody on another machine can be on the other side: `inproc`, `ipc` in a folder that only this user can
    /// enter, and `tcp` on 127.0.0.0/8 or, to connect, `localhost`.
    ///
    /// Other users of this machine can still reach a loopback port; a ``PrivateFolder`` keeps them out too.
    public var isPrivate: Bool {
        switch address {
        case .inproc: true
        case .ipc(let path): Endpoint.isInPrivateFolder(path)
        case .tcp(let host, _): host.lowercased() == "localhost" || EndpointParser.ipv4(host)?.first == 127
        }
    }

    /// Whether a socket's folder is this user's and lets in nobody else. A name after `@` is open to all users.
    private static func isInPrivateFolder(_ path: String) -> Bool {
        guard !path.hasPrefix("@") else { return false }
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        return stat(folder, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            && status.st_uid == geteuid() && status.st_mode & 0o077 == 0
    }

    /// The rule for whatever leaves this machine: only with CURVE keys.
    ///
    /// - Throws: ``ConfigurationError`` (keys required) for an endpoint that is not private, without keys.
    public static func requireKeysBeyondLoopback(bind endpoint: Endpoint, hasKeys: Bool) throws(ConfigurationError) {
        try endpoint.requireKeys(hasKeys)
    }

    /// The same rule for an endpoint of either use.
    public func requireKeys(_ hasKeys: Bool) throws(ConfigurationError) {
        guard !isPrivate, !hasKeys else { return }
        let verb = use == .bind ? "bind" : "connect"
        var remedy = "'argus keys new NAME' on each side and passing the files"
        if case .tcp(_, let port) = address, use == .bind {
            remedy += ", or tcp://127.0.0.1:\(port.map(String.init) ?? "*")"
        }
        throw ConfigurationError(
            .keysRequired, "cannot \(verb) where others can be", at: "\(self)", found: "no CURVE keys",
            expected: "keys for any address but loopback and ipc in a folder of mode 0700", remedy: remedy)
    }
}
