import Glibc

/// Draws a token from logits: temperature first, then the nucleus, then the draw.
struct TokenSampler {
    /// 0 takes the likeliest token.
    let temperature: Double
    /// The share of probability within which is drawn (nucleus sampling, Holtzman et al. 2020): the likeliest tokens
    /// that together reach it.
    let topP: Double

    /// - Parameter uniform: in [0, 1); decides the draw.
    /// - Returns: the token, and its log-probability in the distribution that was drawn from.
    func draw(_ logits: ArraySlice<Float>, uniform: Double) -> (token: Int, logProbability: Float) {
        let start = logits.startIndex
        guard let greatest = logits.max(), greatest.isFinite else { return (0, -.infinity) }
        guard temperature > 0 else {
            return ((logits.firstIndex(of: greatest) ?? start) - start, 0)
        }
        var probabilities = logits.map { exp(Double($0 - greatest) / temperature) }
        let sum = probabilities.reduce(0, +)
        for index in probabilities.indices { probabilities[index] /= sum }
        if topP < 1 { keepNucleus(&probabilities) }
        let token = Sampling.choice(probabilities, uniform)
        return (token, Float(log(probabilities[token])))
    }

    /// Leaves the likeliest tokens whose sum reaches ``topP``, of equals the earlier, and scales them to 1.
    private func keepNucleus(_ probabilities: inout [Double]) {
        // What is below this share belongs to no nucleus: all such tokens together stay below 1 - topP.
        let least = (1 - topP) / Double(probabilities.count)
        let order = probabilities.indices.filter { probabilities[$0] >= least }.sorted {
            (probabilities[$1], $0) < (probabilities[$0], $1)
        }
        var kept = [Double](repeating: 0, count: probabilities.count)
        var sum = 0.0
        for token in order {
            kept[token] = probabilities[token]
            sum += probabilities[token]
            if sum >= topP { break }
        }
        guard sum > 0 else { return }
        for token in order { kept[token] /= sum }
        probabilities = kept
    }
}
