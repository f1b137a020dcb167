/// Holm's correction for testing several hypotheses at once.
///
/// Sorted upwards, the i-th of m p-values (from 0) is multiplied by m - i, made no smaller than the ones before, and
/// cut off at 1. Calling significant what stays below the level keeps the probability of a single false claim among all
/// of them below the level, whatever the dependence between tests (Holm, Scandinavian Journal of Statistics 6, 1979).
public enum HolmCorrection {
    /// The adjusted p-values, in the order given.
    ///
    /// - Throws: ``StatisticsError`` if there is none, or one is outside 0...1.
    public static func adjusted(_ pValues: [Double]) throws(StatisticsError) -> [Double] {
        try requireUsable(pValues, "p-values")
        for (index, value) in pValues.enumerated() where !(0...1).contains(value) {
            throw StatisticsError(
                .unusableValue,
                "p-values, value \(index): found \(value), expected a probability from 0 to 1."
            )
        }
        var adjusted = pValues
        var largest = 0.0
        for (place, index) in pValues.indices.sorted(by: { pValues[$0] < pValues[$1] }).enumerated() {
            largest = max(largest, min(1, Double(pValues.count - place) * pValues[index]))
            adjusted[index] = largest
        }
        return adjusted
    }
}
