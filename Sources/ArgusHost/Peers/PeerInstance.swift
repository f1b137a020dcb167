import ArgusEnvAPI
import ArgusWire
import CArgusEnv

/// An `argus_instance` whose environment is in a peer: what the host asks of it is asked over the wire.
///
/// When the peer fails, the episodes that this instance holds end as failed; the next `reset` makes a new session, the
/// same instance there, and goes on with new episodes.
final class PeerInstance {
    let connection: PeerConnection
    let host: UnsafePointer<argus_host>
    let copies: Int
    let specification: WireSpecification
    let environment: String
    let parameters: [String: ParameterValue]
    /// The session that `remote` belongs to.
    private(set) var generation: Int
    /// The instance's number there.
    private var remote: UInt32
    let hash: UInt64
    private(set) var clock: UInt64 = 0
    /// What the host reads.
    let memory = CMemory()
    private let cSpecification: CSpecification
    private let extensions: [(id: String, pointer: UnsafeRawPointer)]
    let instance: UnsafeMutablePointer<argus_instance>
    /// Nil until bound.
    var buffers: PeerBuffers?
    /// What is known of the episodes between two calls.
    var texts = PeerTexts()
    private var droppedBefore = 0

    /// Makes the instance in the peer.
    init(
        _ connection: PeerConnection, environment: String, parameters: [String: ParameterValue], copies: Int,
        capabilities: Set<Capability>, host: UnsafePointer<argus_host>
    ) throws {
        self.connection = connection
        self.host = host
        self.copies = copies
        self.environment = environment
        self.parameters = parameters
        try connection.revive()
        generation = connection.generation
        let made = try PeerInstance.create(
            connection, generation, environment: environment, parameters: parameters, copies: copies)
        remote = made.instance
        hash = made.hash
        specification = made.specification
        cSpecification = CSpecification(made.specification.specification)
        extensions = PeerInstance.extensions(capabilities, made.specification, memory)
        instance = .allocate(capacity: 1)
    }

    deinit { instance.deallocate() }

    /// The C struct, which keeps `self` until its `destroy` is called.
    func retained() -> UnsafeMutablePointer<argus_instance> {
        instance.initialize(
            to: argus_instance(
                struct_size: UInt32(MemoryLayout<argus_instance>.size), reserved: 0,
                data: Unmanaged.passRetained(self).toOpaque(),
                specification: { PeerInstance.of($0).cSpecification.pointer },
                bind: { instance, buffers in
                    PeerInstance.of(instance).bind(buffers.pointee)
                    return ARGUS_OK
                },
                reset: { PeerInstance.of($0).reset($1, $2) }, step: { PeerInstance.of($0).step($1) },
                destroy: { instance in
                    PeerInstance.of(instance).destroyRemote()
                    if let data = instance.pointee.data { Unmanaged<PeerInstance>.fromOpaque(data).release() }
                },
                get_extension: { instance, id in
                    let wanted = String(cString: id)
                    return PeerInstance.of(instance).extensions.first { $0.id == wanted }?.pointer
                }))
        return instance
    }

    static func of(_ instance: UnsafeMutablePointer<argus_instance>) -> PeerInstance {
        // `data` is set by `retained` and never changed before destroy, after which the host may not call.
        let data = instance.pointee.data.unsafelyUnwrapped
        return Unmanaged<PeerInstance>.fromOpaque(data)._withUnsafeGuaranteedRef { $0 }
    }

    // MARK: The instance in the peer

    private struct Made {
        var instance: UInt32
        var hash: UInt64
        var specification: WireSpecification
    }

    private static func create(
        _ connection: PeerConnection, _ generation: Int, environment: String, parameters: [String: ParameterValue],
        copies: Int
    ) throws -> Made {
        let meta = CreateRequest(environment: environment, parameters: parameters, copies: copies).encoded()
        var bytes: [UInt8] = []
        let request = PeerRequest(message: .create, meta: meta)
        let reply = try connection.exchange(
            request, generation: generation, seconds: connection.settings.timeouts.start
        ) { _, index, frame in
            if index == 0 { bytes = Array(frame) }
            return index == 0 ? nil : "more than one frame in the reply to CREATE"
        }
        try PeerInstance.requireDone(reply)
        let hash = SpecificationHash.of(bytes)
        guard hash == reply.header.specification else {
            throw WireError(
                .specification, "the specification's hash is \(hash), the header says \(reply.header.specification)")
        }
        return Made(instance: reply.header.instance, hash: hash, specification: try WireSpecification(bytes: bytes))
    }

    /// Makes the instance again in a new session after a fault. Nothing to do if there was none.
    func recover() throws {
        guard generation != connection.generation || !connection.isAlive else { return }
        try connection.revive()
        let session = connection.generation
        let made = try PeerInstance.create(
            connection, session, environment: environment, parameters: parameters, copies: copies)
        guard made.hash == hash else {
            throw WireError(
                .specification,
                "the peer came back with another specification (\(made.hash)) than it had (\(hash)); results would mix")
        }
        generation = session
        remote = made.instance
        clock = 0
        texts.forget()
    }

    /// True when the session that this instance was made in still goes on.
    var isCurrent: Bool { generation == connection.generation && connection.isAlive }

    private func destroyRemote() {
        guard isCurrent else { return }
        let request = PeerRequest(message: .destroy, instance: remote, specification: hash)
        _ = try? connection.exchange(request, generation: generation, seconds: 5) { _, _, _ in nil }
    }

    // MARK: Asking

    /// Asks about this instance.
    ///
    /// - Throws: ``PeerFault``, or ``WireError`` for a request that the peer refused.
    func ask(
        _ request: PeerRequest, seconds: Double? = nil,
        part: (WireHeader, Int, UnsafeRawBufferPointer) -> String? = { _, _, _ in nil }
    ) throws -> PeerReply {
        var request = request
        request.instance = remote
        request.specification = hash
        let reply = try connection.exchange(
            request, generation: generation, seconds: seconds ?? connection.settings.timeouts.step, part: part)
        let dropped = connection.dropped
        if dropped != droppedBefore {
            droppedBefore = dropped
            report(ARGUS_WARNING, "a late or repeated reply of the peer '\(connection.name)' was dropped")
        }
        if reply.header.status == .error || reply.header.status == .fatal { try PeerInstance.requireDone(reply) }
        if request.message == .reset || request.message == .step {
            clock += 1
            guard reply.header.clock == clock else {
                throw WireError(
                    .invalidRequest, "the reply's clock is \(reply.header.clock), expected \(clock): a step was lost")
            }
        }
        return reply
    }

    private static func requireDone(_ reply: PeerReply) throws {
        guard reply.header.status != .done else { return }
        guard let error = (try ErrorReports(bytes: reply.meta)).errors.first else { return }
        throw WireError(error.code, "the peer says: \(words(error))")
    }

    /// What a peer says of an error, with the last line of its traceback if that says more.
    static func words(_ error: ErrorReport) -> String {
        guard let line = error.traceback?.split(whereSeparator: \.isNewline).last, !error.message.contains(line) else {
            return error.message
        }
        return "\(error.message) (\(line))"
    }

    func report(_ severity: Int32, _ words: String, copy: Int = -1) {
        words.withCString { host.pointee.report(host, severity, Int64(copy), $0) }
    }
}
