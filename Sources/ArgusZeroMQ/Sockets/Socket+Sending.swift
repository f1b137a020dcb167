import CZeroMQ
import Glibc

extension Socket {
    /// Sends a frame, waiting at most ``SocketOptions/sendTimeout`` for room. The frames of a multipart message leave
    /// together when the last one (`more` false) is sent.
    ///
    /// The message is gone even when this fails; ``trySend(_:more:)`` keeps it.
    ///
    /// - Throws: ``ZeroMQError``: timedOut, hostUnreachable (a router whose peer is gone), …
    public func send(_ message: consuming Message, more: Bool = false) throws(ZeroMQError) {
        guard sent(&message.storage, to: handle.pointer, flags: more ? ZMQ_SNDMORE : 0) else {
            throw ZeroMQError.latest("zmq_msg_send")
        }
    }

    /// Sends a frame if that needs no waiting. The message is empty afterwards, or unchanged if nothing was sent.
    ///
    /// - Throws: ``ZeroMQError`` for anything but a full queue.
    public func trySend(_ message: inout Message, more: Bool = false) throws(ZeroMQError) -> Transfer {
        let flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)
        if sent(&message.storage, to: handle.pointer, flags: flags) { return .complete }
        guard zmq_errno() == EAGAIN else { throw ZeroMQError.latest("zmq_msg_send") }
        return .wouldBlock
    }

    /// Sends a copy of `bytes` as a frame; else as ``send(_:more:)``.
    public func send(bytes: UnsafeRawBufferPointer, more: Bool = false) throws(ZeroMQError) {
        while zmq_send(handle.pointer, bytes.baseAddress, bytes.count, more ? ZMQ_SNDMORE : 0) < 0 {
            guard zmq_errno() == EINTR else { throw ZeroMQError.latest("zmq_send") }
        }
    }

    /// Sends a copy of `bytes` as a frame if that needs no waiting.
    public func trySend(bytes: UnsafeRawBufferPointer, more: Bool = false) throws(ZeroMQError) -> Transfer {
        let flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)
        while zmq_send(handle.pointer, bytes.baseAddress, bytes.count, flags) < 0 {
            if zmq_errno() == EAGAIN { return .wouldBlock }
            guard zmq_errno() == EINTR else { throw ZeroMQError.latest("zmq_send") }
        }
        return .complete
    }
}

/// Sends; a signal that interrupts the wait begins it anew.
private func sent(
    _ storage: inout Message.Storage, to socket: UnsafeMutableRawPointer?, flags: Int32
) -> Bool {
    Message.withMessage(&storage) { message in
        while zmq_msg_send(message, socket, flags) < 0 {
            guard zmq_errno() == EINTR else { return false }
        }
        return true
    }
}
