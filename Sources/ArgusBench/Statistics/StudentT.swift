import Foundation

/// Student's t distribution.
///
/// Tail probabilities come from the regularised incomplete beta function, I_x(df/2, 1/2) with x = df / (df + t²)
/// (Abramowitz and Stegun 26.7.1), which is evaluated by its continued fraction (26.5.8) with the modified Lentz method.
public struct StudentT: Sendable, Hashable {
    /// From here on t is normal to within 10^-8, and more degrees of freedom are treated as this many.
    private static let practicallyNormal = 1e8

    /// The degrees of freedom, a positive number that need not be whole.
    public let degreesOfFreedom: Double

    /// The distribution with the given degrees of freedom.
    ///
    /// - Throws: ``StatisticsError`` if they are not finite or below 0.01, under which quantiles overflow.
    public init(degreesOfFreedom: Double) throws(StatisticsError) {
        guard degreesOfFreedom.isFinite, degreesOfFreedom >= 0.01 else {
            throw StatisticsError(
                .invalidSetting,
                "degrees of freedom: found \(degreesOfFreedom), expected a finite number of at least 0.01."
            )
        }
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// The probability that |T| exceeds |t|: the two-sided p-value of the test statistic `t`.
    ///
    /// An infinite `t` has 0. Not a number stays not a number.
    public func twoSidedTail(_ t: Double) -> Double {
        guard !t.isNaN else { return t }
        guard t != 0 else { return 1 }
        let df = min(degreesOfFreedom, Self.practicallyNormal)
        let a = df / 2
        let ratio = t / df * t
        guard ratio.isFinite else { return 0 }
        // x and its complement each directly, since one minus the other would lose digits near an end.
        let x = 1 / (1 + ratio)
        let complement = ratio / (1 + ratio)
        // x^a (1 - x)^(1/2) / B(a, 1/2), and B(a, 1/2) = Γ(a) √π / Γ(a + 1/2).
        let factor =
            exp(-a * log1p(ratio)) * complement.squareRoot() * Self.gammaRatio(a) / Double.pi.squareRoot()
        if x < (a + 1) / (a + 2.5) {
            return min(1, factor * Self.betaContinuedFraction(x, a, 0.5) / a)
        }
        return max(0, 1 - factor * Self.betaContinuedFraction(complement, 0.5, a) / 0.5)
    }

    /// The value that T stays below with the given probability.
    ///
    /// - Throws: ``StatisticsError`` if `probability` is outside (0, 1).
    public func quantile(_ probability: Double) throws(StatisticsError) -> Double {
        guard probability > 0, probability < 1 else {
            throw StatisticsError(
                .invalidSetting,
                "probability of a quantile: found \(probability), expected a number strictly between 0 and 1."
            )
        }
        if probability == 0.5 { return 0 }
        // 1 - p is exact for p ≥ 1/2, so that the upper tail keeps its digits.
        let isUpper = probability > 0.5
        let magnitude = magnitude(ofTwoSidedTail: 2 * (isUpper ? 1 - probability : probability))
        return isUpper ? magnitude : -magnitude
    }

    /// The t ≥ 0 whose two-sided tail is `tail`, in (0, 1): Newton's method, kept inside a bracket by bisection.
    private func magnitude(ofTwoSidedTail tail: Double) -> Double {
        var low = 0.0
        var high = 1.0
        while twoSidedTail(high) > tail, high < 1e300 {
            low = high
            high *= 2
        }
        var t = (low + high) / 2
        for _ in 0..<200 {
            let value = twoSidedTail(t)
            if value > tail { low = t } else { high = t }
            // On the logarithm of the tail, which is nearly straight in t for light tails.
            let slope = -2 * density(t) / value
            var next = t - log(value / tail) / slope
            // Written so that not-a-number bisects as well.
            if !(next > low && next < high) { next = (low + high) / 2 }
            if abs(next - t) <= 1e-14 * next { return next }
            t = next
        }
        return t
    }

    private func density(_ t: Double) -> Double {
        let df = min(degreesOfFreedom, Self.practicallyNormal)
        return Self.gammaRatio(df / 2) / (df * Double.pi).squareRoot() * exp(-(df + 1) / 2 * log1p(t / df * t))
    }

    /// Γ(a + 1/2) / Γ(a), for a > 0.
    ///
    /// By the asymptotic series of its logarithm (Abramowitz and Stegun 6.1.47) where a ≥ 20, after stepping up to
    /// there by Γ(z + 1) = z Γ(z). Unlike a difference of two log-gammas it loses no digits for large a.
    private static func gammaRatio(_ a: Double) -> Double {
        var z = a
        var product = 1.0
        while z < 20 {
            product *= z / (z + 0.5)
            z += 1
        }
        let u = 1 / (z * z)
        let series = (-1.0 / 8 + u * (1.0 / 192 + u * (-1.0 / 640 + u * 17.0 / 14336))) / z
        return product * z.squareRoot() * exp(series)
    }

    /// The continued fraction of the incomplete beta function; it converges fast for x < (a + 1) / (a + b + 2).
    private static func betaContinuedFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        // Stands in for a zero denominator, as in the modified Lentz method.
        let tiny = 1e-300
        func nonzero(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / nonzero(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1...100_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / nonzero(1 + even * d)
            c = nonzero(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / nonzero(1 + odd * d)
            c = nonzero(1 + odd / c)
            result *= d * c
            if abs(d * c - 1) < 1e-16 { break }
        }
        return result
    }
}
