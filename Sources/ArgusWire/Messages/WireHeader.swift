/// Part 0 of every message: 64 bytes, little-endian.
///
/// | offset | field | | offset | field |
/// |---|---|---|---|---|
/// | 0 | magic `ARGU` | | 24 | sequence u64 |
/// | 4 | major u16 | | 32 | specification u64 |
/// | 6 | minor u16 | | 40 | clock u64 |
/// | 8 | message u16 | | 48 | instance u32 |
/// | 10 | flags u16 | | 52 | batch u32 |
/// | 12 | frames u32 | | 56 | status u32 |
/// | 16 | session u64 | | 60 | deadline u32 |
public struct WireHeader: Sendable, Hashable {
    /// Bytes of a header.
    public static let size = 64
    /// The major version that this codec speaks.
    public static let major: UInt16 = 1
    /// The minor version that this codec speaks.
    public static let minor: UInt16 = 0

    public var major: UInt16 = WireHeader.major
    public var minor: UInt16 = WireHeader.minor
    public var message: WireMessage
    public var flags: WireFlags
    /// Number of data frames, which follow header and meta.
    public var frames: UInt32
    /// Given by WELCOME; 0 in HELLO and REFUSE.
    public var session: UInt64
    /// Of a request: larger than in all before in this session; of a reply: the request's.
    public var sequence: UInt64
    /// Hash of the instance's specification; 0 without instance.
    public var specification: UInt64
    /// In replies about an instance: RESETs and STEPs that it has completed.
    public var clock: UInt64
    /// 0 where none is meant.
    public var instance: UInt32
    /// Copies, or rows that a frame's description calls batch.
    public var batch: UInt32
    /// Of a reply.
    public var status: WireStatus
    /// Of a request: milliseconds after which the driver gives up; 0: never.
    public var deadline: UInt32

    public init(
        _ message: WireMessage, flags: WireFlags = [], frames: UInt32 = 0, session: UInt64 = 0, sequence: UInt64 = 0,
        specification: UInt64 = 0, clock: UInt64 = 0, instance: UInt32 = 0, batch: UInt32 = 0,
        status: WireStatus = .done, deadline: UInt32 = 0
    ) {
        self.message = message
        self.flags = flags
        self.frames = frames
        self.session = session
        self.sequence = sequence
        self.specification = specification
        self.clock = clock
        self.instance = instance
        self.batch = batch
        self.status = status
        self.deadline = deadline
    }

    /// Reads a header and checks size, magic, major version and flags.
    ///
    /// - Throws: code `malformed` for what is no header, `version` for another major version, `invalid-request` for
    ///   flag bits that are not known. For the last two ``init(unchecked:)`` tells whom to answer.
    @inlinable
    public init(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
        guard let header = WireHeader(unchecked: bytes) else { throw WireHeader.malformed(bytes) }
        guard header.major == WireHeader.major, header.flags.isSubset(of: .known) else { throw header.unusable() }
        self = header
    }

    /// The fields of anything that has the size and the magic of a header; nil for all else.
    @inlinable
    public init?(unchecked bytes: UnsafeRawBufferPointer) {
        guard bytes.count == WireHeader.size, UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)) == magic else {
            return nil
        }
        func field<Number: FixedWidthInteger & BitwiseCopyable>(_ offset: Int, _: Number.Type) -> Number {
            Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
        self.init(
            WireMessage(rawValue: field(8, UInt16.self)), flags: WireFlags(rawValue: field(10, UInt16.self)),
            frames: field(12, UInt32.self), session: field(16, UInt64.self), sequence: field(24, UInt64.self),
            specification: field(32, UInt64.self), clock: field(40, UInt64.self), instance: field(48, UInt32.self),
            batch: field(52, UInt32.self), status: WireStatus(rawValue: field(56, UInt32.self)),
            deadline: field(60, UInt32.self))
        major = field(4, UInt16.self)
        minor = field(6, UInt16.self)
    }

    /// Writes the 64 bytes. `bytes` must have room for them.
    @inlinable
    public func encode(into bytes: UnsafeMutableRawBufferPointer) {
        precondition(bytes.count >= WireHeader.size, "a header has 64 bytes")
        func store<Number: FixedWidthInteger & BitwiseCopyable>(_ value: Number, _ offset: Int) {
            bytes.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Number.self)
        }
        store(magic, 0)
        store(major, 4)
        store(minor, 6)
        store(message.rawValue, 8)
        store(flags.rawValue, 10)
        store(frames, 12)
        store(session, 16)
        store(sequence, 24)
        store(specification, 32)
        store(clock, 40)
        store(instance, 48)
        store(batch, 52)
        store(status.rawValue, 56)
        store(deadline, 60)
    }

    /// The 64 bytes.
    public func encoded() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: WireHeader.size) { buffer, count in
            encode(into: UnsafeMutableRawBufferPointer(buffer))
            count = WireHeader.size
        }
    }

    /// The header of the reply to this request: session, sequence, message, instance and specification are the
    /// request's.
    @inlinable
    public func reply(
        status: WireStatus = .done, frames: UInt32 = 0, clock: UInt64 = 0, batch: UInt32? = nil
    ) -> WireHeader {
        WireHeader(
            message, flags: .reply, frames: frames, session: session, sequence: sequence,
            specification: specification, clock: clock, instance: instance, batch: batch ?? self.batch, status: status)
    }

    @inlinable
    public var isReply: Bool { flags.contains(.reply) }

    @usableFromInline
    static func malformed(_ bytes: UnsafeRawBufferPointer) -> WireError {
        guard bytes.count == size else {
            return WireError(.malformed, "the header has \(bytes.count) bytes, expected \(size)")
        }
        return WireError(.malformed, "the header begins with \(Array(bytes.prefix(4))), expected 'ARGU'")
    }

    @usableFromInline
    func unusable() -> WireError {
        guard major == WireHeader.major else {
            return WireError(.version, "the header has major version \(major), expected \(WireHeader.major)")
        }
        let unknown = flags.subtracting(.known).rawValue
        return WireError(.invalidRequest, "\(message) has the unknown flag bits 0x\(String(unknown, radix: 16))")
    }
}

/// `ARGU`, read as a little-endian number.
@usableFromInline let magic: UInt32 = 0x5547_5241
