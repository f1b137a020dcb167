import Glibc

/// Small distributions, in double precision.
enum Sampling {
    static func logSumExp(_ values: [Double]) -> Double {
        guard let greatest = values.max(), greatest > -.infinity else { return -.infinity }
        return greatest + log(values.reduce(0) { $0 + exp($1 - greatest) })
    }

    static func softmax(_ scores: [Double], temperature: Double) -> [Double] {
        let scaled = scores.map { $0 / temperature }
        let normalizer = logSumExp(scaled)
        return scaled.map { exp($0 - normalizer) }
    }

    /// The index whose share of [0, 1) holds `uniform`. What rounding leaves over goes to the last one with a share.
    static func choice(_ distribution: [Double], _ uniform: Double) -> Int {
        var sum = 0.0
        for (index, share) in distribution.enumerated() {
            sum += share
            if uniform < sum { return index }
        }
        return distribution.lastIndex { $0 > 0 } ?? 0
    }
}
