/// Flag bits of a header.
public struct WireFlags: OptionSet, Sendable, Hashable {
    public let rawValue: UInt16
    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// This is a reply.
    public static let reply = WireFlags(rawValue: 1)
    /// The driver wants no legal rows: those frames are empty.
    public static let withoutLegal = WireFlags(rawValue: 2)
    /// The driver wants no state: that frame is empty.
    public static let withoutState = WireFlags(rawValue: 4)

    /// All bits that version 1.0 knows.
    public static let known: WireFlags = [.reply, .withoutLegal, .withoutState]
}
