import ArgusZeroMQ
import Foundation
import Testing

@Suite struct ContextTests {
    @Test(.timeLimit(.minutes(1))) func aContextWithUnsentMessagesEnds() throws {
        for _ in 0..<5 {
            var options = SocketOptions()
            options.immediate = false
            let context = Context()
            weak let ended = context
            do {
                let dealer = try Socket(.dealer, context: context, options: options)
                let monitor = try dealer.monitor()
                // Nobody is there: the messages stay in the queue.
                try dealer.connect("tcp://127.0.0.1:9")
                for _ in 0..<5 { try dealer.send(bytes: [1, 2, 3]) }
                _ = try monitor.next()
            }
            #expect(ended != nil)
            withExtendedLifetime(context) {}
        }
    }

    @Test(.timeLimit(.minutes(1))) func theSharedContextDoesNotHoldUpTheEndOfTheProcess() async {
        await #expect(processExitsWith: .exitCode(7)) {
            var options = SocketOptions()
            options.immediate = false
            options.linger = .seconds(10)
            let dealer = try Socket(.dealer, options: options)
            try dealer.connect("tcp://127.0.0.1:9")
            try dealer.send(bytes: [1, 2, 3])
            let server = try CurveServer(keys: .generate(), allowed: [])
            let router = try Socket(.router, security: .curveServer(server))
            try router.bind("tcp://127.0.0.1:*")
            exit(7)
        }
    }

    @Test func socketsKeepTheirContext() throws {
        weak var ended: Context?
        do {
            let pairs = try {
                let context = Context()
                ended = context
                let left = try Socket(.pair, context: context, options: .patient)
                let right = try Socket(.pair, context: context, options: .patient)
                try left.bind("inproc://kept")
                try right.connect("inproc://kept")
                return Pair(left: left, right: right)
            }()
            #expect(ended != nil)
            try send(["still", "here"], over: pairs.left)
            #expect(try receive(from: pairs.right) == ["still", "here"])
        }
        #expect(ended == nil)
    }

    @Test(arguments: [true, false])
    func monitorsAndSocketsMayEndInEitherOrder(monitorFirst: Bool) throws {
        weak var ended: Context?
        do {
            let context = Context()
            ended = context
            let router = try Socket(.router, context: context, options: .patient)
            let address = try router.bind("tcp://127.0.0.1:*")
            let monitor = try router.monitor()
            let dealer = try Socket(.dealer, context: context, options: .patient)
            try dealer.connect(address)
            try monitor.waitForHandshake()
            if monitorFirst {
                _ = consume monitor
                // Events without a reader must not stop libzmq's thread.
                let other = try Socket(.dealer, context: context, options: .patient)
                try other.connect(address)
                try send(["hello"], over: other)
                #expect(try receive(from: router).last == "hello")
            } else {
                _ = consume router
                #expect(try monitor.firstEvent { $0.kind == .monitorStopped } != nil)
            }
        }
        #expect(ended == nil)
    }

    @Test func aServerWithKeysEndsWithItsLastSocket() throws {
        weak var ended: Context?
        for _ in 0..<5 {
            let context = Context()
            ended = context
            let server = try CurveServer(keys: .generate(), allowed: [], context: context)
            let socket = try Socket(.router, context: context, security: .curveServer(server))
            try socket.bind("tcp://127.0.0.1:*")
        }
        #expect(ended == nil)
    }

    private struct Pair: ~Copyable {
        let left: Socket
        let right: Socket
    }
}
