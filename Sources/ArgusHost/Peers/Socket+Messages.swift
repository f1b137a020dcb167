import ArgusWire
import ArgusZeroMQ

extension Socket {
    /// Sends a whole message: the routing id (of a router), the header, the meta and the data frames.
    func send(
        _ header: WireHeader, to routingID: [UInt8]?, meta: [UInt8], frames: [UnsafeRawBufferPointer]
    ) throws(ZeroMQError) {
        if let routingID { try send(routingID, more: true) }
        // On the stack: a message is sent for each step.
        var words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
        let sent = withUnsafeMutableBytes(of: &words) { bytes -> Result<Void, ZeroMQError> in
            header.encode(into: bytes)
            return sending(UnsafeRawBufferPointer(bytes), more: true)
        }
        try sent.get()
        try send(meta, more: !frames.isEmpty)
        for index in frames.indices { try send(bytes: frames[index], more: index < frames.count - 1) }
    }

    private func send(_ bytes: [UInt8], more: Bool) throws(ZeroMQError) {
        try bytes.withUnsafeBytes { sending($0, more: more) }.get()
    }

    private func sending(_ bytes: UnsafeRawBufferPointer, more: Bool) -> Result<Void, ZeroMQError> {
        do throws(ZeroMQError) {
            return .success(try send(bytes: bytes, more: more))
        } catch {
            return .failure(error)
        }
    }
}
