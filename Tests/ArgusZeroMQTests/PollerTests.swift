import ArgusZeroMQ
import Glibc
import Testing

@Suite struct PollerTests {
    @Test func socketsMonitorsAndFileDescriptorsAreWaitedForTogether() throws {
        let context = Context()
        let router = try Socket(.router, context: context, options: .patient)
        let monitor = try router.monitor()
        let address = try router.bind("tcp://127.0.0.1:*")
        var pipe: [Int32] = [-1, -1]
        try #require(Glibc.pipe(&pipe) == 0)
        defer { for end in pipe where end >= 0 { close(end) } }

        var poller = Poller(capacity: 1)
        let messages = poller.add(router)
        let events = poller.add(monitor)
        let output = poller.add(fileDescriptor: pipe[0])
        #expect(try poller.wait(timeout: .seconds(1)) == 1)
        #expect(poller[events] == .read && poller[messages] == [] && poller[output] == [])
        while try monitor.next() != nil {}
        #expect(try poller.wait(timeout: .milliseconds(5)) == 0)

        #expect(write(pipe[1], "x", 1) == 1)
        #expect(try poller.wait(timeout: .seconds(1)) == 1)
        #expect(poller[output] == .read)
        var byte: UInt8 = 0
        #expect(read(pipe[0], &byte, 1) == 1)
        close(pipe[1])
        pipe[1] = -1
        #expect(try poller.wait(timeout: .seconds(1)) == 1)
        #expect(poller[output].contains(.error))
        poller.remove(output)

        let dealer = try Socket(.dealer, context: context, options: .patient)
        try dealer.connect(address)
        try send(["hello"], over: dealer)
        var sawMessage = false
        for _ in 0..<20 where !sawMessage {
            #expect(try poller.wait(timeout: .seconds(1)) > 0)
            while try monitor.next() != nil {}
            sawMessage = poller[messages].contains(.read)
        }
        #expect(sawMessage)
        #expect(try router.readiness().contains(.read))
        #expect(try router.fileDescriptor() >= 0)

        poller.setInterest(of: messages, to: [])
        while try monitor.next() != nil {}
        #expect(try poller.wait(timeout: .zero) == 0)
        poller.setInterest(of: messages, to: .read)
        #expect(try poller.wait(timeout: .zero) == 1)
    }

    @Test func aSocketThatWasClosedIsNoticed() throws {
        let context = Context()
        var poller = Poller()
        let item: Poller.Item
        do {
            let socket = try Socket(.dealer, context: context)
            item = poller.add(socket)
            #expect(try poller.wait(timeout: .zero) == 0)
        }
        do {
            try poller.wait(timeout: .zero)
            Issue.record("the poller took a closed socket")
        } catch {
            #expect(error.code == .notSocket)
        }
        poller.remove(item)
        #expect(try poller.wait(timeout: .zero) == 0)
    }

    @Test func moreItemsThanAtFirstAreHeld() throws {
        let context = Context()
        var poller = Poller(capacity: 2)
        var pairs: [PairBox] = []
        var items: [Poller.Item] = []
        for number in 0..<40 {
            let pair = try PairBox(context, "inproc://many.\(number)")
            items.append(poller.add(pair.right))
            pairs.append(pair)
        }
        try send(["x"], over: pairs[39].left)
        try send(["y"], over: pairs[7].left)
        #expect(try poller.wait(timeout: .seconds(1)) == 2)
        #expect(items.indices.filter { poller[items[$0]] == .read } == [7, 39])
    }

    private final class PairBox {
        let left: Socket
        let right: Socket

        init(_ context: Context, _ endpoint: String) throws {
            left = try Socket(.pair, context: context, options: .patient)
            right = try Socket(.pair, context: context, options: .patient)
            try left.bind(endpoint)
            try right.connect(endpoint)
        }
    }
}
