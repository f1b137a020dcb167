package import ArgusEnvAPI
import Glibc

/// Draws actions from logits, reproducibly: the randomness is a function of what the draw is for.
package struct ActionSampler {
    /// Padded sizes of the heads.
    package let heads: [Int]
    package let greedy: Bool

    package init(heads: [Int], greedy: Bool) {
        self.heads = heads
        self.greedy = greedy
    }

    /// One row's actions.
    ///
    /// - Parameters: `logits`: [sum of heads]; `legal`: [sum of heads] or nil when all are; `actions`: [heads], written.
    /// - Returns: log π(a|o), summed over heads.
    @inline(__always)
    package func sample<Action: FixedWidthInteger>(
        _ logits: UnsafePointer<Float>, legal: UnsafePointer<UInt8>?, random: CounterRandom,
        into actions: UnsafeMutablePointer<Action>
    ) -> Float {
        var total: Float = 0
        var offset = 0
        for head in 0..<heads.count {
            let size = heads[head]
            let row = logits + offset
            let mask = legal.map { $0 + offset }
            var maximum = -Float.infinity
            var best = 0
            for choice in 0..<size where mask?[choice] != 0 && row[choice] > maximum {
                maximum = row[choice]
                best = choice
            }
            var sum: Float = 0
            for choice in 0..<size where mask?[choice] != 0 { sum += expf(row[choice] - maximum) }
            var chosen = best
            if !greedy {
                var remaining = random.uniform(UInt64(head)) * sum
                for choice in 0..<size where mask?[choice] != 0 {
                    chosen = choice
                    remaining -= expf(row[choice] - maximum)
                    if remaining < 0 { break }
                }
            }
            actions[head] = Action(truncatingIfNeeded: chosen)
            total += row[chosen] - maximum - logf(sum)
            offset += size
        }
        return total
    }
}
