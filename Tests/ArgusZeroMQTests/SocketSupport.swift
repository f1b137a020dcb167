import ArgusZeroMQ
import Glibc
import Testing

/// Frames of text, one message.
func send(_ frames: [String], over socket: borrowing Socket) throws {
    for (index, frame) in frames.enumerated() {
        try socket.send(bytes: Array(frame.utf8), more: index < frames.count - 1)
    }
}

/// One message's frames, as text.
func receive(from socket: borrowing Socket) throws -> [String] {
    var frames: [String] = []
    var message = Message()
    repeat {
        try socket.receive(into: &message)
        frames.append(message.text)
    } while message.hasMore
    return frames
}

extension Socket {
    func send(bytes: [UInt8], more: Bool = false) throws {
        try bytes.withUnsafeBytes { try send(bytes: $0, more: more) }
    }
}

extension Message {
    init(_ text: String) throws { try self.init(copying: Array(text.utf8)) }

    var text: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
}

extension SocketOptions {
    /// For tests: nothing waits for ever.
    static var patient: SocketOptions {
        var options = SocketOptions()
        options.sendTimeout = .seconds(5)
        options.receiveTimeout = .seconds(5)
        return options
    }
}

extension SocketMonitor {
    /// The first event that `matches`, and how long it took to come; nil after `limit`.
    func firstEvent(
        within limit: Duration = .seconds(5), where matches: (SocketEvent) -> Bool
    ) throws -> (event: SocketEvent, after: Duration)? {
        let start = ContinuousClock.now
        var poller = Poller()
        _ = poller.add(self)
        while true {
            while let event = try next() {
                if matches(event) { return (event, start.duration(to: .now)) }
            }
            let left = ContinuousClock.now.duration(to: start + limit)
            if left <= .zero { return nil }
            try poller.wait(timeout: left)
        }
    }

    func waitForHandshake() throws {
        try #require(try firstEvent(within: .seconds(20)) { $0.kind == .handshakeSucceeded } != nil)
    }
}

extension SocketEvent {
    var isDisconnection: Bool {
        if case .disconnected = kind { true } else { false }
    }
}
