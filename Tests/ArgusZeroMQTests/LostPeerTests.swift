import ArgusZeroMQ
import Glibc
import Testing

/// How a socket's owner learns that a peer is gone, from its monitor.
@Suite(.serialized) struct LostPeerTests {
    @Test func aFrameThatIsTooLargeDisconnectsItsSenderAlone() throws {
        let context = Context()
        var options = SocketOptions.patient
        options.maximumMessageSize = 1000
        let router = try Socket(.router, context: context, options: options)
        let monitor = try router.monitor()
        let address = try router.bind("tcp://127.0.0.1:*")
        let good = try Socket(.dealer, context: context, options: .patient)
        let bad = try Socket(.dealer, context: context, options: .patient)
        try good.connect(address)
        try monitor.waitForHandshake()
        try bad.connect(address)
        try monitor.waitForHandshake()
        try bad.send(bytes: [UInt8](repeating: 0, count: 1001))
        #expect(try monitor.firstEvent { $0.isDisconnection } != nil)
        try good.send(bytes: [UInt8](repeating: 7, count: 1000))
        #expect(try receive(from: router).last?.utf8.count == 1000)
    }

    @Test(arguments: ["tcp", "ipc"])
    func aKilledPeerIsSeenAtOnce(transport: String) throws {
        let folder = try PrivateFolder()
        let router = try Socket(.router, context: Context(), options: .patient)
        let monitor = try router.monitor()
        let address = try router.bind(
            transport == "tcp" ? "tcp://127.0.0.1:*" : "\(folder.endpoint("killed", for: .bind))")
        let peer = try PeerProcess(connectingTo: address)
        try monitor.waitForHandshake()
        peer.send(SIGKILL)
        let lost = try #require(try monitor.firstEvent { $0.isDisconnection })
        #expect(lost.event.endpoint == address)
    }

    @Test func aStoppedPeerIsLostAfterTheHeartbeatTimeout() throws {
        var options = SocketOptions.patient
        options.heartbeatInterval = .milliseconds(300)
        options.heartbeatTimeout = .milliseconds(1000)
        let router = try Socket(.router, context: Context(), options: options)
        let monitor = try router.monitor()
        let address = try router.bind("tcp://127.0.0.1:*")
        let peer = try PeerProcess(connectingTo: address)
        try monitor.waitForHandshake()
        // As long as it answers it stays.
        #expect(try monitor.firstEvent(within: .milliseconds(1500)) { $0.isDisconnection } == nil)
        peer.send(SIGSTOP)
        let lost = try #require(try monitor.firstEvent { $0.isDisconnection })
        #expect(lost.after > .milliseconds(500))
    }

    @Test func aPeerThatDoesNotIntroduceItselfIsTurnedAway() throws {
        var options = SocketOptions.patient
        options.handshakeInterval = .milliseconds(200)
        let router = try Socket(.router, context: Context(), options: options)
        let monitor = try router.monitor()
        let address = try router.bind("tcp://127.0.0.1:*")
        let port = try #require(address.split(separator: ":").last.flatMap { UInt16($0) })
        let silent = try #require(connectedDescriptor(port: port))
        defer { close(silent) }
        let failed = try #require(
            try monitor.firstEvent { event in
                if case .handshakeFailed = event.kind { true } else { event.isDisconnection }
            })
        #expect(failed.after > .milliseconds(100))

        // And one that speaks another language.
        let stranger = try #require(connectedDescriptor(port: port))
        defer { close(stranger) }
        let request = Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        #expect(write(stranger, request, request.count) == request.count)
        #expect(
            try monitor.firstEvent { event in
                if case .handshakeFailed = event.kind { true } else { event.isDisconnection }
            } != nil)
        _ = try router.readiness()
    }

    @Test func attemptsToReachNobodyAreSeen() throws {
        var options = SocketOptions.patient
        options.reconnectInterval = .milliseconds(20)
        let dealer = try Socket(.dealer, context: Context(), options: options)
        let monitor = try dealer.monitor()
        try dealer.connect("tcp://127.0.0.1:9")
        #expect(try monitor.firstEvent { $0.kind == .connectDelayed } != nil)
        #expect(
            try monitor.firstEvent { event in
                if case .connectRetried(let pause) = event.kind { pause >= 20 } else { false }
            } != nil)
    }

    private func connectedDescriptor(port: UInt16) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
