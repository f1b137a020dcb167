import CZeroMQ
import Glibc

/// A call into libzmq that failed.
public struct ZeroMQError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The error number, of the operating system or of libzmq's own.
    public struct Code: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        public let rawValue: Int32
        public init(rawValue: Int32) { self.rawValue = rawValue }

        /// The time limit of the socket passed: nothing came, or a queue stayed full.
        public static let timedOut = Code(rawValue: EAGAIN)
        /// No connection has this routing id (a router with `routerMandatory`).
        public static let hostUnreachable = Code(rawValue: EHOSTUNREACH)
        /// Another socket has this address.
        public static let addressInUse = Code(rawValue: EADDRINUSE)
        /// This machine has no such address, or a host name does not resolve.
        public static let addressNotAvailable = Code(rawValue: EADDRNOTAVAIL)
        /// The endpoint was not bound or connected, or its file is missing.
        public static let notFound = Code(rawValue: ENOENT)
        /// An option's value, or an endpoint, is not valid.
        public static let invalid = Code(rawValue: EINVAL)
        /// The context was terminated.
        public static let terminated = Code(rawValue: Int32(ZMQ_HAUSNUMERO) + 53)
        /// The socket is closed.
        public static let notSocket = Code(rawValue: ENOTSOCK)
        /// No more sockets or files may be opened.
        public static let tooManyFiles = Code(rawValue: EMFILE)
        /// Memory ran out.
        public static let outOfMemory = Code(rawValue: ENOMEM)

        public var description: String { zmq_strerror(rawValue).map { String(cString: $0) } ?? "error \(rawValue)" }
    }

    public var code: Code
    /// The C function, with the option's name where it sets one: "zmq_bind", "zmq_setsockopt(ZMQ_RCVHWM)".
    public var call: String
    /// The address that the call was about.
    public var endpoint: String?

    public init(_ code: Code, call: String, endpoint: String? = nil) {
        self.code = code
        self.call = call
        self.endpoint = endpoint
    }

    /// The failure that `call` has just had on this thread.
    static func latest(_ call: String, endpoint: String? = nil) -> ZeroMQError {
        ZeroMQError(Code(rawValue: zmq_errno()), call: call, endpoint: endpoint)
    }

    /// `WHAT (WHERE): found X, expected Y. Try Z.`
    public var description: String {
        let place = endpoint.map { "\($0), \(call)" } ?? call
        return "ZeroMQ call failed (\(place)): found \"\(code)\" (\(code.rawValue)), expected \(expected)."
            + (remedy.map { " Try \($0)." } ?? "")
    }

    private var expected: String {
        switch code {
        case .timedOut: "an answer or room in the queue within the socket's time limit"
        case .hostUnreachable: "a connected peer with this routing id"
        case .addressInUse: "an address that no other socket has"
        case .addressNotAvailable: "an address of this machine, or a host name that resolves"
        case .terminated, .notSocket: "a socket that is open"
        case .tooManyFiles: "room for another socket"
        default: "success"
        }
    }

    private var remedy: String? {
        switch code {
        case .addressInUse: "port * (any free port), or ending the process that has this one"
        case .tooManyFiles: "a higher limit of open files ('ulimit -n 4096')"
        default: nil
        }
    }
}
