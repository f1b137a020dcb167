/// How a request went: the header's `status` in a reply.
public struct WireStatus: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt32
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let done = WireStatus(rawValue: 0)
    /// RESET, STEP: some copies' episodes failed, the frames are there. LOAD: refused.
    public static let discarded = WireStatus(rawValue: 1)
    /// The request had no effect.
    public static let error = WireStatus(rawValue: 2)
    /// The peer is unusable.
    public static let fatal = WireStatus(rawValue: 3)
}

/// Values of the frame `ended`.
public enum WireEnded: UInt8, Sendable, Hashable, CaseIterable {
    case running = 0
    /// By rule.
    case terminated = 1
    /// The episode is void.
    case failed = 2
    /// Cut short by a time limit of the environment's own.
    case truncated = 3
}

/// Bits of the frame `plan` of STEP, one byte a copy.
public struct WirePlan: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let step = WirePlan(rawValue: 1)
    /// The driver truncates the episode after this step.
    public static let lastStep = WirePlan(rawValue: 2)
    /// If the episode is over with this step, begin the next.
    public static let beginNext = WirePlan(rawValue: 4)
}
