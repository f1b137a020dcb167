import ArgusZeroMQ
import Dispatch
import Foundation
import Synchronization
import Testing

@Suite struct SocketTests {
    @Test func theLibraryIsThereWithCurve() {
        #expect(ZeroMQ.version >= ZeroMQ.Version(major: 4, minor: 3, patch: 2))
        #expect(ZeroMQ.has("curve"))
        #expect(ZeroMQ.has("ipc"))
        #expect(!ZeroMQ.has("teleportation"))
    }

    @Test(arguments: ["inproc", "ipc", "tcp"])
    func multipartMessagesArriveWhole(transport: String) throws {
        let folder = try PrivateFolder()
        let context = Context()
        let router = try Socket(.router, context: context, options: .patient)
        let endpoint =
            switch transport {
            case "inproc": "inproc://round-trip"
            case "ipc": "\(try folder.endpoint("round-trip.sock", for: .bind))"
            default: "tcp://127.0.0.1:*"
            }
        let address = try router.bind(endpoint)
        #expect(!address.contains("*"))
        var options = SocketOptions.patient
        options.routingID = Array("peer-1".utf8)
        let dealer = try Socket(.dealer, context: context, options: options)
        try dealer.connect(address)

        let large = String(repeating: "x", count: 100_000)
        for round in 0..<20 {
            try send(["round \(round)", "", large, "end"], over: dealer)
            let request = try receive(from: router)
            #expect(request == ["peer-1", "round \(round)", "", large, "end"])
            try send([request[0], "reply", large], over: router)
            #expect(try receive(from: dealer) == ["reply", large])
        }
    }

