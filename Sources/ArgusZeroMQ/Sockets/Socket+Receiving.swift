import CZeroMQ
import Glibc

extension Socket {
    /// What was received into a buffer.
    public struct ReceivedFrame: Sendable, Hashable {
        /// The bytes of the frame, which may be more than the buffer took; the rest is lost.
        public let count: Int
        /// Whether another frame of the same message follows.
        public let hasMore: Bool
    }

    /// Receives a frame in place of what `message` holds, waiting at most ``SocketOptions/receiveTimeout``.
    ///
    /// - Throws: ``ZeroMQError``: timedOut, terminated, …
    public func receive(into message: inout Message) throws(ZeroMQError) {
        guard receive(&message.storage, flags: 0) else { throw ZeroMQError.latest("zmq_msg_recv") }
    }

    /// Receives a frame, waiting at most ``SocketOptions/receiveTimeout``.
    public func receive() throws(ZeroMQError) -> Message {
        var message = Message()
        try receive(into: &message)
        return message
    }

    /// Receives a frame in place of what `message` holds, if one is there.
    ///
    /// - Throws: ``ZeroMQError`` for anything but an empty queue.
    public func tryReceive(into message: inout Message) throws(ZeroMQError) -> Transfer {
        if receive(&message.storage, flags: ZMQ_DONTWAIT) { return .complete }
        guard zmq_errno() == EAGAIN else { throw ZeroMQError.latest("zmq_msg_recv") }
        return .wouldBlock
    }

    /// Copies the next frame into `buffer`, waiting at most ``SocketOptions/receiveTimeout``.
    public func receive(into buffer: UnsafeMutableRawBufferPointer) throws(ZeroMQError) -> ReceivedFrame {
        var message = Message()
        try receive(into: &message)
        return Socket.copy(message, into: buffer)
    }

    /// Copies the next frame into `buffer`; nil if none is there.
    public func tryReceive(into buffer: UnsafeMutableRawBufferPointer) throws(ZeroMQError) -> ReceivedFrame? {
        var message = Message()
        guard try tryReceive(into: &message) == .complete else { return nil }
        return Socket.copy(message, into: buffer)
    }

    /// Receives; a signal that interrupts the wait begins it anew.
    private func receive(_ storage: inout Message.Storage, flags: Int32) -> Bool {
        let socket = handle.pointer
        return Message.withMessage(&storage) { message in
            while zmq_msg_recv(message, socket, flags) < 0 {
                guard zmq_errno() == EINTR else { return false }
            }
            return true
        }
    }

    private static func copy(
        _ message: borrowing Message, into buffer: UnsafeMutableRawBufferPointer
    ) -> ReceivedFrame {
        let count = message.withUnsafeBytes { bytes in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.prefix(buffer.count)))
            return bytes.count
        }
        return ReceivedFrame(count: count, hasMore: message.hasMore)
    }
}
