import ArgusZeroMQ
import CAllocationCounter
import Testing

@Suite(.enabled(if: allocation_counter_works() != 0, "not under a sanitizer"))
struct AllocationTests {
    @Test func sendingReceivingAndPollingAllocateNothing() throws {
        let context = Context()
        let left = try Socket(.pair, context: context, options: .patient)
        let right = try Socket(.pair, context: context, options: .patient)
        try left.bind("inproc://allocations")
        try right.connect("inproc://allocations")
        var poller = Poller()
        let item = poller.add(right)
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
        var message = Message()
        var sum = 0
        func round() throws {
            try bytes.withUnsafeBytes { bytes in
                try left.send(bytes: bytes, more: true)
                try left.send(Message(copying: bytes))
            }
            try poller.wait(timeout: .seconds(1))
            guard poller[item].contains(.read) else { return }
            repeat {
                try right.receive(into: &message)
                sum += message.withUnsafeBytes { bytes in Int(bytes[0]) + bytes.count }
            } while message.hasMore
        }
        // Frames of 33 bytes or fewer have no memory of their own, and libzmq's queues use their chunks again.
        for _ in 0..<1000 { try round() }
        let before = allocation_count_of_thread()
        for _ in 0..<2000 { try round() }
        #expect(allocation_count_of_thread() - before == 0)
        #expect(sum == 3000 * 2 * 9)
    }
}
