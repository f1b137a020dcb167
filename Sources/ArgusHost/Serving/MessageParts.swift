import ArgusWire
import ArgusZeroMQ

/// The parts of a received message, in memory that is used again for the next.
final class MessageParts {
    private var memory: [FrameMemory] = []
    private(set) var sizes: [Int] = []
    private var message = Message()
    /// The connection that the message came by, if that is known.
    private(set) var connection: Int32?

    /// Receives the whole next message. False when none came within the socket's time limit.
    func receive(from socket: borrowing Socket) throws(ZeroMQError) -> Bool {
        sizes.removeAll(keepingCapacity: true)
        do throws(ZeroMQError) {
            try socket.receive(into: &message)
        } catch {
            if error.code == .timedOut { return false }
            throw error
        }
        connection = message.connection
        append()
        while message.hasMore {
            try socket.receive(into: &message)
            append()
        }
        return true
    }

    var count: Int { sizes.count }

    /// The bytes of a part, valid until the next message is received.
    func bytes(_ index: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: memory[index].bytes[..<sizes[index]])
    }

    private func append() {
        let index = sizes.count
        let count = message.count
        if index == memory.count {
            memory.append(FrameMemory(byteCount: max(64, count)))
        } else if memory[index].bytes.count < count {
            memory[index] = FrameMemory(byteCount: count)
        }
        message.withUnsafeBytes { memory[index].bytes.copyMemory(from: $0) }
        sizes.append(count)
    }
}
