import ArgusZeroMQ
import Glibc
import Synchronization
import Testing

@Suite struct CurveTests {
    private final class Refusals: Sendable {
        let list = Mutex<[Refusal]>([])

        func first(within limit: Duration = .seconds(5)) async throws -> Refusal? {
            let deadline = ContinuousClock.now + limit
            while ContinuousClock.now < deadline {
                if let first = list.withLock({ $0.first }) { return first }
                try await Task.sleep(for: .milliseconds(5))
            }
            return nil
        }
    }

    @Test func aClientOnTheListIsLetInAndKnownByItsKey() throws {
        let context = Context()
        let serverKeys = try KeyPair.generate()
        let clientKeys = try KeyPair.generate()
        let server = try CurveServer(keys: serverKeys, allowed: [clientKeys.publicKey], context: context)
        let router = try Socket(.router, context: context, options: .patient, security: .curveServer(server))
        let address = try router.bind("tcp://127.0.0.1:*")
        let dealer = try Socket(
            .dealer, context: context, options: .patient,
            security: .curveClient(CurveClient(keys: clientKeys, serverKey: serverKeys.publicKey)))
        try dealer.connect(address)
        try send(["secret"], over: dealer)
        let routingID = try router.receive()
        let message = try router.receive()
        let (text, userID, address2) = (message.text, message.userID, message.peerAddress)
        #expect(text == "secret" && userID == clientKeys.publicKey.text && address2 == "127.0.0.1")
        try router.send(routingID, more: true)
        try router.send(try Message("reply"))
        #expect(try receive(from: dealer) == ["reply"])
    }

