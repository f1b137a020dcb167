/// Percentiles with linear interpolation between the two nearest order statistics.
///
/// Definition 7 of Hyndman and Fan ("Sample quantiles in statistical packages", 1996), numpy's default: the quantile q
/// of n sorted values lies at the position q (n - 1), counted from 0. Bootstrap percentile intervals of `arch`, and so
/// of `rliable`, are read off with it.
enum Percentile {
    /// The quantile of values that are sorted in increasing order; there must be at least one.
    static func quantile(_ fraction: Double, ofSorted sorted: [Double]) -> Double {
        let (below, weight) = position(fraction, count: sorted.count)
        let above = min(below + 1, sorted.count - 1)
        return interpolate(sorted[below], sorted[above], weight)
    }

    /// The quantile of small whole numbers given by how often each occurs; there must be at least one occurrence.
    ///
    /// - Parameters:
    ///   - occurrences: `occurrences[v]` is how often the value `v` occurs.
    ///   - count: The sum of `occurrences`.
    static func quantile(_ fraction: Double, ofOccurrences occurrences: ArraySlice<Int>, count: Int) -> Double {
        let (below, weight) = position(fraction, count: count)
        let above = min(below + 1, count - 1)
        return interpolate(
            Double(orderStatistic(below, occurrences)),
            Double(orderStatistic(above, occurrences)),
            weight
        )
    }

    /// The percentile interval of a bootstrap distribution, its values in any order; there must be at least one.
    static func interval(of values: [Double], confidence: Double) -> ConfidenceInterval {
        let sorted = values.sorted()
        let tail = (1 - confidence) / 2
        return ConfidenceInterval(
            low: quantile(tail, ofSorted: sorted),
            high: quantile(1 - tail, ofSorted: sorted),
            confidence: confidence
        )
    }

    private static func position(_ fraction: Double, count: Int) -> (below: Int, weight: Double) {
        let position = min(max(fraction, 0), 1) * Double(count - 1)
        let below = position.rounded(.down)
        return (Int(below), position - below)
    }

    /// Interpolates from the nearer end, as numpy does, so that the result is monotone and meets both ends exactly.
    private static func interpolate(_ low: Double, _ high: Double, _ weight: Double) -> Double {
        weight < 0.5 ? low + (high - low) * weight : high - (high - low) * (1 - weight)
    }

    private static func orderStatistic(_ rank: Int, _ occurrences: ArraySlice<Int>) -> Int {
        var seen = 0
        for (value, times) in zip(0..., occurrences) {
            seen += times
            if seen > rank { return value }
        }
        return max(occurrences.count - 1, 0)
    }
}
