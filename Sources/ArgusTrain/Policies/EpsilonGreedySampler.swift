package import ArgusEnvAPI

/// Takes the choice of greatest value or, now and then, any legal one; reproducibly, as ``ActionSampler``.
package struct EpsilonGreedySampler {
    /// Padded sizes of the heads.
    package let heads: [Int]

    package init(heads: [Int]) { self.heads = heads }

    /// One row's actions; each head explores by itself.
    ///
    /// - Parameters: `values`: [sum of heads]; `legal`: [sum of heads] or nil when all are; `exploration`: ε, 0 to 1;
    ///   `actions`: [heads], written.
    @inline(__always)
    package func sample<Action: FixedWidthInteger>(
        _ values: UnsafePointer<Float>, legal: UnsafePointer<UInt8>?, exploration: Float, random: CounterRandom,
        into actions: UnsafeMutablePointer<Action>
    ) {
        var offset = 0
        for head in 0..<heads.count {
            let size = heads[head]
            let row = values + offset
            let mask = legal.map { $0 + offset }
            var maximum = -Float.infinity
            var chosen = 0
            var count: UInt64 = 0
            for choice in 0..<size where mask?[choice] != 0 {
                count += 1
                if row[choice] > maximum { (maximum, chosen) = (row[choice], choice) }
            }
            if count > 0, random.uniform(2 * UInt64(head)) < exploration {
                var left = random.bits(2 * UInt64(head) + 1).multipliedFullWidth(by: count).high
                for choice in 0..<size where mask?[choice] != 0 {
                    chosen = choice
                    if left == 0 { break }
                    left -= 1
                }
            }
            actions[head] = Action(truncatingIfNeeded: chosen)
            offset += size
        }
    }
}
