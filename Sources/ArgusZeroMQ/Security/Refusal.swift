import Glibc

/// A client that was not let in.
public struct Refusal: Sendable, Hashable, CustomStringConvertible {
    /// What was wrong with it.
    public enum Reason: Sendable, Hashable {
        /// Its public key, which it has proved to be its own, is not on the list.
        case keyNotAllowed(PublicKey)
        /// It came by a mechanism that carries no key: "NULL", "PLAIN", …
        case mechanism(String)
        /// It did not come as far as to show its key.
        case handshake(HandshakeFailure)
    }

    /// Seconds since 1970, UTC.
    public let time: Double
    /// The client's address without port; for a failed handshake the endpoint that it came to, since libzmq tells no
    /// more.
    public let address: String
    public let reason: Reason

    init(address: String, reason: Reason) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        time = Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
        self.address = address
        self.reason = reason
    }

    /// The refusal that a server's monitor tells of, and its authenticator does not; nil for other events.
    public init?(_ event: SocketEvent) {
        guard case .handshakeFailed(let failure) = event.kind else { return nil }
        if case .authentication = failure { return nil }
        self.init(address: event.endpoint, reason: .handshake(failure))
    }

    public var description: String {
        switch reason {
        case .keyNotAllowed(let key): "refused \(address): public key \(key) is not allowed"
        case .mechanism(let name): "refused \(address): it came without a key (mechanism \(name))"
        case .handshake(let failure): "refused a client of \(address): \(failure)"
        }
    }
}
