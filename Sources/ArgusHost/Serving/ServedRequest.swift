import ArgusWire

/// A request as a server's role sees it.
struct ServedRequest {
    let header: WireHeader
    let meta: [UInt8]
    private let parts: MessageParts
    private let first: Int

    /// - Parameter first: index of the first data frame among the parts.
    init(header: WireHeader, meta: [UInt8], parts: MessageParts, first: Int) {
        self.header = header
        self.meta = meta
        self.parts = parts
        self.first = first
    }

    var frameCount: Int { parts.count - first }
    /// Valid until the reply is sent.
    func frame(_ index: Int) -> UnsafeRawBufferPointer { parts.bytes(first + index) }
    var frameSizes: ArraySlice<Int> { parts.sizes[first...] }
}

/// What a server answers.
struct ServedReply {
    var status = WireStatus.done
    var meta: [UInt8] = []
    /// What they point to stays valid until they are sent.
    var frames: [UnsafeRawBufferPointer] = []
    /// The instance that CREATE or JOIN made; nil: the request's.
    var instance: UInt32?
    var specification: UInt64?
    var clock: UInt64 = 0
    var batch: Int?

    init() {}

    init(_ error: WireError, status: WireStatus = .error) {
        self.status = status
        meta = ErrorReports(error).encoded()
    }
}

/// One session's side of a served role: what answers a driver's requests.
protocol ServedSession: AnyObject {
    /// Answers a request of the session; an error becomes an error reply.
    func answer(_ request: ServedRequest) throws(WireError) -> ServedReply
}
