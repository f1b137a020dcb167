/// The largest things that two peers may send each other.
public struct WireLimits: Sendable, Hashable {
    /// Largest part of a message in bytes.
    public var frame: Int
    /// Most instances in a session.
    public var instances: Int

    /// What a side that says nothing has.
    public static let standard = WireLimits(frame: 268_435_456, instances: 64)

    public init(frame: Int = 268_435_456, instances: Int = 64) {
        self.frame = frame
        self.instances = instances
    }

    /// What is in force between two sides: the smaller of each.
    public func agreed(with other: WireLimits) -> WireLimits {
        WireLimits(frame: min(frame, other.frame), instances: min(instances, other.instances))
    }
}

/// Checks a received multipart message as a whole, before its meta and frames are looked at.
public enum MessageCheck {
    /// The checked header of a message whose parts (without routing id) have these sizes.
    ///
    /// - Parameters: `header`: the bytes of part 0; `sizes`: of all parts in bytes, part 0 included.
    /// - Throws: code `malformed` for what is dropped and counted (fewer than two parts, no header, another number of
    ///   frames), `version`, `invalid-request` or `limit` for what is answered with an error.
    @inlinable
    public static func header(
        _ header: UnsafeRawBufferPointer, sizes: some RandomAccessCollection<Int>, limits: WireLimits = .standard
    ) throws(WireError) -> WireHeader {
        guard sizes.count >= 2 else {
            throw WireError(.malformed, "a message of \(sizes.count) parts, expected at least 2: header and meta")
        }
        let header = try WireHeader(header)
        guard sizes.count - 2 == Int(header.frames) else {
            throw WireError(
                .malformed, "\(header.message) has \(sizes.count - 2) frames, its header says \(header.frames)")
        }
        for (part, size) in sizes.enumerated() where size > limits.frame {
            throw WireError(
                .limit, "part \(part) of \(header.message) has \(size) bytes, expected at most \(limits.frame)")
        }
        return header
    }

    /// Whether a reply is the one that a driver waits for; any other is dropped and counted.
    @inlinable
    public static func isReply(_ reply: WireHeader, to request: WireHeader) -> Bool {
        reply.isReply && reply.session == request.session && reply.sequence == request.sequence
    }

    /// Checks that the awaited reply says what a reply to `request` must say.
    ///
    /// CREATE and JOIN give a new instance; all others repeat the request's.
    public static func reply(_ reply: WireHeader, to request: WireHeader) throws(WireError) {
        guard reply.message == request.message else {
            throw WireError(.invalidRequest, "the reply to \(request.message) is a \(reply.message)")
        }
        if request.message == .create || request.message == .join {
            guard reply.status != .done || reply.instance != 0 else {
                throw WireError(.invalidRequest, "the reply to \(request.message) has instance 0, expected another")
            }
        } else if reply.instance != request.instance {
            throw WireError(
                .invalidRequest,
                "the reply to \(request.message) has instance \(reply.instance), expected \(request.instance)")
        }
        guard reply.status.rawValue <= WireStatus.fatal.rawValue else {
            throw WireError(
                .invalidRequest, "the reply to \(request.message) has status \(reply.status.rawValue), expected 0 to 3")
        }
    }
}
