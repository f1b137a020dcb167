/// The difference between the means of two entries, with its interval and a test of whether it is 0.
///
/// Pair where the two entries were measured on the same thing (``paired(_:_:confidence:)``): the values with the same
/// index share their training seed or block of evaluation seeds, and what these have in common cancels. Otherwise use
/// Welch's test (``welch(_:_:confidence:)``), which Colas, Sigaud and Oudeyer recommend for comparing learners ("How many
/// random seeds?", 2018). Two intervals that overlap do not show that entries are equal: this does the comparison.
///
/// A report over several scenarios or pairs must correct the p-values first: ``HolmCorrection``.
public struct MeanDifference: Sendable, Hashable {
    /// Which test gave the p-value.
    public enum Test: String, Sendable, Hashable {
        /// Student's t test on paired differences.
        case pairedT = "paired t"
        /// Welch's t test on independent samples.
        case welch = "Welch t"
        /// The exact permutation test, where no value varies and t is not defined.
        case permutation
    }

    /// The mean of the first minus the mean of the second.
    public let mean: Double
    /// The number of pairs; or of values of the first and of the second.
    public let counts: [Int]
    /// The t interval of the difference; nil where there are too few values. Without width if no value varies.
    public let interval: ConfidenceInterval?
    /// The degrees of freedom of the t test; nil where there was none.
    public let degreesOfFreedom: Double?
    /// The two-sided p-value of the hypothesis that the true difference is 0; nil where there are too few values.
    public let pValue: Double?
    /// Which test gave the p-value; nil where there was none.
    public let test: Test?
    /// The level against which `isSignificant` judges: 1 - confidence.
    public let level: Double

    /// Whether the p-value is below the level: with a t test, whether the interval excludes 0.
    ///
    /// This is the verdict of a single test. Over several, judge ``HolmCorrection``'s p-values.
    public var isSignificant: Bool {
        pValue.map { $0 < level } ?? false
    }

    /// The difference between values with the same index: the paired t test, d ± t(n - 1) · s_d / √n.
    ///
    /// With a single pair there is neither interval nor p-value. If all differences are equal but not 0, t is not
    /// defined, and a p-value of 0 from three pairs would be absurd: the sign-flip permutation test has 2 / 2^n.
    ///
    /// - Throws: ``StatisticsError`` if the numbers of values differ, there is none, or one is not finite.
    public static func paired(
        _ first: [Double],
        _ second: [Double],
        confidence: Double = 0.95
    ) throws(StatisticsError) -> MeanDifference {
        try check(first, second, confidence)
        guard first.count == second.count else {
            throw StatisticsError(
                .shapeMismatch,
                "paired difference: found \(first.count) and \(second.count) values, expected pairs. "
                    + "Pair by seed, or use Welch's test for values that do not belong together."
            )
        }
        let moments = SampleMoments(zip(first, second).map { $0 - $1 })
        let count = moments.count
        guard let variance = moments.variance else {
            return MeanDifference(mean: moments.mean, counts: [count], confidence: confidence)
        }
        return try tested(
            by: .pairedT,
            mean: moments.mean,
            counts: [count],
            standardError: (variance / Double(count)).squareRoot(),
            degreesOfFreedom: Double(count - 1),
            permutationPValue: 2 * power(0.5, count),
            magnitude: (first + second).reduce(0) { max($0, $1.magnitude) },
            confidence: confidence
        )
    }

    /// The difference between independent samples with variances of their own: Welch's t test.
    ///
    /// Standard error √(s₁²/n₁ + s₂²/n₂), degrees of freedom after Welch and Satterthwaite. A sample of a single value
    /// gives neither interval nor p-value. If neither sample varies but the two differ, the p-value is that of the exact
    /// permutation test.
    ///
    /// - Throws: ``StatisticsError`` if a sample is empty or a value is not finite.
    public static func welch(
        _ first: [Double],
        _ second: [Double],
        confidence: Double = 0.95
    ) throws(StatisticsError) -> MeanDifference {
        try check(first, second, confidence)
        let (a, b) = (SampleMoments(first), SampleMoments(second))
        let counts = [a.count, b.count]
        guard let varianceA = a.variance, let varianceB = b.variance else {
            return MeanDifference(mean: a.mean - b.mean, counts: counts, confidence: confidence)
        }
        let partA = varianceA / Double(a.count)
        let partB = varianceB / Double(b.count)
        let total = partA + partB
        // By the share of each part, so that very small variances do not underflow when they are squared.
        let (shareA, shareB) = total > 0 ? (partA / total, partB / total) : (0.5, 0.5)
        let degrees = 1 / (shareA * shareA / Double(a.count - 1) + shareB * shareB / Double(b.count - 1))
        return try tested(
            by: .welch,
            mean: a.mean - b.mean,
            counts: counts,
            standardError: total.squareRoot(),
            degreesOfFreedom: degrees,
            permutationPValue: separationProbability(a.count, b.count),
            magnitude: (first + second).reduce(0) { max($0, $1.magnitude) },
            confidence: confidence
        )
    }

    private static func check(_ first: [Double], _ second: [Double], _ confidence: Double) throws(StatisticsError) {
        try requireUsable(first, "first values of a difference")
        try requireUsable(second, "second values of a difference")
        try requireConfidence(confidence)
    }

    private static func tested(
        by test: Test,
        mean: Double,
        counts: [Int],
        standardError: Double,
        degreesOfFreedom: Double,
        permutationPValue: Double,
        magnitude: Double,
        confidence: Double
    ) throws(StatisticsError) -> MeanDifference {
        let interval = try studentInterval(
            mean: mean,
            standardError: standardError,
            degreesOfFreedom: degreesOfFreedom,
            confidence: confidence
        )
        // What is left of equal differences is rounding, and no spread.
        let rounding = Rounding.tolerance(magnitude)
        guard standardError > rounding else {
            return MeanDifference(
                mean: mean,
                counts: counts,
                interval: interval,
                pValue: abs(mean) <= rounding ? 1 : permutationPValue,
                test: .permutation,
                confidence: confidence
            )
        }
        return MeanDifference(
            mean: mean,
            counts: counts,
            interval: interval,
            degreesOfFreedom: degreesOfFreedom,
            pValue: try StudentT(degreesOfFreedom: degreesOfFreedom).twoSidedTail(mean / standardError),
            test: test,
            confidence: confidence
        )
    }

    /// The share of all ways to deal the values into samples of these sizes that part them as fully as the data do.
    private static func separationProbability(_ first: Int, _ second: Int) -> Double {
        var ways = 1.0
        for index in 1...min(first, second) {
            ways *= Double(max(first, second) + index) / Double(index)
        }
        // Samples of one size can also change places.
        return (first == second ? 2 : 1) / ways
    }

    private static func power(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1) { result, _ in result * base }
    }

    private init(
        mean: Double,
        counts: [Int],
        interval: ConfidenceInterval? = nil,
        degreesOfFreedom: Double? = nil,
        pValue: Double? = nil,
        test: Test? = nil,
        confidence: Double
    ) {
        self.mean = mean
        self.counts = counts
        self.interval = interval
        self.degreesOfFreedom = degreesOfFreedom
        self.pValue = pValue
        self.test = test
        level = 1 - confidence
    }
}
