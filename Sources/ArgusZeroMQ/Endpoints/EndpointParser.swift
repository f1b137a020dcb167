import Glibc

/// Reads the text of an endpoint, and says what is wrong with it before libzmq says "invalid argument".
struct EndpointParser {
    let text: String
    let use: Endpoint.Use

    func address() throws(ConfigurationError) -> Endpoint.Address {
        guard let range = text.firstRange(of: "://") else {
            throw refused("no '://'", "tcp://HOST:PORT, ipc://PATH or inproc://NAME")
        }
        let rest = text[range.upperBound...]
        guard !rest.isEmpty else { throw refused("nothing after '://'", "an address") }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw refused("a control character", "printable characters")
        }
        switch text[..<range.lowerBound] {
        case "tcp": return try tcp(rest)
        case "ipc": return try ipc(String(rest))
        case "inproc": return .inproc(name: String(rest))
        case let other: throw refused("the transport '\(other)'", "tcp, ipc or inproc")
        }
    }

    private func tcp(_ rest: Substring) throws(ConfigurationError) -> Endpoint.Address {
        guard let colon = rest.lastIndex(of: ":") else {
            throw refused("no port", "HOST:PORT", remedy: use == .bind ? "\(text):*" : nil)
        }
        let host = String(rest[..<colon])
        let port = try port(rest[rest.index(after: colon)...])
        if EndpointParser.ipv4(host) != nil { return .tcp(host: host, port: port) }
        guard !host.contains(":"), !host.hasPrefix("[") else {
            throw refused("an IPv6 address", "an IPv4 address: IPv6 is off")
        }
        // A name in which all is digits and dots would be an address.
        let isName =
            !host.isEmpty && host.utf8.count <= 253
            && host.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
            && host.utf8.contains { isLetter($0) }
        switch use {
        case .bind:
            if host == "*" { return .tcp(host: host, port: port) }
            throw refused(
                host.isEmpty ? "no host" : "the host '\(host)'",
                "an IPv4 address of this machine, or * for all of them",
                remedy: "tcp://127.0.0.1:\(port.map(String.init) ?? "*") for this machine alone")
        case .connect:
            guard isName else {
                throw refused(host.isEmpty ? "no host" : "the host '\(host)'", "an IPv4 address or a host's name")
            }
            return .tcp(host: host, port: port)
        }
    }

    /// Nil for any free port.
    private func port(_ port: Substring) throws(ConfigurationError) -> UInt16? {
        if port == "*" || port == "0" {
            guard use == .bind else { throw refused("port '\(port)'", "the number of the port to connect to") }
            return nil
        }
        guard port.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = UInt16(port) else {
            throw refused("port '\(port)'", "a number from 1 to 65535" + (use == .bind ? ", or *" : ""))
        }
        return number
    }

    private func ipc(_ path: String) throws(ConfigurationError) -> Endpoint.Address {
        guard path != "*" else {
            throw refused("the path '*'", "a path of your own", remedy: "a path in a folder that is yours alone")
        }
        guard path != "@" else { throw refused("no name after '@'", "a name") }
        guard path.utf8.count <= Endpoint.maximumPathLength else {
            throw refused(
                "a path of \(path.utf8.count) bytes", "at most \(Endpoint.maximumPathLength)",
                remedy: "a shorter folder (TMPDIR or XDG_RUNTIME_DIR)")
        }
        return .ipc(path: path)
    }

    /// The four numbers of an IPv4 address, strictly as `a.b.c.d`.
    static func ipv4(_ host: String) -> [UInt8]? {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var numbers: [UInt8] = []
        for part in parts {
            // "010" is eight to some resolvers.
            guard part.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), part == "0" || part.first != "0",
                let number = UInt8(part)
            else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    private func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || (0x30...0x39).contains(byte) }

    private func refused(_ found: String, _ expected: String, remedy: String? = nil) -> ConfigurationError {
        ConfigurationError(
            .endpoint, "unusable endpoint", at: text, found: found, expected: expected, remedy: remedy)
    }
}
