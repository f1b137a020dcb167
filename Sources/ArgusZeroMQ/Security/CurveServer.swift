import Synchronization

/// The keys of a server, and the public keys of those who may connect. Everybody else is refused.
///
/// It may serve several sockets of its context. Each holds it, so that the list is there as long as they are.
public final class CurveServer: Sendable {
    public let keys: KeyPair
    /// The name that this server's sockets have with the context's authenticator (ZAP, RFC 27).
    public let domain: String
    private let authenticator: Authenticator

    /// - Parameters:
    ///   - allowed: who may connect; empty: nobody.
    ///   - context: that of the sockets.
    ///   - onRefusal: called for every client that the authenticator refuses, on its thread, and must be quick: other
    ///     clients wait. libzmq's clients try again after their reconnect interval, so expect repetitions. Clients
    ///     that do not come as far, having another mechanism or a wrong key for this server, are told by the socket's
    ///     monitor alone: see ``Refusal/init(_:)``.
    /// - Throws: ``ZeroMQError`` when the context has an authenticator of another library, or too many sockets.
    public init(
        keys: KeyPair, allowed: Set<PublicKey>, context: Context = .shared,
        onRefusal: @escaping @Sendable (Refusal) -> Void = { _ in }
    ) throws(ZeroMQError) {
        self.keys = keys
        domain = "argus.\(nextDomainNumber.add(1, ordering: .relaxed).newValue)"
        authenticator = try context.authenticator()
        authenticator.register(domain, allowed: allowed, onRefusal: onRefusal)
    }

    deinit { authenticator.remove(domain) }
}

private let nextDomainNumber = Atomic<Int>(0)
