import CZeroMQ
import Synchronization

/// What happens to a socket's connections, in order, from when the monitor was made.
///
/// It belongs to the same thread as its socket, and either may end first. Events wait without limit, so that libzmq's
/// threads never wait for a reader; read them (a ``Poller`` says when), or end the monitor.
public struct SocketMonitor: ~Copyable {
    /// The end that the events come out of.
    let events: Socket
    private let observed: SocketHandle
    private let number: Int

    /// - Throws: ``ZeroMQError`` when there are too many sockets, or the socket is closed.
    init(_ observed: SocketHandle, context: Context) throws(ZeroMQError) {
        let number = nextMonitorNumber.add(1, ordering: .relaxed).newValue
        let endpoint = "inproc://argus.monitor.\(number)"
        var options = SocketOptions()
        options.receiveHighWaterMark = 0
        let reader = try Socket(.pair, context: context, options: options)
        guard zmq_socket_monitor(observed.pointer, endpoint, ZMQ_EVENT_ALL) == 0 else {
            throw ZeroMQError.latest("zmq_socket_monitor")
        }
        do {
            try reader.connect(endpoint)
        } catch {
            zmq_socket_monitor(observed.pointer, nil, 0)
            throw error
        }
        observed.monitorNumber = number
        events = reader
        self.observed = observed
        self.number = number
    }

    deinit {
        // While nobody reads, libzmq's thread would wait to write: so stop it first.
        if let pointer = observed.pointer, observed.monitorNumber == number { zmq_socket_monitor(pointer, nil, 0) }
    }

    /// The oldest event that was not yet read; nil if there is none.
    public func next() throws(ZeroMQError) -> SocketEvent? {
        var frame = Message()
        guard try events.tryReceive(into: &frame) == .complete else { return nil }
        let (event, value) = frame.withUnsafeBytes { bytes in
            bytes.count < 6
                ? (0, 0)
                : (
                    bytes.loadUnaligned(as: UInt16.self),
                    bytes.loadUnaligned(fromByteOffset: 2, as: UInt32.self)
                )
        }
        var endpoint = ""
        // Both frames are there at once.
        while frame.hasMore, try events.tryReceive(into: &frame) == .complete {
            endpoint = frame.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        }
        return SocketEvent(event: event, value: value, endpoint: endpoint)
    }
}

private let nextMonitorNumber = Atomic<Int>(0)

extension Socket {
    /// Watches this socket's connections. A second monitor takes the place of the first.
    public func monitor() throws(ZeroMQError) -> SocketMonitor {
        guard let context = handle.context else { throw ZeroMQError(.notSocket, call: "zmq_socket_monitor") }
        return try SocketMonitor(handle, context: context)
    }
}
