import ArgusZeroMQ
import Glibc

/// What the monitor of a socket has told of its connection so far.
struct ConnectionWatch: ~Copyable {
    private let monitor: SocketMonitor
    private var connections = 0
    private var wasLost = false
    private var isBack = false
    private var retries = 0
    private var handshakeFailure: HandshakeFailure?
    /// Told of clients of this socket that did not come as far as the authenticator.
    private let refusals: RefusalNotes?

    /// Watches a socket that is neither bound nor connected yet.
    init(_ socket: borrowing Socket, refusals: RefusalNotes? = nil) throws(ZeroMQError) {
        monitor = try socket.monitor()
        self.refusals = refusals
    }

    /// True once a connection that was there is lost.
    mutating func isLost() -> Bool {
        update()
        return wasLost
    }

    /// True when a connection comes back after it was lost, at the latest after some seconds: the peer lives.
    mutating func isBackWithin(seconds: Double) -> Bool { waits(seconds) { $0.isBack } }

    /// True when attempts to connect again are turned down: the peer's machine is there, its program is not.
    mutating func isRefusedWithin(seconds: Double) -> Bool {
        retries = 0
        return waits(seconds) { $0.retries > 1 }
    }

    /// Why this side's keys or mechanism were turned down; nil if they were not.
    mutating func refusal() -> String? {
        update()
        guard connections == 0, let handshakeFailure else { return nil }
        switch handshakeFailure {
        case .authentication, .protocolError: return "\(handshakeFailure)"
        case .noDetail: return nil
        }
    }

    private mutating func waits(_ seconds: Double, _ condition: (borrowing ConnectionWatch) -> Bool) -> Bool {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            update()
            if condition(self) { return true }
            if ContinuousClock.now >= deadline { return false }
            usleep(5000)
        }
    }

    private mutating func update() {
        while let event = try? monitor.next() {
            switch event.kind {
            case .handshakeSucceeded:
                connections += 1
                if wasLost { isBack = true }
            case .accepted, .connected: if wasLost { isBack = true }
            case .disconnected:
                connections -= 1
                if connections <= 0 { wasLost = true }
            case .handshakeFailed(let failure):
                handshakeFailure = failure
                if let refusals, let refusal = Refusal(event) { refusals.note(refusal) }
            case .connectRetried: retries += 1
            default: break
            }
        }
    }
}
