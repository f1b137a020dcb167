import Foundation

/// Probabilities in proportion to exp(value / temperature).
struct Softmax {
    let probabilities: [Double]

    /// Nil where no value is finite, so that there is no distribution.
    init?(_ values: [Double], temperature: Double) {
        guard let largest = values.max(), largest.isFinite else { return nil }
        let weights = values.map { exp(($0 - largest) / temperature) }
        let sum = weights.reduce(0, +)
        probabilities = weights.map { $0 / sum }
    }
}
