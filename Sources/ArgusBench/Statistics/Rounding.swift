/// What sums of 32-bit rewards differ by though they mean the same: all food of a field is 1.00000001 in one order of
/// loading and 1.00000002 in another.
enum Rounding {
    /// Values up to `magnitude` that are this close are one value.
    static func tolerance(_ magnitude: Double) -> Double { 1e-6 * magnitude }

    /// Scores, of which 1 is the measure.
    static func isTie(_ first: Double, _ second: Double) -> Bool {
        abs(first - second) <= tolerance(max(1, first.magnitude, second.magnitude))
    }
}