    @Test func messagesAreMovedNotCopied() throws {
        let context = Context()
        let left = try Socket(.pair, context: context, options: .patient)
        let right = try Socket(.pair, context: context, options: .patient)
        try left.bind("inproc://pair")
        try right.connect("inproc://pair")
        for size in [0, 1, 33, 34, 4096, 1 << 20] {
            var message = try Message(size: size)
            message.withUnsafeMutableBytes { bytes in
                for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index &* 7) }
            }
            try left.send(message, more: true)
            try left.send(try Message(copying: UnsafeRawBufferPointer(start: nil, count: 0)))
            var received = try right.receive()
            let (count, hasMore) = (received.count, received.hasMore)
            #expect(count == size && hasMore)
            let isEqual = received.withUnsafeBytes { bytes in
                bytes.indices.allSatisfy { bytes[$0] == UInt8(truncatingIfNeeded: $0 &* 7) }
            }
            #expect(isEqual)
            try right.receive(into: &received)
            let (lastCount, lastHasMore) = (received.count, received.hasMore)
            #expect(lastCount == 0 && !lastHasMore)
        }
        #expect(throws: ZeroMQError.self) { _ = try Message(size: -1) }
    }

    @Test func framesAreCopiedIntoABufferAndACutIsSeen() throws {
        let context = Context()
        let left = try Socket(.pair, context: context, options: .patient)
        let right = try Socket(.pair, context: context, options: .patient)
        try left.bind("inproc://buffer")
        try right.connect("inproc://buffer")
        try send(["hello", "a longer frame"], over: left)
        var buffer = [UInt8](repeating: 0, count: 8)
        let first = try buffer.withUnsafeMutableBytes { try right.receive(into: $0) }
        #expect(first.count == 5 && first.hasMore)
        #expect(buffer.prefix(5) == Array("hello".utf8)[...])
        let second = try buffer.withUnsafeMutableBytes { try right.tryReceive(into: $0) }
        #expect(second?.count == 14 && second?.hasMore == false)
        #expect(buffer == Array("a longer".utf8))
        #expect(try buffer.withUnsafeMutableBytes { try right.tryReceive(into: $0) } == nil)
    }

    @Test func nothingThereIsAResultAndAFullQueueKeepsTheMessage() throws {
        let context = Context()
        var options = SocketOptions.patient
        options.sendHighWaterMark = 2
        options.receiveHighWaterMark = 2
        let left = try Socket(.pair, context: context, options: options)
        let right = try Socket(.pair, context: context, options: options)
        try left.bind("inproc://full")
        try right.connect("inproc://full")
        var message = Message()
        let received = try right.tryReceive(into: &message)
        #expect(received == .wouldBlock)
        var sent = 0
        while sent < 100 {
            message = try Message("number \(sent)")
            guard try left.trySend(&message) == .complete else { break }
            let left = message.count
            #expect(left == 0)
            sent += 1
        }
        #expect(sent == 4)
        let kept = message.text
        #expect(kept == "number 4")
        let transfer = try left.trySend(bytes: UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(transfer == .wouldBlock)
        #expect(try receive(from: right) == ["number 0"])
    }

    @Test func timeLimitsAreKept() throws {
        var options = SocketOptions()
        options.sendTimeout = .milliseconds(30)
        options.receiveTimeout = .milliseconds(30)
        let socket = try Socket(.dealer, context: Context(), options: options)
        let start = ContinuousClock.now
        #expect(code { _ = try socket.receive() } == .timedOut)
        // `immediate`: nothing waits for a peer that is not there.
        #expect(code { try socket.send(bytes: [1]) } == .timedOut)
        #expect(start.duration(to: .now) >= .milliseconds(60))
    }

    @Test func aRouterSaysWhichPeerIsNotThere() throws {
        let router = try Socket(.router, context: Context(), options: .patient)
        try router.bind("tcp://127.0.0.1:*")
        #expect(code { try send(["nobody", "hello"], over: router) } == .hostUnreachable)
    }

    @Test func aRoutingIDIsNotHandedOverToANewcomer() throws {
        let context = Context()
        let router = try Socket(.router, context: context, options: .patient)
        let address = try router.bind("tcp://127.0.0.1:*")
        var options = SocketOptions.patient
        options.routingID = Array("worker".utf8)
        let first = try Socket(.dealer, context: context, options: options)
        try first.connect(address)
        try send(["first"], over: first)
        #expect(try receive(from: router) == ["worker", "first"])
        let second = try Socket(.dealer, context: context, options: options)
        try second.connect(address)
        try send(["worker", "for the first"], over: router)
        #expect(try receive(from: first) == ["for the first"])
    }

    @Test func errorsNameTheCallAndTheEndpoint() throws {
        let context = Context()
        let first = try Socket(.router, context: context)
        let second = try Socket(.router, context: context)
        let address = try first.bind("tcp://127.0.0.1:*")
        let error = #expect(throws: ZeroMQError.self) { try second.bind(address) }
        #expect(error?.code == .addressInUse)
        #expect(error?.endpoint == address)
        #expect(error?.call == "zmq_bind")
        let text = error.map { "\($0)" } ?? ""
        #expect(text.hasPrefix("ZeroMQ call failed (\(address), zmq_bind): found \"Address already in use\""))
        #expect(text.contains(". Try port *"))
        try first.unbind(address)
        #expect(code { try first.unbind(address) } == .notFound)

        var options = SocketOptions()
        options.routingID = [0, 1]
        let option = #expect(throws: ZeroMQError.self) { _ = try Socket(.dealer, context: context, options: options) }
        #expect(option?.call == "zmq_setsockopt(ZMQ_ROUTING_ID)")
        #expect(code { try first.disconnect("tcp://127.0.0.1:1") } == .notFound)
    }

    /// A class that several threads use in turn: what `Socket` itself does not allow.
    private final class LockedSocket: Sendable {
        private let socket: Mutex<Socket>

        init(_ socket: consuming sending Socket) { self.socket = Mutex(socket) }

        func request(_ text: String) throws -> String {
            try socket.withLock { socket in
                try send([text], over: socket)
                return try receive(from: socket).joined()
            }
        }

        func echo() throws { try socket.withLock { socket in try send(try receive(from: socket), over: socket) } }
    }

    @Test func aLockedSocketServesSeveralThreadsInTurn() throws {
        let context = Context()
        let folder = try PrivateFolder()
        let endpoint = try folder.endpoint("locked", for: .bind)
        let router = LockedSocket(
            try {
                let router = try Socket(.router, context: context, options: .patient)
                try router.bind(endpoint)
                return router
            }())
        let locked = LockedSocket(
            try {
                var options = SocketOptions.patient
                options.routingID = Array("locked".utf8)
                let dealer = try Socket(.dealer, context: context, options: options)
                try dealer.connect(endpoint)
                return dealer
            }())
        let failures = Mutex<[String]>([])
        let threads = DispatchGroup()
        // Threads, not tasks: those that wait must not hold up those that are waited for.
        func start(_ body: @escaping @Sendable () throws -> Void) {
            threads.enter()
            Thread.detachNewThread {
                do { try body() } catch { failures.withLock { $0.append("\(error)") } }
                threads.leave()
            }
        }
        start { for _ in 0..<200 { try router.echo() } }
        for thread in 0..<4 {
            start {
                for number in 0..<50 {
                    let text = "\(thread).\(number)"
                    let reply = try locked.request(text)
                    if reply != text { failures.withLock { $0.append("\(reply) for \(text)") } }
                }
            }
        }
        #expect(threads.wait(timeout: .now() + 20) == .success)
        #expect(failures.withLock { $0 } == [])
    }
}

/// The code of the ``ZeroMQError`` that `body` throws.
func code(_ body: () throws -> Void) -> ZeroMQError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? ZeroMQError)?.code
    }
}
