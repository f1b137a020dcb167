import CZeroMQ
import Glibc

/// One frame: bytes that libzmq owns, up to 33 of them inside the value itself.
///
/// Not copied, only moved; it may go from thread to thread. Sending takes it: after a send it cannot be used, or is
/// empty.
public struct Message: ~Copyable, Sendable {
    // The 64 bytes of a zmq_msg_t, which nothing but libzmq looks into. Eight words rather than the imported array of
    // 64 bytes, which the compiler would take apart. libzmq's messages have no pointers into themselves, so that
    // Swift may move them.
    @usableFromInline
    typealias Storage = (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

    @usableFromInline var storage: Storage

    /// An empty message, to receive into.
    public init() {
        storage = (0, 0, 0, 0, 0, 0, 0, 0)
        // Cannot fail: nothing is allocated.
        _ = Message.withMessage(&storage) { zmq_msg_init($0) }
    }

    /// A message of `size` bytes, not yet written.
    ///
    /// - Throws: ``ZeroMQError`` (outOfMemory, or invalid for a negative size).
    public init(size: Int) throws(ZeroMQError) {
        guard size >= 0 else { throw ZeroMQError(.invalid, call: "zmq_msg_init_size") }
        var storage: Storage = (0, 0, 0, 0, 0, 0, 0, 0)
        guard Message.withMessage(&storage, { zmq_msg_init_size($0, size) }) == 0 else {
            throw ZeroMQError.latest("zmq_msg_init_size")
        }
        self.storage = storage
    }

    /// A message with a copy of `bytes`.
    ///
    /// - Throws: ``ZeroMQError`` (outOfMemory).
    public init(copying bytes: UnsafeRawBufferPointer) throws(ZeroMQError) {
        try self.init(size: bytes.count)
        withUnsafeMutableBytes { $0.copyMemory(from: bytes) }
    }

    /// A message with a copy of `bytes`; in a closure of an array's, a message could not be returned.
    ///
    /// - Throws: ``ZeroMQError`` (outOfMemory).
    public init(copying bytes: [UInt8]) throws(ZeroMQError) {
        try self.init(size: bytes.count)
        withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
    }

    deinit {
        var storage = storage
        _ = Message.withMessage(&storage) { zmq_msg_close($0) }
    }

    /// Bytes.
    public var count: Int {
        var storage = storage
        return Message.withMessage(&storage) { zmq_msg_size($0) }
    }

    /// Whether another frame of the same multipart message follows. Only of use after a receive.
    public var hasMore: Bool {
        var storage = storage
        return Message.withMessage(&storage) { zmq_msg_more($0) } != 0
    }

    /// The connection that the message came by, as ``SocketEvent`` numbers it; nil where libzmq does not tell. A number
    /// may be given again once its connection is lost.
    public var connection: Int32? {
        var storage = storage
        let number = Message.withMessage(&storage) { zmq_msg_get($0, ZMQ_SRCFD) }
        return number >= 0 ? number : nil
    }

    /// The name that the connection's sender proved: with CURVE, its public key in Z85. Nil without authentication.
    ///
    /// Only of use after a receive; the routing id's frame does not have it.
    public var userID: String? { property("User-Id") }

    /// The address that the connection's sender has, without its port. Nil where the transport has none.
    public var peerAddress: String? { property("Peer-Address") }

    /// A property of the connection that the message came by, as `zmq_msg_gets` names them.
    public func property(_ name: String) -> String? {
        var storage = storage
        return Message.withMessage(&storage) { message in zmq_msg_gets(message, name).map { String(cString: $0) } }
    }

    /// Hands `body` the bytes; they must not be kept beyond it.
    @inlinable
    public func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // A copy, since short messages are inside and a borrowed value has no address of its own.
        var storage = storage
        return try withUnsafeMutablePointer(to: &storage) { pointer throws(Failure) in
            try body(UnsafeRawBufferPointer(Message.bytes(at: pointer)))
        }
    }

    /// Hands `body` the bytes to write; they must not be kept beyond it.
    @inlinable
    public mutating func withUnsafeMutableBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafeMutablePointer(to: &storage) { pointer throws(Failure) in
            try body(Message.bytes(at: pointer))
        }
    }

    /// The bytes of the message at `pointer`, valid as long as that memory holds the message.
    @usableFromInline
    static func bytes(at pointer: UnsafeMutablePointer<Storage>) -> UnsafeMutableRawBufferPointer {
        pointer.withMemoryRebound(to: zmq_msg_t.self, capacity: 1) {
            UnsafeMutableRawBufferPointer(start: zmq_msg_data($0), count: zmq_msg_size($0))
        }
    }

    /// The message as libzmq's functions take it.
    static func withMessage<Result>(
        _ storage: inout Storage, _ body: (UnsafeMutablePointer<zmq_msg_t>) -> Result
    ) -> Result {
        withUnsafeMutablePointer(to: &storage) { $0.withMemoryRebound(to: zmq_msg_t.self, capacity: 1, body) }
    }
}
