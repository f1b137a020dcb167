package import ArgusEnvAPI
import Glibc

/// Draws continuous actions from a diagonal Gaussian, reproducibly.
///
/// The Gaussian is over u, where −1..1 is an action component's bounded range (u is the component itself where it has no
/// bounds); what goes to the environment is clipped to the bounds. The density is of u before clipping: clipping belongs
/// to the environment then, and log-probabilities and entropies are exact without the Jacobian of a squashing function
/// (which is what tanh would need, and what loses precision near the bounds).
package struct GaussianSampler: Sendable, Hashable, Codable {
    /// action = center + scale·u, within low..high; one entry a component.
    private let low: [Float]
    private let high: [Float]
    private let center: [Float]
    private let scale: [Float]

    package init(bounds: Bounds) {
        // No bound is a number, so that files can hold it.
        low = bounds.low.map { max($0, -1e30) }
        high = bounds.high.map { min($0, 1e30) }
        let ranges = zip(bounds.low, bounds.high).map { ($1 - $0, $0 / 2 + $1 / 2) }
        center = ranges.map { $0.isFinite && $0 > 0 ? $1 : 0 }
        scale = ranges.map { range, _ in range.isFinite && range > 0 ? range / 2 : 1 }
    }

    /// Components of an action.
    package var size: Int { low.count }

    /// True unless it was read from a damaged file.
    var isConsistent: Bool {
        (1...1 << 16).contains(size) && [high.count, center.count, scale.count].allSatisfy { $0 == size }
            && zip(low, high).allSatisfy { $0 <= $1 }
    }

    /// One row's u.
    ///
    /// - Parameters: `means`, `logDeviations`: [component]; `components`: how many of them the agent has, the rest is
    ///   padding and stays 0; `random`: nil takes the means; `result`: [component], written.
    /// - Returns: log p(u), summed over the agent's components.
    @inline(__always)
    package func sample(
        _ means: UnsafePointer<Float>, logDeviations: UnsafePointer<Float>, components: Int, random: CounterRandom?,
        into result: UnsafeMutablePointer<Float>
    ) -> Float {
        var total = 0.0
        for component in components..<size { result[component] = 0 }
        for component in 0..<components {
            let logDeviation = Double(logDeviations[component])
            let deviate = random.map { GaussianSampler.standardNormal($0, UInt64(component)) } ?? 0
            result[component] = Float(Double(means[component]) + exp(logDeviation) * deviate)
            total -= deviate * deviate / 2 + logDeviation + 0.5 * log(2 * Double.pi)
        }
        return Float(total)
    }

    /// The action that u means.
    @inline(__always)
    package func write(_ deviates: UnsafePointer<Float>, to action: UnsafeMutablePointer<Float>) {
        for component in 0..<size {
            let value = center[component] + scale[component] * deviates[component]
            // A network that has become not-a-number is found by its loss; until then actions stay legal.
            action[component] =
                value.isNaN
                ? min(max(0, low[component]), high[component])
                : min(max(value, low[component]), high[component])
        }
    }

    /// Box & Muller 1958, from two draws.
    @inline(__always)
    private static func standardNormal(_ random: CounterRandom, _ counter: UInt64) -> Double {
        let first = (Double(random.bits(2 * counter) >> 11) + 0.5) * 0x1p-53
        let second = Double(random.bits(2 * counter + 1) >> 11) * 0x1p-53
        return (-2 * log(first)).squareRoot() * cos(2 * .pi * second)
    }
}
