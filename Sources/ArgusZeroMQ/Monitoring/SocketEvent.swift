import CZeroMQ

/// Something that happened to a connection of a socket.
public struct SocketEvent: Sendable, Hashable {
    /// What happened. Codes are error numbers of the operating system.
    public enum Kind: Sendable, Hashable {
        /// A connection that this side asked for is there; the handshake follows.
        case connected(fileDescriptor: Int32)
        /// A connection is being made; that it is not there at once is no failure.
        case connectDelayed
        /// The next attempt follows after this pause.
        case connectRetried(milliseconds: Int32)
        case listening(fileDescriptor: Int32)
        case bindFailed(code: Int32)
        /// A connection that the other side asked for is there; the handshake follows.
        case accepted(fileDescriptor: Int32)
        case acceptFailed(code: Int32)
        /// This side closed the connection, or an attempt at one.
        case closed(fileDescriptor: Int32)
        case closeFailed(code: Int32)
        /// The connection was lost: closed by the peer, heartbeat lost, or broken rules (such as a frame too large).
        case disconnected(fileDescriptor: Int32)
        /// The peer is ready for messages.
        case handshakeSucceeded
        case handshakeFailed(HandshakeFailure)
        /// The socket was closed; nothing follows.
        case monitorStopped
        /// An event that this version does not know.
        case other(event: UInt16, value: UInt32)
    }

    public let kind: Kind
    /// The endpoint: of a connection that was accepted, the local one.
    public let endpoint: String

    public init(kind: Kind, endpoint: String) {
        self.kind = kind
        self.endpoint = endpoint
    }

    /// An event as libzmq numbers it.
    init(event: UInt16, value: UInt32, endpoint: String) {
        let number = Int32(bitPattern: value)
        kind =
            switch Int32(event) {
            case ZMQ_EVENT_CONNECTED: .connected(fileDescriptor: number)
            case ZMQ_EVENT_CONNECT_DELAYED: .connectDelayed
            case ZMQ_EVENT_CONNECT_RETRIED: .connectRetried(milliseconds: number)
            case ZMQ_EVENT_LISTENING: .listening(fileDescriptor: number)
            case ZMQ_EVENT_BIND_FAILED: .bindFailed(code: number)
            case ZMQ_EVENT_ACCEPTED: .accepted(fileDescriptor: number)
            case ZMQ_EVENT_ACCEPT_FAILED: .acceptFailed(code: number)
            case ZMQ_EVENT_CLOSED: .closed(fileDescriptor: number)
            case ZMQ_EVENT_CLOSE_FAILED: .closeFailed(code: number)
            case ZMQ_EVENT_DISCONNECTED: .disconnected(fileDescriptor: number)
            case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: .handshakeSucceeded
            case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: .handshakeFailed(.noDetail(code: number))
            case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: .handshakeFailed(.protocolError(ProtocolError(rawValue: number)))
            case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: .handshakeFailed(.authentication(status: Int(number)))
            case ZMQ_EVENT_MONITOR_STOPPED: .monitorStopped
            default: .other(event: event, value: value)
            }
        self.endpoint = endpoint
    }
}

/// Why a handshake failed.
public enum HandshakeFailure: Sendable, Hashable, CustomStringConvertible {
    /// The connection ended within the handshake, or its time was up. The code is the system's, 0 if there is none.
    case noDetail(code: Int32)
    /// The peer broke the protocol's rules, or has other keys or another mechanism.
    case protocolError(ProtocolError)
    /// The authenticator of the server refused: 400 refused, 300 for now, 500 its own failure.
    case authentication(status: Int)

    public var description: String {
        switch self {
        case .noDetail(let code): code == 0 ? "no reason given" : "\(ZeroMQError.Code(rawValue: code))"
        case .protocolError(let error): "\(error)"
        case .authentication(let status): "refused by the server's authentication (status \(status))"
        }
    }
}

/// A violation of ZMTP or ZAP, as libzmq numbers them (`ZMQ_PROTOCOL_ERROR_…`).
public struct ProtocolError: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// The peer's security mechanism is not this side's, such as no keys where keys are needed.
    public static let mechanismMismatch = ProtocolError(rawValue: ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH)
    /// A box that these keys do not open: the peer has a wrong key for this side.
    public static let cryptographic = ProtocolError(rawValue: ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC)
    /// The peer's introduction lacks what it must have, or has a socket type that does not go with this one.
    public static let invalidMetadata = ProtocolError(rawValue: ZMQ_PROTOCOL_ERROR_ZMTP_INVALID_METADATA)

    public var description: String {
        switch self {
        case .mechanismMismatch: "another security mechanism (keys on one side only)"
        case .cryptographic: "a wrong key"
        case .invalidMetadata: "an introduction that does not fit this socket"
        default: "a violation of the protocol (0x\(String(rawValue, radix: 16)))"
        }
    }
}
