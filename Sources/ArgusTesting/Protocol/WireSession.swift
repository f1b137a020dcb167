import ArgusHost
import ArgusWire
import ArgusZeroMQ
import Foundation
import Glibc

/// A message as it came.
struct WireArrival {
    var header: WireHeader
    var meta: [UInt8]
    var frames: [[UInt8]]

    /// The codes of an error reply.
    var errorCodes: [WireError.Code] { (try? ErrorReports(bytes: meta))?.errors.map(\.code) ?? [] }
}

/// A driver's end of a session with a peer that does nothing on its own: what checks of the protocol need.
final class WireSession {
    private let socket: Socket
    private let isRouter: Bool
    private var routingID: [UInt8] = []
    private let folder: PrivateFolder?
    private var child: ChildProcess?
    /// The started process; nil for a peer that runs already.
    let process: pid_t?
    private(set) var session: UInt64 = 0
    private var sequence: UInt64 = 0
    private(set) var identity: PeerIdentity?
    /// Of the last instance, as it came.
    private var specification: [UInt8] = []

    /// Starts or finds the first peer and shakes hands.
    init(_ peer: ScenarioPeer, seconds: Double) throws {
        guard !peer.addresses.isEmpty else { throw ConformanceFailure("no peer") }
        let settings = PeerSettings(peer, worker: 0, timeouts: ScenarioPeer.Timeouts())
        CallTrace.shared.note(.wire)
        var options = SocketOptions()
        options.receiveTimeout = .milliseconds(20)
        switch settings.way {
        case .start(let arguments):
            let folder = try PrivateFolder()
            socket = try Socket(.router, options: options)
            let endpoint = try socket.bind(folder.endpoint("peer", for: .bind))
            let child = try ChildProcess(
                arguments[0], Array(arguments.dropFirst()), errors: .withOutput,
                environment: PeerSettings.environment(endpoint: endpoint))
            self.child = child
            self.folder = folder
            process = child.identifier
            isRouter = true
        case .connect(let text):
            socket = try Socket(.dealer, options: options, security: try settings.clientSecurity(text))
            try socket.connect(Endpoint(text, for: .connect))
            folder = nil
            process = nil
            isRouter = false
        case .listen: throw ConformanceFailure("a peer that connects by itself cannot be spoken to here")
        }
        try shakeHands(seconds)
    }

    deinit {
        guard let child else { return }
        child.send(SIGKILL)
        for _ in 0..<400 where child.ending() == nil { usleep(5000) }
    }

    /// Goes away as a driver does that is killed: closes the child's input. The caller closes the socket by letting go of
    /// this session.
    func abandonChild() { child = nil }

    private func shakeHands(_ seconds: Double) throws {
        let own = PeerIdentity(role: .driver, name: "argus validate", version: "1", pid: Int(getpid()))
        let deadline = ContinuousClock.now + .seconds(seconds)
        if isRouter {
            while ContinuousClock.now < deadline {
                _ = child?.readLines()
                if let ending = child?.ending() { throw ConformanceFailure("the peer \(ending.words) before HELLO") }
                guard let arrival = try receive(seconds: 0.1) else { continue }
                try require(arrival.header.message == .hello, "\(arrival.header.message) before HELLO")
                identity = try Hello(bytes: arrival.meta).identity
                session = UInt64.random(in: 1 ... .max)
                try send(WireHeader(.welcome, session: session), meta: Welcome(own).encoded())
                return
            }
        } else {
            try send(WireHeader(.hello), meta: Hello(own).encoded())
            while ContinuousClock.now < deadline {
                guard let arrival = try receive(seconds: 0.1) else { continue }
                try require(arrival.header.message == .welcome, "\(arrival.header.message) in answer to HELLO")
                identity = try Welcome(bytes: arrival.meta).identity
                session = arrival.header.session
                return
            }
        }
        throw ConformanceFailure("no \(isRouter ? "HELLO" : "WELCOME") within \(Int(seconds)) s")
    }

    // MARK: Messages

