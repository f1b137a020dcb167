import CZeroMQ
import Glibc

/// A ZeroMQ socket: closed when its owner ends.
///
/// One owner, on one thread at a time: the type is neither copied nor `Sendable`. A new socket belongs to nobody yet,
/// so that it may be *sent*: into another thread's closure, or into a `Mutex<Socket>` that several threads use in
/// turn. libzmq allows that, given a full fence between the turns, and the mutex is one. (`@unchecked Sendable`
/// would allow two threads at once, which corrupts libzmq's state.)
///
/// ```swift
/// let guarded = Mutex(try Socket(.dealer))            // a Mutex<Socket>, which is Sendable
/// let reply = try guarded.withLock { socket in try socket.receive() }
/// ```
public struct Socket: ~Copyable {
    /// The pattern that a socket follows.
    public enum Kind: Sendable, Hashable {
        /// Deals messages to its peers in turn; received ones carry no address.
        case dealer
        /// Begins each message with the routing id of the peer that it came from, or shall go to.
        case router
        /// Talks with exactly one other.
        case pair

        var value: Int32 {
            switch self {
            case .dealer: ZMQ_DEALER
            case .router: ZMQ_ROUTER
            case .pair: ZMQ_PAIR
            }
        }
    }

    /// Whether something was sent or received without waiting.
    public enum Transfer: Sendable, Hashable {
        case complete
        /// Nothing is there to receive, or a queue is full; nothing happened.
        case wouldBlock
    }

    let handle: SocketHandle

    /// - Parameter security: CURVE keys; they hold for all endpoints of this socket.
    /// - Throws: ``ZeroMQError`` for an option's value that libzmq refuses, and when there are too many sockets.
    public init(
        _ kind: Kind, context: Context = .shared, options: SocketOptions = SocketOptions(),
        security: SocketSecurity = .none
    ) throws(ZeroMQError) {
        try self.init(kind, in: context.pointer, holding: context, options: options, security: security)
    }

    /// A socket that does not keep its context alive: that of a thread which ends when the context does.
    init(
        _ kind: Kind, in context: UnsafeMutableRawPointer?, holding owner: Context?, options: SocketOptions,
        security: SocketSecurity
    ) throws(ZeroMQError) {
        guard let pointer = zmq_socket(context, kind.value) else { throw ZeroMQError.latest("zmq_socket") }
        do {
            try options.apply(to: pointer, kind: kind)
            try security.apply(to: pointer)
        } catch {
            zmq_close(pointer)
            throw error
        }
        handle = SocketHandle(pointer: pointer, context: owner, security: security)
    }

    deinit { handle.close() }

    /// Waits for connections at `endpoint`.
    ///
    /// - Returns: the address itself: with the number of the port where `endpoint` says `*`.
    /// - Throws: ``ZeroMQError`` (addressInUse, addressNotAvailable, …).
    @discardableResult
    public func bind(_ endpoint: String) throws(ZeroMQError) -> String {
        guard zmq_bind(handle.pointer, endpoint) == 0 else { throw ZeroMQError.latest("zmq_bind", endpoint: endpoint) }
        return try lastEndpoint()
    }

    /// Connects to `endpoint`, now or when somebody is there, and again whenever the connection is lost.
    public func connect(_ endpoint: String) throws(ZeroMQError) {
        guard zmq_connect(handle.pointer, endpoint) == 0 else {
            throw ZeroMQError.latest("zmq_connect", endpoint: endpoint)
        }
    }

    /// Waits no longer at `endpoint`, which is an address as `bind` returned it.
    public func unbind(_ endpoint: String) throws(ZeroMQError) {
        guard zmq_unbind(handle.pointer, endpoint) == 0 else {
            throw ZeroMQError.latest("zmq_unbind", endpoint: endpoint)
        }
    }

    /// Leaves `endpoint`, which is an address as it was given to `connect`.
    public func disconnect(_ endpoint: String) throws(ZeroMQError) {
        guard zmq_disconnect(handle.pointer, endpoint) == 0 else {
            throw ZeroMQError.latest("zmq_disconnect", endpoint: endpoint)
        }
    }

    /// Becomes readable when the socket's state may have changed, for an event loop of another kind. Edge-triggered:
    /// after it did, and after every send or receive, look at ``readiness()`` until it has nothing.
    public func fileDescriptor() throws(ZeroMQError) -> Int32 { try integerOption(ZMQ_FD, "FD") }

    /// What can be done without waiting.
    public func readiness() throws(ZeroMQError) -> Readiness {
        Readiness(rawValue: Int16(truncatingIfNeeded: try integerOption(ZMQ_EVENTS, "EVENTS")))
    }

    private func integerOption(_ option: Int32, _ name: String) throws(ZeroMQError) -> Int32 {
        var value: Int32 = 0
        var size = MemoryLayout<Int32>.size
        while zmq_getsockopt(handle.pointer, option, &value, &size) != 0 {
            guard zmq_errno() == EINTR else { throw ZeroMQError.latest("zmq_getsockopt(ZMQ_\(name))") }
        }
        return value
    }

    private func lastEndpoint() throws(ZeroMQError) -> String {
        var text = [UInt8](repeating: 0, count: 1024)
        var size = text.count
        guard zmq_getsockopt(handle.pointer, ZMQ_LAST_ENDPOINT, &text, &size) == 0 else {
            throw ZeroMQError.latest("zmq_getsockopt(ZMQ_LAST_ENDPOINT)")
        }
        return String(decoding: text[..<size].prefix { $0 != 0 }, as: UTF8.self)
    }
}
