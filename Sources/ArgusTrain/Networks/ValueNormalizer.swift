/// Running moments of returns, so that a critic may predict numbers of order one (MAPPO, Yu et al. 2022, "ValueNorm";
/// van Hasselt et al. 2016 for the idea).
///
/// Exponential averages with bias correction, in double precision. The deviation has a floor, so that a long time
/// without any reward does not make the first one enormous.
package struct ValueNormalizer: Sendable, Hashable {
    /// The variance is taken to be at least this.
    package static let varianceFloor = 1e-2

    package let decay: Double
    package private(set) var mean = 0.0
    package private(set) var meanOfSquares = 0.0
    /// What the averages' weights sum to.
    private(set) var weight = 0.0

    package init(decay: Double) { self.decay = decay }

    /// What ``moments`` gave.
    init(decay: Double, moments: [Double]) {
        self.decay = decay
        (mean, meanOfSquares, weight) = (moments[0], moments[1], moments[2])
    }

    /// Everything but the decay, for a checkpoint.
    var moments: [Double] { [mean, meanOfSquares, weight] }

    /// Takes in the mean and mean square of a rollout's returns.
    package mutating func update(mean batchMean: Double, meanOfSquares batchSquares: Double) {
        mean = decay * mean + (1 - decay) * batchMean
        meanOfSquares = decay * meanOfSquares + (1 - decay) * batchSquares
        weight = decay * weight + (1 - decay)
    }

    /// Mean of returns; 0 before the first update.
    package var center: Double { weight > 0 ? mean / weight : 0 }

    /// Standard deviation of returns; 1 before the first update.
    package var deviation: Double {
        guard weight > 0 else { return 1 }
        return max(meanOfSquares / weight - center * center, Self.varianceFloor).squareRoot()
    }

    /// How a value in the units of `before` is written in these: y′ = ratio·y + shift (PopArt, van Hasselt et al. 2016,
    /// eq. 3).
    package func conversion(from before: ValueNormalizer) -> (ratio: Double, shift: Double) {
        (before.deviation / deviation, (before.center - center) / deviation)
    }
}