    @Test func aClientThatIsNotOnTheListIsRefusedAndReported() async throws {
        let context = Context()
        let serverKeys = try KeyPair.generate()
        let stranger = try KeyPair.generate()
        let refusals = Refusals()
        let server = try CurveServer(keys: serverKeys, allowed: [KeyPair.generate().publicKey], context: context) {
            refusal in refusals.list.withLock { $0.append(refusal) }
        }
        do {
            let router = try Socket(.router, context: context, options: .patient, security: .curveServer(server))
            let monitor = try router.monitor()
            let address = try router.bind("tcp://127.0.0.1:*")
            var options = SocketOptions.patient
            options.sendTimeout = .milliseconds(300)
            let dealer = try Socket(
                .dealer, context: context, options: options,
                security: .curveClient(CurveClient(keys: stranger, serverKey: serverKeys.publicKey)))
            let clientMonitor = try dealer.monitor()
            try dealer.connect(address)
            #expect(code { try send(["let me in"], over: dealer) } == .timedOut)
            let event = try monitor.firstEvent { event in
                if case .handshakeFailed = event.kind { true } else { false }
            }
            #expect(event?.event.kind == .handshakeFailed(.authentication(status: 400)))
            #expect(event.flatMap { Refusal($0.event) } == nil)
            #expect(
                try clientMonitor.firstEvent { $0.kind == .handshakeFailed(.authentication(status: 400)) } != nil)
        }
        let refusal = try #require(try await refusals.first())
        #expect(refusal.reason == .keyNotAllowed(stranger.publicKey))
        #expect(refusal.address == "127.0.0.1")
        #expect(refusal.time > 1_600_000_000)
        #expect("\(refusal)" == "refused 127.0.0.1: public key \(stranger.publicKey) is not allowed")
    }

    enum BadClient: CaseIterable {
        case noKeys
        case wrongServerKey
    }

    @Test(arguments: BadClient.allCases)
    func aClientWithoutKeysOrWithAWrongOneIsRefusedAndReported(client: BadClient) throws {
        let context = Context()
        let serverKeys = try KeyPair.generate()
        let clientKeys = try KeyPair.generate()
        let server = try CurveServer(keys: serverKeys, allowed: [clientKeys.publicKey], context: context)
        let router = try Socket(.router, context: context, options: .patient, security: .curveServer(server))
        let monitor = try router.monitor()
        let address = try router.bind("tcp://127.0.0.1:*")
        var options = SocketOptions.patient
        options.sendTimeout = .milliseconds(300)
        let dealer = try Socket(
            .dealer, context: context, options: options,
            security: client == .noKeys
                ? .none
                : .curveClient(CurveClient(keys: clientKeys, serverKey: try KeyPair.generate().publicKey)))
        try dealer.connect(address)
        #expect(code { try send(["let me in"], over: dealer) } == .timedOut)
        let event = try #require(
            try monitor.firstEvent { event in
                if case .handshakeFailed = event.kind { true } else { false }
            })
        let expected: ProtocolError = client == .noKeys ? .mechanismMismatch : .cryptographic
        #expect(Refusal(event.event)?.reason == .handshake(.protocolError(expected)))
        #expect(try router.readiness().contains(.read) == false)
    }

    @Test func serversOfOneProcessHaveListsOfTheirOwn() throws {
        let context = Context()
        let keys = try (0..<2).map { _ in try KeyPair.generate() }
        let clients = try (0..<2).map { _ in try KeyPair.generate() }
        let servers = try (0..<2).map {
            try CurveServer(keys: keys[$0], allowed: [clients[$0].publicKey], context: context)
        }
        #expect(servers[0].domain != servers[1].domain)
        for (number, client, isAllowed) in [(0, 0, true), (1, 1, true), (0, 1, false), (1, 0, false)] {
            let router = try Socket(
                .router, context: context, options: .patient, security: .curveServer(servers[number]))
            let address = try router.bind("tcp://127.0.0.1:*")
            var options = SocketOptions.patient
            if !isAllowed { options.sendTimeout = .milliseconds(200) }
            let dealer = try Socket(
                .dealer, context: context, options: options,
                security: .curveClient(CurveClient(keys: clients[client], serverKey: keys[number].publicKey)))
            try dealer.connect(address)
            #expect(code { try send(["hello"], over: dealer) } == (isAllowed ? nil : .timedOut))
            if isAllowed { #expect(try receive(from: router).last == "hello") }
        }
    }

    @Test func aServerThatIsGoneLetsNobodyIn() throws {
        let context = Context()
        let serverKeys = try KeyPair.generate()
        let clientKeys = try KeyPair.generate()
        var server: CurveServer? = try CurveServer(
            keys: serverKeys, allowed: [clientKeys.publicKey], context: context)
        weak let held = server
        let router = try Socket(
            .router, context: context, options: .patient, security: .curveServer(try #require(server)))
        let address = try router.bind("tcp://127.0.0.1:*")
        // The socket holds its server: the list stays.
        server = nil
        #expect(held != nil)
        let dealer = try Socket(
            .dealer, context: context, options: .patient,
            security: .curveClient(CurveClient(keys: clientKeys, serverKey: serverKeys.publicKey)))
        try dealer.connect(address)
        try send(["hello"], over: dealer)
        #expect(try receive(from: router).last == "hello")
        _ = consume router
        #expect(held == nil)
    }

    @Test func aRefusalMayEndTheLastSocket() async throws {
        // The handler's own thread then ends the context; it must not wait for itself.
        let serverKeys = try KeyPair.generate()
        let box = SocketBox()
        weak var ended: Context?
        let dealer = try Socket(
            .dealer, options: .patient,
            security: .curveClient(CurveClient(keys: .generate(), serverKey: serverKeys.publicKey)))
        do {
            let context = Context()
            ended = context
            let server = try CurveServer(keys: serverKeys, allowed: [], context: context) { _ in box.close() }
            let router = try Socket(.router, context: context, security: .curveServer(server))
            try dealer.connect(try router.bind("tcp://127.0.0.1:*"))
            box.keep(SharedSocket(router))
        }
        let deadline = ContinuousClock.now + .seconds(5)
        while ended != nil, ContinuousClock.now < deadline { usleep(2000) }
        #expect(ended == nil)
    }

    private final class SharedSocket: Sendable {
        private let socket: Mutex<Socket>

        init(_ socket: consuming sending Socket) { self.socket = Mutex(socket) }
    }

    private final class SocketBox: Sendable {
        private let socket = Mutex<SharedSocket?>(nil)

        func keep(_ socket: SharedSocket) { self.socket.withLock { $0 = socket } }
        func close() { _ = socket.withLock { $0.take() } }
    }

    @Test func keysAreReadAndSecretOnesAreNotShown() throws {
        let pair = try KeyPair.generate()
        #expect(try PublicKey(pair.publicKey.text) == pair.publicKey)
        #expect(try KeyPair(secretKey: pair.secretKey) == pair)
        #expect(!"\(pair) \(pair.secretKey)".contains(pair.secretKey.text))
        var dumped = ""
        dump(pair, to: &dumped)
        #expect(!dumped.contains(pair.secretKey.text))
        #expect(throws: ConfigurationError.self) { try PublicKey("short") }
        #expect(throws: ConfigurationError.self) { try PublicKey(String(repeating: " ", count: 40)) }
        #expect(PublicKey(bytes: [UInt8](repeating: 1, count: 31)) == nil)
    }
}
