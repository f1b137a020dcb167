/// A set of links or of the subjects that they begin with, as one bit each: bit (8 · hop + subject).
public struct LinkSet: Hashable, Sendable {
    public internal(set) var bits: UInt64 = 0

    public init() {}

    @inline(__always)
    public func contains(hop: Int, subject: Int) -> Bool { bits >> UInt64(8 * hop + subject) & 1 == 1 }

    @inline(__always)
    public mutating func insert(hop: Int, subject: Int) { bits |= 1 << UInt64(8 * hop + subject) }
}
