/// A set of links or of the subjects that they begin with, as one bit each: bit (8 · hop + subject).
public struct LinkSet: Hashable, Sendable {
    var bits: UInt64 = 0

    @inline(__always)
    func contains(hop: Int, subject: Int) -> Bool { bits >> UInt64(8 * hop + subject) & 1 == 1 }

    @inline(__always)
    mutating func insert(hop: Int, subject: Int) { bits |= 1 << UInt64(8 * hop + subject) }

    @inline(__always)
    mutating func remove(hop: Int) { bits &= ~(0xFF << UInt64(8 * hop)) }
}
