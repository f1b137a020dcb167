import Foundation

/// How positions turn queries and keys (rotary position embedding, Su et al. 2021).
public struct RotaryEmbedding: Sendable, Hashable {
    /// What is done to the frequencies so that a model sees further than it was first trained to.
    public enum Scaling: Sendable, Hashable {
        case none
        /// All divided by `factor` (position interpolation, Chen et al. 2023).
        case linear(factor: Double)
        /// Llama 3.1: long wavelengths are divided by `factor`, short ones are kept, and those between are blended.
        /// `low` and `high` say how often a wave of the bounds fits into `positions`.
        case llama3(factor: Double, low: Double, high: Double, positions: Double)
        /// Each frequency divided by its own number, as GGUF files carry it.
        case divisors([Float])
    }

    /// The base of the geometric sequence of wavelengths.
    public var base: Double
    public var scaling: Scaling

    public init(base: Double, scaling: Scaling = .none) {
        self.base = base
        self.scaling = scaling
    }

    /// The angle by which each pair of a head turns from one position to the next, in radians.
    func frequencies(headSize: Int) -> [Float] {
        (0..<(headSize / 2)).map { index in
            let frequency = pow(base, -2 * Double(index) / Double(headSize))
            switch scaling {
            case .none: return Float(frequency)
            case .linear(let factor): return Float(frequency / factor)
            case .divisors(let divisors): return Float(frequency / Double(divisors[index]))
            case .llama3(let factor, let low, let high, let positions):
                let waves = positions * frequency / (2 * .pi)
                if waves < low { return Float(frequency / factor) }
                if waves > high { return Float(frequency) }
                let share = (waves - low) / (high - low)
                return Float((1 - share) * frequency / factor + share * frequency)
            }
        }
    }

    func check(_ source: String) throws(LanguageError) {
        func check(_ name: String, _ value: Double) throws(LanguageError) {
            guard value.isFinite, value > 0 else {
                throw LanguageError(
                    .fileFormat, "\(name) of rotary positions (\(source)): found \(value), expected a number above 0")
            }
        }
        try check("base", base)
        switch scaling {
        case .none: break
        case .linear(let factor): try check("factor", factor)
        case .divisors(let divisors): for divisor in divisors { try check("divisor", Double(divisor)) }
        case .llama3(let factor, let low, let high, let positions):
            try check("factor", factor)
            try check("low_freq_factor", low)
            try check("high_freq_factor minus low_freq_factor", high - low)
            try check("original_max_position_embeddings", positions)
        }
    }
}
