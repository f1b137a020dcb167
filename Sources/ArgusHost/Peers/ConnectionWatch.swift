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
    /// Connections whose handshake has failed and whose end is still to come.
    private var failing = 0
    /// How often in a row a handshake ended without a word of the other side.
    private var brokenOff = 0
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
        // What a server does with a wrong key for it: it hangs up. Once may be chance.
        case .noDetail where brokenOff >= 3:
            return "the other side hangs up in the handshake: it has another key than expected, keys are on one side "
                + "only, or it speaks no ZeroMQ"
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
                brokenOff = 0
                if wasLost { isBack = true }
            case .accepted, .connected: if wasLost { isBack = true }
            // The end of one that never was a connection: of a stranger, or of this side with a wrong key.
            case .disconnected where failing > 0: failing -= 1
            case .disconnected:
                connections -= 1
                if connections <= 0 { wasLost = true }
            case .handshakeFailed(let failure):
                handshakeFailure = failure
                failing += 1
                if case .noDetail = failure { brokenOff += 1 }
                if let refusals, let refusal = Refusal(event) { refusals.note(refusal) }
            case .connectRetried: retries += 1
            default: break
            }
        }
    }
}
