/// The mean of independent values, with Student's t interval.
///
/// mean ± t(df = n - 1) · s / √n, with s² = Σ (x - mean)² / (n - 1).
///
/// Why t, and not the bootstrap that aggregates over scenarios use: a scenario has 3 to 10 seeds, and there the
/// percentile bootstrap is far too narrow (Hesterberg, "What teachers should know about the bootstrap", The American
/// Statistician 69, 2015). The extreme case is plain: of n = 3 values, the resample that is three times the smallest
/// has probability 1/27, more than the 2.5 % cut off, so the "95 %" interval is just [min, max], and three draws from
/// a symmetric distribution enclose its centre three times in four. The t interval covers 95 % where the values are
/// normal, and is wide where little is known (half-width 2.5 s at n = 3). It is approximate for skewed or bimodal
/// seeds, so every seed is shown beside it, and a bound may lie outside the range that a return can take.
public struct MeanInterval: Sendable, Hashable {
    /// The mean of the values.
    public let mean: Double
    /// How many values there are, at least 1.
    public let count: Int
    /// The sample standard deviation s; nil for a single value. 0 if all values are equal.
    public let standardDeviation: Double?
    /// The least of the values.
    public let minimum: Double
    /// The greatest of the values.
    public let maximum: Double
    /// The interval; nil for a single value, about whose spread nothing is known.
    ///
    /// If all values are equal it has no width: no variation was seen, which does not prove that there is none.
    public let interval: ConfidenceInterval?

    /// The lower bound of the interval, if there is one.
    public var low: Double? { interval?.low }
    /// The upper bound of the interval, if there is one.
    public var high: Double? { interval?.high }

    /// The mean and interval of values that are independent of one another: of seeds' means, or of episodes' returns.
    ///
    /// - Throws: ``StatisticsError`` if there is no value, one is not finite, or `confidence` is outside (0, 1).
    public init(of values: [Double], confidence: Double = 0.95) throws(StatisticsError) {
        try requireUsable(values, "values of a mean")
        try requireConfidence(confidence)
        let moments = SampleMoments(values)
        mean = moments.mean
        count = moments.count
        minimum = moments.minimum
        maximum = moments.maximum
        guard let variance = moments.variance else {
            standardDeviation = nil
            interval = nil
            return
        }
        standardDeviation = variance.squareRoot()
        interval = try studentInterval(
            mean: mean,
            standardError: (variance / Double(count)).squareRoot(),
            degreesOfFreedom: Double(count - 1),
            confidence: confidence
        )
    }
}

/// centre ± t · standard error; without width if the standard error is 0.
func studentInterval(
    mean: Double,
    standardError: Double,
    degreesOfFreedom: Double,
    confidence: Double
) throws(StatisticsError) -> ConfidenceInterval {
    let halfWidth =
        standardError == 0
        ? 0 : try StudentT(degreesOfFreedom: degreesOfFreedom).quantile((1 + confidence) / 2) * standardError
    return ConfidenceInterval(low: mean - halfWidth, high: mean + halfWidth, confidence: confidence)
}

/// Count, mean, variance and range of a sample of usable values, at least one.
struct SampleMoments {
    let count: Int
    let mean: Double
    /// The unbiased variance; nil for a single value; exactly 0 if and only if all values are equal.
    let variance: Double?
    let minimum: Double
    let maximum: Double

    init(_ values: [Double]) {
        count = values.count
        let minimum = values.min() ?? .nan
        let maximum = values.max() ?? .nan
        self.minimum = minimum
        self.maximum = maximum
        if minimum == maximum {
            // Not by summing: three times 0.1 divided by 3 is not 0.1, and the rounding would look like variation.
            mean = minimum
            variance = values.count > 1 ? 0 : nil
            return
        }
        let mean = values.reduce(0, +) / Double(values.count)
        self.mean = mean
        // Two passes, so that a large mean does not swallow a small variance.
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        variance = max(squares / Double(values.count - 1), .leastNormalMagnitude)
    }
}
