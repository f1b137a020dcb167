import CZeroMQ
import Glibc
import Synchronization

/// libzmq's input and output threads, and the name space of `inproc` endpoints.
///
/// Every ``Socket`` holds its context, so that the context ends after its last socket. Nothing that a socket still has
/// to send can hold this up: ``SocketOptions/linger`` is finite. A context is safe to use from any thread.
///
/// A process that has a context must not `fork` without `exec`: the threads are not in the child.
public final class Context: Sendable {
    /// A context for all of the process. It is never terminated, and the exit of the process does not wait for it.
    public static let shared = Context()

    // Unchecked: libzmq's contexts are safe for use from several threads. Nil if memory ran out; sockets say so.
    nonisolated(unsafe) let pointer: UnsafeMutableRawPointer?

    private let authenticatorStorage = Mutex<Authenticator?>(nil)

    /// - Parameters:
    ///   - ioThreads: threads that move bytes; one serves about a gigabyte a second.
    ///   - maximumSockets: how many sockets may be open at once, monitors included.
    public init(ioThreads: Int = 1, maximumSockets: Int = 4096) {
        pointer = zmq_ctx_new()
        guard let pointer else { return }
        zmq_ctx_set(pointer, ZMQ_IO_THREADS, Int32(clamping: ioThreads))
        zmq_ctx_set(pointer, ZMQ_MAX_SOCKETS, Int32(clamping: maximumSockets))
        // Sockets do not linger unless they are told to.
        zmq_ctx_set(pointer, ZMQ_BLOCKY, 0)
    }

    deinit {
        guard let pointer else { return }
        // The handler's thread leaves when the context terminates, so it cannot be the one that waits for that.
        if authenticatorStorage.withLock({ $0?.isCurrentThread ?? false }) {
            let address = UInt(bitPattern: pointer)
            startDetachedThread { Context.terminate(UnsafeMutableRawPointer(bitPattern: address)) }
        } else {
            Context.terminate(pointer)
        }
    }

    private static func terminate(_ pointer: UnsafeMutableRawPointer?) {
        while zmq_ctx_term(pointer) != 0, zmq_errno() == EINTR {}
    }

    /// The handler that decides about this context's CURVE clients. It is started on first use.
    func authenticator() throws(ZeroMQError) -> Authenticator {
        try authenticatorStorage.withLock { stored throws(ZeroMQError) in
            if let stored { return stored }
            let authenticator = try Authenticator(context: self)
            stored = authenticator
            return authenticator
        }
    }
}
