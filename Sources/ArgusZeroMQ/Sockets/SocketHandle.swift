import CZeroMQ

/// The socket that a ``Socket`` owns, as its monitor and pollers see it: they learn here that it was closed.
final class SocketHandle {
    /// Nil once closed.
    private(set) var pointer: UnsafeMutableRawPointer?
    /// The latest monitor's number; a monitor that another one replaced must not stop its successor.
    var monitorNumber = 0

    private(set) var context: Context?
    // Held so that a server's allow-list is there as long as its socket.
    private var security: SocketSecurity

    init(pointer: UnsafeMutableRawPointer, context: Context?, security: SocketSecurity) {
        self.pointer = pointer
        self.context = context
        self.security = security
    }

    func close() {
        guard let pointer else { return }
        self.pointer = nil
        // First, while the monitor's reader is there: libzmq's thread would wait for ever to tell a reader that is gone
        // what becomes of the connections of a closed socket, and all other sockets with it.
        if monitorNumber != 0 { zmq_socket_monitor(pointer, nil, 0) }
        // Cannot fail for an open socket.
        zmq_close(pointer)
        // After the socket: a context that loses its last socket here terminates, which waits for all of them.
        security = .none
        context = nil
    }
}
