import ArgusWire
import ArgusZeroMQ
import Foundation
import Synchronization

/// One peer and the way to it: starts it or finds it, shakes hands, asks, and tells what went wrong.
///
/// Every request is sent and answered under one lock, so that instances on different threads may share a peer. After a
/// fault nothing is sent until ``revive()`` has made a new session, whose ``generation`` is another; instances of
/// earlier generations are gone.
///
/// Unchecked: all mutable state is used under `lock` only.
final class PeerConnection: @unchecked Sendable {
    /// What the peer must be.
    let role: WireRole
    /// The command or address, for messages.
    let name: String
    let settings: PeerSettings
    private let lock = NSRecursiveLock()
    private var link: PeerLink?
    private var lastFault: PeerFault?
    private var faultsInARow = 0
    private var sessions = 0
    private var droppedMessages = 0

    /// Grows with each session.
    var generation: Int { lock.withLock { sessions } }
    /// Replies that came too late or twice, and messages that are none.
    var dropped: Int { lock.withLock { droppedMessages } }

    init(_ settings: PeerSettings, role: WireRole) {
        self.settings = settings
        self.role = role
        name = settings.name
    }

    /// More faults in a row than this, without one episode that ended well between them, and the peer is given up.
    private static let mostFaultsInARow = 10

    /// What the peer said of itself; nil while there is no session.
    var identity: PeerIdentity? { lock.withLock { link?.identity } }

    var isAlive: Bool { lock.withLock { link != nil } }

    /// Makes a session if there is none.
    ///
    /// - Throws: the fault, when the peer does not start, or has failed too often.
    func revive() throws(PeerFault) {
        lock.lock()
        defer { lock.unlock() }
        guard link == nil else { return }
        if faultsInARow > PeerConnection.mostFaultsInARow, let lastFault { throw lastFault }
        do throws(PeerFault) {
            link = try PeerLink(settings, role: role)
            sessions += 1
        } catch {
            faultsInARow += 1
            lastFault = error
            throw error
        }
    }

    /// True when the last fault was the end of the peer's process.
    var hasLostProcess: Bool {
        switch lock.withLock({ lastFault?.kind }) {
        case .exited, .killed: true
        default: false
        }
    }

    /// True when the peer has failed so often that it is not tried again.
    var isGivenUp: Bool { lock.withLock { faultsInARow > PeerConnection.mostFaultsInARow } }

    /// An episode ended well: earlier faults do not count any more.
    func noteSuccess() {
        lock.withLock { faultsInARow = 0 }
    }

    /// Sends a request and waits for its reply.
    ///
    /// - Parameters: `seconds`: the deadline; `part`: takes the reply's data frames in order; what it returns is wrong with
    ///   them.
    /// - Throws: the fault that ended the session.
    func exchange(
        _ request: PeerRequest, generation wanted: Int, seconds: Double,
        part: (WireHeader, Int, UnsafeRawBufferPointer) -> String?
    ) throws(PeerFault) -> PeerReply {
        lock.lock()
        defer { lock.unlock() }
        guard let link, sessions == wanted else {
            throw lastFault ?? settings.fault(.unreachable("no session"), phase: request.phase, process: nil)
        }
        do throws(PeerFault) {
            defer { droppedMessages += link.takeDropped() }
            return try link.exchange(request, seconds: seconds, part: part)
        } catch {
            faultsInARow += 1
            lastFault = error
            // Closes the socket and ends the process: nothing of this session can arrive any more.
            self.link = nil
            throw error
        }
    }

    /// Ends the session after a reply with which it cannot go on; says what the fault was.
    func abandon(_ kind: PeerFault.Kind, phase: String) -> PeerFault {
        lock.withLock {
            guard let link else { return settings.fault(kind, phase: phase, process: nil) }
            let fault = link.fault(kind, phase)
            faultsInARow += 1
            lastFault = fault
            self.link = nil
            return fault
        }
    }

    /// Ends the session in good order.
    func close() {
        lock.withLock {
            link?.sayGoodbye()
            link = nil
        }
    }
}