    /// A request of this session with the next sequence number.
    func request(
        _ message: WireMessage, instance: UInt32 = 0, specification: UInt64 = 0, batch: Int = 0, frames: Int = 0
    ) -> WireHeader {
        sequence += 1
        return WireHeader(
            message, frames: UInt32(frames), session: session, sequence: sequence, specification: specification,
            instance: instance, batch: UInt32(batch), deadline: 10_000)
    }

    /// Sends a request and gives back its reply, which must be the only message that comes.
    func ask(
        _ header: WireHeader, meta: [UInt8] = [], frames: [[UInt8]] = [], seconds: Double = 10
    ) throws -> WireArrival {
        try send(header, meta: meta, frames: frames)
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            guard let arrival = try receive(seconds: 0.1) else { continue }
            if arrival.header.message == .log { continue }
            try require(
                MessageCheck.isReply(arrival.header, to: header),
                "\(arrival.header.message) with sequence \(arrival.header.sequence) while the reply to \(header.message) "
                    + "with sequence \(header.sequence) was due")
            do { try MessageCheck.reply(arrival.header, to: header) } catch { throw ConformanceFailure("\(error)") }
            return arrival
        }
        throw ConformanceFailure("no reply to \(header.message) within \(Int(seconds)) s")
    }

    func send(_ header: WireHeader, meta: [UInt8] = [], frames: [[UInt8]] = []) throws {
        try send(parts: [header.encoded(), meta] + frames)
    }

    /// Sends a multipart message as it is.
    func send(parts: [[UInt8]]) throws {
        let all = isRouter ? [routingID] + parts : parts
        for (index, part) in all.enumerated() {
            try part.withUnsafeBytes { try socket.send(bytes: $0, more: index < all.count - 1) }
        }
    }

    /// The next message; nil when none comes in time.
    func receive(seconds: Double) throws -> WireArrival? {
        let deadline = ContinuousClock.now + .seconds(seconds)
        _ = child?.readLines()
        var parts: [[UInt8]] = []
        var message = Message()
        while true {
            do {
                try socket.receive(into: &message)
            } catch {
                guard error.code == .timedOut else { throw error }
                if ContinuousClock.now >= deadline { return nil }
                _ = child?.readLines()
                if let ending = child?.ending() { throw ConformanceFailure("the peer \(ending.words)") }
                continue
            }
            parts.append(message.withUnsafeBytes { Array($0) })
            if message.hasMore { continue }
            if isRouter { routingID = parts.removeFirst() }
            guard parts.count >= 2 else {
                throw ConformanceFailure("a message of \(parts.count) parts, expected 2 or more")
            }
            let header = try parts[0].withUnsafeBytes { try WireHeader($0) }
            try require(
                parts.count - 2 == Int(header.frames),
                "\(header.message) has \(parts.count - 2) frames, its header says \(header.frames)")
            return WireArrival(header: header, meta: parts[1], frames: Array(parts[2...]))
        }
    }

    // MARK: Common requests

    /// Whether the peer's loop still answers.
    func requirePing(_ after: String) throws {
        do {
            let reply = try ask(request(.ping), seconds: 5)
            try require(
                reply.header.status == .done && reply.frames.isEmpty && reply.meta.count <= 2,
                "a reply to PING with status \(reply.header.status.rawValue) and \(reply.frames.count) frames")
        } catch {
            throw ConformanceFailure("PING after \(after): \(error)")
        }
    }

    /// An instance of an environment.
    func create(_ subject: ConformanceSubject, copies: Int) throws -> (instance: UInt32, hash: UInt64) {
        let values = try subject.scenario.completeParameters(for: subject.descriptor).values
        let meta = CreateRequest(environment: subject.descriptor.id, parameters: values, copies: copies).encoded()
        let reply = try ask(request(.create), meta: meta, seconds: 30)
        try require(reply.header.status == .done, "CREATE: \(reply.errorCodes.map(\.rawValue))")
        specification = reply.frames.first ?? []
        return (reply.header.instance, reply.header.specification)
    }

    /// What a new instance says of itself.
    func specification(_ subject: ConformanceSubject) throws -> WireSpecification {
        _ = try create(subject, copies: 0)
        return try specification.withUnsafeBytes { try WireSpecification(bytes: $0) }
    }
}
