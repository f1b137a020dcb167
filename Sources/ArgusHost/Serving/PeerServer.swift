import ArgusWire
public import ArgusZeroMQ
import Foundation
import Glibc

/// Serves environments or policies to drivers: one thread, any number of sessions.
///
/// It binds and waits for drivers, or connects to one that has started this process and ends with it.
public final class PeerServer {
    /// Which way the connection is made.
    public enum Way: Sendable {
        case bind(String, SocketSecurity)
        case connect(String)
    }

    /// Where drivers connect to; for `.connect`, where the driver is.
    public let endpoint: String
    private let socket: Socket
    private let monitor: SocketMonitor
    private let isRouter: Bool
    private let identity: PeerIdentity
    private let makeSession: () -> any ServedSession
    /// By routing id; the one of a connecting server has none.
    private var sessions: [[UInt8]: Session] = [:]
    private let parts = MessageParts()
    private var isOver = false
    /// Messages that were none of this protocol.
    public private(set) var dropped = 0

    private struct Session {
        var number: UInt64
        var side: any ServedSession
        var connection: Int32?
        var lastRequest: ContinuousClock.Instant
    }

    /// Sessions at once, and after how long a silent one may give way to a new one.
    private static let mostSessions = 64
    private static let idleLimit = Duration.seconds(60)

    init(_ way: Way, identity: PeerIdentity, makeSession: @escaping () -> any ServedSession) throws {
        self.identity = identity
        self.makeSession = makeSession
        var options = SocketOptions()
        options.receiveTimeout = .milliseconds(100)
        switch way {
        case .bind(let text, let security):
            // libzmq (up to 4.3.5 at least) ends the process when its heartbeat is due on a connection that was reset
            // while as many messages as may wait did so. Anybody could do that to a server, so it leaves the asking to
            // its clients, whose time to live tells of their loss.
            options.heartbeatInterval = .zero
            socket = try Socket(.router, options: options, security: security)
            monitor = try socket.monitor()
            endpoint = try socket.bind(Endpoint(text, for: .bind))
            isRouter = true
        case .connect(let text):
            socket = try Socket(.dealer, options: options)
            monitor = try socket.monitor()
            try socket.connect(text)
            endpoint = text
            isRouter = false
        }
    }

    /// Answers until the driver is gone (connecting), or `goOn` says no (asked about ten times a second).
    ///
    /// - Parameter onRefusal: told of clients that were not let in.
    public func run(while goOn: () -> Bool = { true }, onRefusal: (Refusal) -> Void = { _ in }) throws {
        if !isRouter { try sendHello() }
        while !isOver, goOn() {
            let hasMessage = try parts.receive(from: socket)
            // First what became of the connections: their numbers are given again.
            while let event = try monitor.next() {
                if let refusal = Refusal(event) { onRefusal(refusal) }
                guard case .disconnected(let connection) = event.kind else { continue }
                // The driver that started this process is gone.
                guard isRouter else { return }
                // What a driver that left had made is nobody's.
                sessions = sessions.filter { $0.value.connection != connection }
            }
            if hasMessage { try handle() }
        }
    }

    private func sendHello() throws {
        let hello = Hello(identity).encoded()
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do throws(ZeroMQError) {
                try send(WireHeader(.hello), [], hello, [])
                return
            } catch {
                guard error.code == .timedOut, ContinuousClock.now < deadline else { throw error }
            }
        }
    }

    // MARK: Messages

    private func handle() throws {
        let routing = isRouter ? Array(parts.bytes(0)) : []
        let first = isRouter ? 1 : 0
        guard parts.count >= first + 2, let header = WireHeader(unchecked: parts.bytes(first)) else {
            dropped += 1
            return
        }
        if !isRouter, header.message == .welcome || header.message == .refuse {
            guard header.message == .welcome else {
                let reason = (try? ErrorReport(bytes: parts.bytes(1)).message) ?? "no reason given"
                throw ArgusError(
                    .peer, "the driver refused this peer", at: endpoint, found: reason, expected: "WELCOME")
            }
            begin(routing, header.session)
            return
        }
        do throws(WireError) {
            _ = try MessageCheck.header(parts.bytes(first), sizes: parts.sizes[first...], limits: identity.limits)
            let meta = Array(parts.bytes(first + 1))
            switch header.message {
            case .hello: try welcome(routing, meta)
            case .bye:
                sessions[routing] = nil
                if !isRouter { isOver = true }
            default:
                guard !header.isReply else {
                    dropped += 1
                    return
                }
                try answer(
                    ServedRequest(header: header, meta: meta, parts: parts, first: first + 2), routing)
            }
        } catch {
            // Kinds that have no reply get none.
            guard error.code != .malformed || header.message.isRequest, !header.isReply,
                header.message != .log, header.message != .bye
            else {
                dropped += 1
                return
            }
            let code = error.code == .malformed ? WireError.Code.invalidRequest : error.code
            send(ServedReply(WireError(code, error.message)), to: header, routing)
        }
    }

    private func welcome(_ routing: [UInt8], _ meta: [UInt8]) throws(WireError) {
        do throws(WireError) {
            let answer = try Hello(bytes: meta).welcome(by: identity)
            try makeRoom(for: routing)
            let number = UInt64.random(in: 1 ... .max)
            begin(routing, number)
            try? send(WireHeader(.welcome, session: number), routing, answer.encoded(), [])
        } catch {
            try? send(WireHeader(.refuse), routing, ErrorReport(error).encoded(), [])
        }
    }

    private func begin(_ routing: [UInt8], _ number: UInt64) {
        sessions[routing] = Session(
            number: number, side: makeSession(), connection: parts.connection, lastRequest: .now)
    }

    private func makeRoom(for routing: [UInt8]) throws(WireError) {
        guard sessions.count >= PeerServer.mostSessions, sessions[routing] == nil else { return }
        guard let oldest = sessions.min(by: { $0.value.lastRequest < $1.value.lastRequest }),
            ContinuousClock.now - oldest.value.lastRequest > PeerServer.idleLimit
        else { throw WireError(.limit, "\(sessions.count) sessions already, and all are in use") }
        sessions[oldest.key] = nil
    }

    private func answer(_ request: ServedRequest, _ routing: [UInt8]) throws(WireError) {
        guard let session = sessions[routing], session.number == request.header.session else {
            throw WireError(.unknownSession, "no session \(request.header.session) of this connection")
        }
        sessions[routing]?.lastRequest = .now
        if request.header.message == .ping {
            send(ServedReply(), to: request.header, routing)
            return
        }
        guard request.header.message.isRequest else {
            throw WireError(.unknownMessage, "no message of kind \(request.header.message.rawValue) is known")
        }
        send(try session.side.answer(request), to: request.header, routing)
    }

    private func send(_ reply: ServedReply, to request: WireHeader, _ routing: [UInt8]) {
        var header = request.reply(
            status: reply.status, frames: UInt32(reply.frames.count), clock: reply.clock,
            batch: reply.batch.map(UInt32.init))
        if let instance = reply.instance { header.instance = instance }
        if let specification = reply.specification { header.specification = specification }
        // A driver that is gone does not get its reply; the others go on.
        try? send(header, routing, reply.meta, reply.frames)
    }

    private func send(
        _ header: WireHeader, _ routing: [UInt8], _ meta: [UInt8], _ frames: [UnsafeRawBufferPointer]
    ) throws(ZeroMQError) {
        try socket.send(header, to: isRouter ? routing : nil, meta: meta, frames: frames)
    }
}
