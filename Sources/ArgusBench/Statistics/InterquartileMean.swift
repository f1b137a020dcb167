/// The interquartile mean: the mean of the middle half of the values.
///
/// A quarter of the values, rounded down, is left out at each end: `scipy.stats.trim_mean` with a proportion of 0.25,
/// which is what `rliable` calls IQM. More robust to outliers than the mean and far more efficient than the median
/// (Agarwal et al., NeurIPS 2021).
public enum InterquartileMean {
    /// How many values are left out at each end.
    static func trimmed(_ count: Int) -> Int {
        count / 4
    }

    /// The interquartile mean of values in any order.
    ///
    /// - Throws: ``StatisticsError`` if there is no value or one is not finite.
    public static func of(_ values: [Double]) throws(StatisticsError) -> Double {
        try requireUsable(values, "values of an interquartile mean")
        return ofSorted(values.sorted())
    }

    /// The interquartile mean of values in increasing order; there must be at least one.
    static func ofSorted(_ sorted: [Double]) -> Double {
        let cut = trimmed(sorted.count)
        let middle = sorted[cut..<(sorted.count - cut)]
        return clamp(middle.reduce(0, +) / Double(middle.count), middle.first, middle.last)
    }

    /// Keeps a mean between the least and the greatest of its terms, from which rounding may part it by one bit.
    static func clamp(_ mean: Double, _ least: Double?, _ greatest: Double?) -> Double {
        guard let least, let greatest else { return mean }
        return min(max(mean, least), greatest)
    }
}
