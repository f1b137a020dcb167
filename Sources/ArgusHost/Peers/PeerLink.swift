import ArgusWire
import ArgusZeroMQ
import Foundation
import Glibc

/// One session with a peer: process, socket, handshake, requests. It ends with the first fault.
///
/// Not Sendable: ``PeerConnection`` uses it under its lock.
final class PeerLink {
    let settings: PeerSettings
    /// What the peer said of itself.
    private(set) var identity = PeerIdentity(role: .environment, name: "", version: "")
    private let socket: Socket
    private let isRouter: Bool
    private var watch: ConnectionWatch
    private let process: PeerProcess?
    /// Holds the address that a child connects to.
    private let folder: PrivateFolder?
    /// The peer's, in front of each message of a router.
    private var routingID: [UInt8] = []
    private var session: UInt64 = 0
    private var sequence: UInt64 = 0
    private var dropped = 0
    private var shownNotices: Set<String> = []
    private static let mostNotices = 20
    private var lastHeard = ContinuousClock.now
    private var message = Message()

    /// After a deadline, how long the peer's loop has to answer a PING.
    private static let grace = Duration.seconds(1)
    /// How often a waiting driver looks after the peer's process and connection.
    private static let watchInterval = Duration.milliseconds(50)

    /// Starts or finds the peer and shakes hands.
    init(_ settings: PeerSettings, role: WireRole) throws(PeerFault) {
        self.settings = settings
        do {
            var options = SocketOptions()
            options.receiveTimeout = PeerLink.watchInterval
            // Room for what a peer may say unasked while the host computes: libzmq ends the process when a heartbeat is
            // due on a connection that was lost while it was full.
            options.receiveHighWaterMark = 10_000
            options.heartbeatTimeout = .seconds(settings.timeouts.heartbeat)
            options.heartbeatInterval = .seconds(settings.timeouts.heartbeat / 3)
            options.heartbeatTimeToLive = .seconds(settings.timeouts.heartbeat)
            var folder: PrivateFolder?
            var process: PeerProcess?
            switch settings.way {
            case .start(let arguments):
                let place = try PrivateFolder()
                socket = try Socket(.router, options: options)
                watch = try ConnectionWatch(socket)
                let endpoint = try socket.bind(place.endpoint("peer", for: .bind))
                process = try PeerProcess(arguments, endpoint: endpoint)
                folder = place
                isRouter = true
            case .listen(let endpoint):
                socket = try Socket(.router, options: options, security: try settings.serverSecurity(endpoint))
                watch = try ConnectionWatch(socket, refusals: RefusalNotes(place: settings.name))
                try socket.bind(Endpoint(endpoint, for: .bind))
                isRouter = true
            case .connect(let endpoint):
                socket = try Socket(.dealer, options: options, security: try settings.clientSecurity(endpoint))
                watch = try ConnectionWatch(socket)
                try socket.connect(endpoint)
                isRouter = false
            }
            self.folder = folder
            self.process = process
        } catch {
            throw settings.fault(.unreachable("\(error)"), phase: "start", process: nil)
        }
        if isRouter { try welcome(role) } else { try greet(role) }
    }

    private static func require(_ role: WireRole, _ found: PeerIdentity) throws(WireError) {
        guard found.role == role else {
            throw WireError(.role, "the peer is a \(found.role.rawValue), expected a \(role.rawValue)")
        }
    }

    /// Messages that were dropped since the last call: late, repeated, or none of this protocol.
    func takeDropped() -> Int {
        defer { dropped = 0 }
        return dropped
    }

