import CZeroMQ

/// Every option of a socket that matters for robustness, with a value of its own instead of libzmq's default.
public struct SocketOptions: Sendable, Hashable {
    /// How long a closed socket still tries to send what is queued; counted up to 10 s, so that nothing hangs at the
    /// end. (libzmq: for ever.)
    public var linger: Duration = .zero
    /// Messages, of however many frames, that may wait for each peer. About twice what is in flight; large messages
    /// would fill the memory otherwise. 0: no limit. (libzmq: 1000.)
    public var sendHighWaterMark = 16
    /// Messages that may wait to be received, for each peer. 0: no limit. (libzmq: 1000.)
    public var receiveHighWaterMark = 16
    /// The largest frame that is accepted, bytes. A peer that sends a larger one is disconnected. (libzmq: no limit.)
    public var maximumMessageSize = 256 << 20
    /// How long a connection may take to introduce itself. (libzmq: 30 s.)
    public var handshakeInterval: Duration = .seconds(5)
    /// How long a TCP connection may take to come about. (libzmq: as the system has it, about two minutes.)
    public var connectTimeout: Duration = .seconds(5)
    /// How often a silent connection is asked for a sign of life; zero: never. (libzmq: never.)
    public var heartbeatInterval: Duration = .milliseconds(500)
    /// After how much silence a connection is lost.
    public var heartbeatTimeout: Duration = .milliseconds(1500)
    /// After how much silence of ours the peer shall give us up; counted in tenths of a second, zero: not told.
    public var heartbeatTimeToLive: Duration = .milliseconds(1500)
    /// The pause before a lost or refused connection is tried again.
    public var reconnectInterval: Duration = .milliseconds(100)
    /// The pause doubles up to this while a peer cannot be reached. (libzmq: it does not double.)
    public var maximumReconnectInterval: Duration = .seconds(2)
    /// A router tells the sender when a routing id is not connected, instead of dropping the message.
    public var routerMandatory = true
    /// A router gives a routing id to a newcomer that claims it. Off: the newcomer is turned away.
    public var routerHandover = false
    /// Messages go only to connections that are complete; nothing waits for a peer that is not there. (libzmq: off.)
    public var immediate = true
    /// The time limit of a blocking send; nil: none. (libzmq: none.)
    public var sendTimeout: Duration? = .seconds(1)
    /// The time limit of a blocking receive; nil: none, as for a socket that is only read when a ``Poller`` says so.
    public var receiveTimeout: Duration?
    /// The routing id that a router will know this socket by, 1 to 255 bytes that do not begin with 0; nil: the router
    /// makes one up for each connection.
    public var routingID: [UInt8]?

    public init() {}
}

extension SocketOptions {
    /// Applies all options to a socket that was neither bound nor connected.
    func apply(to socket: UnsafeMutableRawPointer, kind: Socket.Kind) throws(ZeroMQError) {
        // Finite even for a negative value, which libzmq would read as "for ever".
        try set(ZMQ_LINGER, "LINGER", min(linger.wholeMilliseconds, 10_000), on: socket)
        try set(ZMQ_SNDHWM, "SNDHWM", Int32(clamping: sendHighWaterMark), on: socket)
        try set(ZMQ_RCVHWM, "RCVHWM", Int32(clamping: receiveHighWaterMark), on: socket)
        try set(ZMQ_MAXMSGSIZE, "MAXMSGSIZE", Int64(max(0, maximumMessageSize)), on: socket)
        try set(ZMQ_HANDSHAKE_IVL, "HANDSHAKE_IVL", handshakeInterval.wholeMilliseconds, on: socket)
        try set(ZMQ_CONNECT_TIMEOUT, "CONNECT_TIMEOUT", connectTimeout.wholeMilliseconds, on: socket)
        try set(ZMQ_HEARTBEAT_IVL, "HEARTBEAT_IVL", heartbeatInterval.wholeMilliseconds, on: socket)
        try set(ZMQ_HEARTBEAT_TIMEOUT, "HEARTBEAT_TIMEOUT", heartbeatTimeout.wholeMilliseconds, on: socket)
        try set(ZMQ_HEARTBEAT_TTL, "HEARTBEAT_TTL", heartbeatTimeToLive.wholeMilliseconds, on: socket)
        try set(ZMQ_RECONNECT_IVL, "RECONNECT_IVL", reconnectInterval.wholeMilliseconds, on: socket)
        try set(ZMQ_RECONNECT_IVL_MAX, "RECONNECT_IVL_MAX", maximumReconnectInterval.wholeMilliseconds, on: socket)
        try set(ZMQ_IMMEDIATE, "IMMEDIATE", immediate ? 1 : 0 as Int32, on: socket)
        try set(ZMQ_IPV6, "IPV6", 0 as Int32, on: socket)
        try set(ZMQ_SNDTIMEO, "SNDTIMEO", sendTimeout?.wholeMilliseconds ?? -1, on: socket)
        try set(ZMQ_RCVTIMEO, "RCVTIMEO", receiveTimeout?.wholeMilliseconds ?? -1, on: socket)
        if kind == .router {
            try set(ZMQ_ROUTER_MANDATORY, "ROUTER_MANDATORY", routerMandatory ? 1 : 0 as Int32, on: socket)
            try set(ZMQ_ROUTER_HANDOVER, "ROUTER_HANDOVER", routerHandover ? 1 : 0 as Int32, on: socket)
        }
        if let routingID {
            // libzmq would take a zero in front, and confuse it with the ids that it makes up itself.
            guard routingID.first != 0 else { throw ZeroMQError(.invalid, call: "zmq_setsockopt(ZMQ_ROUTING_ID)") }
            try routingID.withUnsafeBufferPointer { bytes throws(ZeroMQError) in
                try setSocketOption(ZMQ_ROUTING_ID, "ROUTING_ID", UnsafeRawBufferPointer(bytes), on: socket)
            }
        }
    }

    private func set<Value: FixedWidthInteger>(
        _ option: Int32, _ name: String, _ value: Value, on socket: UnsafeMutableRawPointer
    ) throws(ZeroMQError) {
        try withUnsafeBytes(of: value) { bytes throws(ZeroMQError) in
            try setSocketOption(option, name, bytes, on: socket)
        }
    }
}

/// Sets an option of a socket; `name` is without its `ZMQ_`.
func setSocketOption(
    _ option: Int32, _ name: String, _ bytes: UnsafeRawBufferPointer, on socket: UnsafeMutableRawPointer
) throws(ZeroMQError) {
    guard zmq_setsockopt(socket, option, bytes.baseAddress, bytes.count) == 0 else {
        throw ZeroMQError.latest("zmq_setsockopt(ZMQ_\(name))")
    }
}

extension Duration {
    /// Milliseconds, rounded up; 0 for a negative duration.
    var wholeMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 2_000_000 else { return 2_000_000_000 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
