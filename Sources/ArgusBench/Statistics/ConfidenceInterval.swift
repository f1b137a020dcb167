/// A two-sided confidence interval.
public struct ConfidenceInterval: Sendable, Hashable {
    /// The lower bound.
    public let low: Double
    /// The upper bound, at least `low`.
    public let high: Double
    /// The nominal coverage, between 0 and 1.
    public let confidence: Double

    init(low: Double, high: Double, confidence: Double) {
        self.low = low
        self.high = high
        self.confidence = confidence
    }

    /// Whether a value lies within the bounds, which belong to the interval.
    public func contains(_ value: Double) -> Bool {
        low <= value && value <= high
    }
}

/// A statistic of the data, with a bootstrap interval.
public struct IntervalEstimate: Sendable, Hashable {
    /// The statistic of the data itself.
    public let point: Double
    /// Its interval; nil where there is one run a task, because then a resample is always the data again.
    public let interval: ConfidenceInterval?

    init(point: Double, interval: ConfidenceInterval?) {
        self.point = point
        self.interval = interval
    }
}