    /// Says that no more requests will come.
    func sayGoodbye() {
        let meta = Array(#"{"reason": "the driver is done"}"#.utf8)
        try? send(WireHeader(.bye, session: session), meta: meta, frames: [])
        // A child ends by itself when its input ends or its session does; a moment for last words.
        _ = process?.wait(seconds: 0.5)
    }

    // MARK: Handshake

    /// The peer connects: it says HELLO, this side WELCOME.
    private func welcome(_ role: WireRole) throws(PeerFault) {
        let phase = "start"
        let deadline = ContinuousClock.now + .seconds(settings.timeouts.start)
        while true {
            var meta: [UInt8] = []
            let header = try receive(until: deadline, phase, meta: &meta) { _, _, _ in nil }
            guard header.message == .hello, !header.isReply else {
                dropped += 1
                if ContinuousClock.now >= deadline { throw overdue(phase) }
                continue
            }
            let answer: Welcome
            do throws(WireError) {
                let hello = try Hello(bytes: meta)
                answer = try hello.welcome(by: settings.identity)
                try PeerLink.require(role, hello.identity)
                identity = hello.identity
            } catch {
                try? send(WireHeader(.refuse), meta: ErrorReport(error).encoded(), frames: [])
                if process != nil { throw fault(.refused("\(error)"), phase) }
                continue
            }
            session = UInt64.random(in: 1 ... .max)
            do throws(ZeroMQError) {
                try send(WireHeader(.welcome, session: session), meta: answer.encoded(), frames: [])
            } catch {
                throw diagnose(phase)
            }
            return
        }
    }

    /// This side connects: it says HELLO, the peer WELCOME.
    private func greet(_ role: WireRole) throws(PeerFault) {
        let phase = "start"
        let deadline = ContinuousClock.now + .seconds(settings.timeouts.start)
        // Sending waits for the connection, a second at a time.
        while true {
            do throws(ZeroMQError) {
                try send(WireHeader(.hello), meta: Hello(settings.identity).encoded(), frames: [])
                break
            } catch {
                if error.code != .timedOut { throw fault(.unreachable("\(error)"), phase) }
                if let refusal = watch.refusal() { throw fault(.refused(refusal), phase) }
                if ContinuousClock.now >= deadline {
                    throw fault(.unreachable("nobody answers at this address"), phase)
                }
            }
        }
        while true {
            var meta: [UInt8] = []
            let header = try receive(until: deadline, phase, meta: &meta) { _, _, _ in nil }
            switch header.message {
            case .welcome:
                do throws(WireError) {
                    let answer = try Welcome(bytes: meta)
                    try answer.check(for: settings.identity)
                    try PeerLink.require(role, answer.identity)
                    identity = answer.identity
                } catch {
                    throw fault(.badMessage("\(error)"), phase)
                }
                guard header.session != 0 else { throw fault(.badMessage("WELCOME with session 0"), phase) }
                session = header.session
                return
            case .refuse: throw fault(.refused(PeerLink.words(meta)), phase)
            default:
                dropped += 1
                if ContinuousClock.now >= deadline { throw overdue(phase) }
            }
        }
    }

    // MARK: Requests

    /// Sends a request and waits for its reply; see ``PeerConnection/exchange(_:generation:seconds:part:)``.
    func exchange(
        _ request: PeerRequest, seconds: Double, part: (WireHeader, Int, UnsafeRawBufferPointer) -> String?
    ) throws(PeerFault) -> PeerReply {
        let limit = min(identity.limits.frame, WireLimits.standard.frame)
        if let frame = request.frames.first(where: { $0.count > limit }) {
            throw fault(
                .refused("a frame of \(frame.count) bytes in \(request.message) is above its limit of \(limit)"),
                request.phase)
        }
        sequence += 1
        let header = WireHeader(
            request.message, flags: request.flags, frames: UInt32(request.frames.count), session: session,
            sequence: sequence, specification: request.specification, instance: request.instance,
            batch: UInt32(request.batch), deadline: UInt32(min(seconds * 1000, 4e9)))
        do throws(ZeroMQError) {
            try send(header, meta: request.meta, frames: request.frames)
        } catch {
            throw diagnose(request.phase)
        }
        var deadline = ContinuousClock.now + .seconds(seconds)
        var isOverdue = false
        var isAnother = false
        while true {
            var meta: [UInt8] = []
            let reply: WireHeader
            do throws(PeerFault) {
                // Waiting ends at the deadline; a peer that never stops sending other things gives nothing to wait for.
                if isAnother, ContinuousClock.now >= deadline { throw overdue(request.phase) }
                reply = try receive(until: deadline, request.phase, awaiting: header, meta: &meta) {
                    MessageCheck.isReply($0, to: header) ? part($0, $1, $2) : nil
                }
            } catch {
                guard case .hung = error.kind, !isOverdue else {
                    if case .hung = error.kind { throw fault(.hung(seconds: seconds), request.phase) }
                    throw error
                }
                // The time is up. One question more tells a loop that hangs from a reply that is missing.
                isOverdue = true
                deadline = ContinuousClock.now + PeerLink.grace
                sequence += 1
                try? send(WireHeader(.ping, session: session, sequence: sequence), meta: [], frames: [])
                continue
            }
            if isOverdue {
                let isLate = MessageCheck.isReply(reply, to: header)
                guard isLate || reply.isReply && reply.session == session && reply.sequence == sequence else {
                    isAnother = true
                    continue
                }
                throw fault(isLate ? .late(seconds: seconds) : .unanswered(seconds: seconds), request.phase)
            }
            guard MessageCheck.isReply(reply, to: header) else {
                try handle(reply, meta, request.phase)
                isAnother = true
                continue
            }
            do throws(WireError) {
                try MessageCheck.reply(reply, to: header)
            } catch {
                throw fault(.badMessage("\(error)"), request.phase)
            }
            return PeerReply(header: reply, meta: meta)
        }
    }

    /// What comes between a request and its reply.
    private func handle(_ header: WireHeader, _ meta: [UInt8], _ phase: String) throws(PeerFault) {
        guard !header.isReply else {
            dropped += 1
            return
        }
        switch header.message {
        case .log where header.session == session: note(meta)
        case .log: dropped += 1
        case .bye where header.session == session:
            let reason = (try? ByeNotice(bytes: meta).reason) ?? "no reason given"
            if let ended = ending(within: 0.3) { throw fault(ended, phase) }
            throw fault(.goodbye(reason), phase)
        case .hello: throw fault(.restarted, phase)
        default: dropped += 1
        }
    }

    /// Shows what the peer says of itself unasked, each thing once and not without end.
    private func note(_ meta: [UInt8]) {
        guard let notice = try? LogNotice(bytes: meta), notice.severity != .information,
            shownNotices.count < PeerLink.mostNotices,
            shownNotices.insert(notice.message).inserted
        else { return }
        Warning.show("peer '\(settings.name)': \(notice.message)")
    }

    // MARK: Messages

    private func send(
        _ header: WireHeader, meta: [UInt8], frames: [UnsafeRawBufferPointer]
    ) throws(ZeroMQError) {
        try socket.send(header, to: isRouter ? routingID : nil, meta: meta, frames: frames)
    }

    /// Waits for the next message of the peer; looks after process and connection meanwhile.
    private func receive(
        until deadline: ContinuousClock.Instant, _ phase: String, awaiting request: WireHeader? = nil,
        meta: inout [UInt8], part: (WireHeader, Int, UnsafeRawBufferPointer) -> String?
    ) throws(PeerFault) -> WireHeader {
        while true {
            do throws(ZeroMQError) {
                try socket.receive(into: &message)
            } catch {
                guard error.code == .timedOut else { throw fault(.unreachable("\(error)"), phase) }
                try lookAround(phase)
                if ContinuousClock.now >= deadline { throw overdue(phase) }
                continue
            }
            if let header = try receiveRest(phase, request, &meta, part) {
                lastHeard = .now
                return header
            }
            dropped += 1
            if ContinuousClock.now >= deadline { throw overdue(phase) }
        }
    }

    /// Receives the parts of a message whose first has come. Nil for what is no message of this peer.
    private func receiveRest(
        _ phase: String, _ request: WireHeader?, _ meta: inout [UInt8],
        _ part: (WireHeader, Int, UnsafeRawBufferPointer) -> String?
    ) throws(PeerFault) -> WireHeader? {
        var sender: [UInt8] = []
        if isRouter {
            sender = message.withUnsafeBytes { Array($0) }
            guard message.hasMore else { return nil }
            try next(phase)
        }
        let isOther = isRouter && sender != routingID
        var header = message.withUnsafeBytes { try? WireHeader($0) }
        let saysHello = header.map { $0.message == .hello && !$0.isReply } ?? false
        // The first that says HELLO is the peer; a child that lost its connection comes back with another id.
        let mayBecomePeer = saysHello && (session == 0 || process != nil)
        if isOther, !mayBecomePeer { header = nil }
        meta = []
        var count = 1
        var complaint: String?
        while message.hasMore {
            try next(phase)
            count += 1
            guard let header else { continue }
            if count == 2 {
                meta = message.withUnsafeBytes { Array($0) }
            } else if complaint == nil, count - 2 <= Int(header.frames) {
                complaint = message.withUnsafeBytes { part(header, count - 3, $0) }
            }
        }
        if isOther, saysHello, !mayBecomePeer {
            // One address, one peer: the newcomer is told, and does not wait in vain.
            let busy = ErrorReport(.limit, "this driver has its peer already")
            try? socket.send(WireHeader(.refuse), to: sender, meta: busy.encoded(), frames: [])
        }
        guard let header, count >= 2 else { return nil }
        if let complaint { throw fault(.badMessage(complaint), phase) }
        guard count - 2 == Int(header.frames) else {
            // Dropped, as all that is no message; but the reply that is waited for will not come a second time.
            guard let request, MessageCheck.isReply(header, to: request) else { return nil }
            throw fault(
                .badMessage("\(header.message) with \(count - 2) frames, of which its header says \(header.frames)"),
                phase)
        }
        if isOther { routingID = sender }
        return header
    }

    /// The next part; the parts of one message come together.
    private func next(_ phase: String) throws(PeerFault) {
        do throws(ZeroMQError) {
            try socket.receive(into: &message)
        } catch {
            throw fault(.unreachable("\(error)"), phase)
        }
    }

    // MARK: Faults

    func fault(_ kind: PeerFault.Kind, _ phase: String, state: Character? = nil) -> PeerFault {
        settings.fault(kind, phase: phase, process: process, state: state)
    }

    /// Throws if the process has ended or the connection is lost.
    private func lookAround(_ phase: String) throws(PeerFault) {
        process?.readOutput()
        if let ended = ending(within: 0) { throw fault(ended, phase) }
        if !isRouter, let refusal = watch.refusal() { throw fault(.refused(refusal), phase) }
        if watch.isLost() { throw diagnose(phase) }
    }

    private func ending(within seconds: Double) -> PeerFault.Kind? {
        switch process?.wait(seconds: seconds) {
        case .exited(let status)? where status > 128 && status < 160 && settings.isShell:
            // The shell's way to say that the program it ran was killed.
            return .killed(status - 128)
        case .exited(let status)?: return .exited(status)
        case .killed(let signal)?: return .killed(signal)
        case nil: return nil
        }
    }

    /// Tells why a connection that was there is lost.
    private func diagnose(_ phase: String) -> PeerFault {
        if let process {
            if let ended = ending(within: 0.5) { return fault(ended, phase) }
            if process.isStopped { return fault(.silent, phase, state: "T") }
            return fault(watch.isBackWithin(seconds: 0.7) ? .cut : .closed, phase)
        }
        // On another machine there is only the time to go by: a connection that breaks before the heartbeat's time is up
        // was closed.
        let silence = (ContinuousClock.now - lastHeard) / .seconds(1)
        if silence < settings.timeouts.heartbeat || watch.isRefusedWithin(seconds: 0.5) {
            return fault(.closed, phase)
        }
        return fault(.silent, phase)
    }

    private func overdue(_ phase: String) -> PeerFault {
        if session == 0 { return fault(.noStart(seconds: settings.timeouts.start), phase) }
        if process?.isStopped == true { return fault(.silent, phase, state: "T") }
        return fault(.hung(seconds: settings.timeouts.step), phase)
    }

    private static func words(_ meta: [UInt8]) -> String {
        (try? ErrorReport(bytes: meta).message) ?? "no reason given"
    }
}
