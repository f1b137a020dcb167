import ArgusWire

/// What a driver asks a peer, ready to be sent.
struct PeerRequest {
    var message: WireMessage
    var flags: WireFlags = []
    var instance: UInt32 = 0
    var specification: UInt64 = 0
    /// Copies, or rows.
    var batch: Int = 0
    var meta: [UInt8] = []
    /// Data frames; what they point to stays valid until the reply has come.
    var frames: [UnsafeRawBufferPointer] = []

    /// For messages, such as `STEP of 4 copies`.
    var phase: String { batch > 0 ? "\(message) of \(batch) cop\(batch == 1 ? "y" : "ies")" : "\(message)" }
}

/// A reply's header and meta; its frames have been handed over one by one.
struct PeerReply {
    var header: WireHeader
    var meta: [UInt8]
}
