import CZeroMQ
import Glibc
import Synchronization

/// Decides who may connect to the CURVE servers of a context: the one handler of ZAP (ZeroMQ RFC 27) that a context
/// can have, on a thread of its own.
///
/// It lives as long as its context. libzmq lets clients in unchecked where there is no handler, so it must not end
/// before the last socket; and a domain that is not registered is refused.
final class Authenticator: Sendable {
    private struct Domain {
        let allowed: Set<PublicKey>
        let onRefusal: @Sendable (Refusal) -> Void
    }

    private static let endpoint = "inproc://zeromq.zap.01"

    private let domains = Mutex<[String: Domain]>([:])
    private let thread = Atomic<UInt>(0)

    /// Starts the thread; requests are answered from now on.
    init(context: Context) throws(ZeroMQError) {
        var options = SocketOptions()
        options.sendHighWaterMark = 0
        options.receiveHighWaterMark = 0
        options.routerMandatory = false
        options.immediate = false
        // The socket must not keep the context alive: the end of the context ends this thread.
        let socket = try Socket(.router, in: context.pointer, holding: nil, options: options, security: .none)
        try socket.bind(Authenticator.endpoint)
        let handOver = SocketHandOver(socket)
        guard startDetachedThread({ [self] in answerRequests(from: handOver) }) else {
            throw ZeroMQError(ZeroMQError.Code(rawValue: EAGAIN), call: "pthread_create")
        }
    }

    func register(_ domain: String, allowed: Set<PublicKey>, onRefusal: @escaping @Sendable (Refusal) -> Void) {
        domains.withLock { $0[domain] = Domain(allowed: allowed, onRefusal: onRefusal) }
    }

    func remove(_ domain: String) {
        // Released outside of the lock: a closure's end may close sockets.
        _ = domains.withLock { $0.removeValue(forKey: domain) }
    }

    /// Whether the caller runs on this authenticator's thread.
    var isCurrentThread: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// Until the context terminates.
    private func answerRequests(from handOver: SocketHandOver) {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        guard let socket = handOver.take() else { return }
        while true {
            do {
                var frames = try Authenticator.receive(from: socket)
                // The way back (routing id and an empty frame), then version, request id, domain, address, the client's
                // routing id, mechanism, credentials. libzmq is the only one that writes here.
                guard frames.count >= 8 else { continue }
                let decision = decide(Array(frames[2...]))
                frames.removeSubrange(4...)
                frames += [Array(decision.status.utf8), Array(decision.text.utf8), Array(decision.userID.utf8), []]
                for (index, frame) in frames.enumerated() {
                    try frame.withUnsafeBufferPointer { bytes throws(ZeroMQError) in
                        try socket.send(bytes: UnsafeRawBufferPointer(bytes), more: index < frames.count - 1)
                    }
                }
            } catch {
                if error.code == .terminated || error.code == .notSocket { return }
            }
        }
    }

    private static func receive(from socket: borrowing Socket) throws(ZeroMQError) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        var message = Message()
        repeat {
            try socket.receive(into: &message)
            frames.append(message.withUnsafeBytes { Array($0) })
        } while message.hasMore
        return frames
    }

    private struct Decision {
        let status: String
        let text: String
        var userID = ""
    }

    /// - Parameter request: version, request id, domain, address, routing id, mechanism, credentials…
    private func decide(_ request: [[UInt8]]) -> Decision {
        func text(_ index: Int) -> String { String(decoding: request[index], as: UTF8.self) }
        guard text(0) == "1.0" else { return Decision(status: "500", text: "unknown version of ZAP") }
        guard let domain = domains.withLock({ $0[text(2)] }) else {
            return Decision(status: "400", text: "no such domain")
        }
        guard text(5) == "CURVE", request.count == 7, let key = PublicKey(bytes: request[6]) else {
            domain.onRefusal(Refusal(address: text(3), reason: .mechanism(text(5))))
            return Decision(status: "400", text: "a key is required")
        }
        guard domain.allowed.contains(key) else {
            domain.onRefusal(Refusal(address: text(3), reason: .keyNotAllowed(key)))
            return Decision(status: "400", text: "this key is not allowed")
        }
        return Decision(status: "200", text: "OK", userID: key.text)
    }
}

/// Takes a socket from the thread that makes it to the one that uses it.
private final class SocketHandOver: Sendable {
    private let socket: Mutex<Socket?>

    init(_ socket: consuming sending Socket) { self.socket = Mutex(socket) }

    func take() -> sending Socket? { socket.withLock { $0.take() } }
}
