package import ArgusEnvAPI
import Glibc

/// Takes discrete actions by what a network says of their choices, reproducibly: the randomness is a function of what the
/// draw is for.
package struct ActionSampler {
    /// Padded sizes of the heads.
    package let heads: [Int]

    package init(heads: [Int]) { self.heads = heads }

    /// One row's actions, drawn from logits or, if `greedy`, the likeliest.
    ///
    /// - Parameters: `logits`: [sum of heads]; `legal`: [sum of heads] or nil when all are; `actions`: [heads], written.
    /// - Returns: log π(a|o), summed over heads.
    @inline(__always)
    package func sample<Action: FixedWidthInteger>(
        _ logits: UnsafePointer<Float>, legal: UnsafePointer<UInt8>?, greedy: Bool = false, random: CounterRandom,
        into actions: UnsafeMutablePointer<Action>
    ) -> Float {
        var total: Float = 0
        var row = HeadRow(logits, legal)
        for head in 0..<heads.count {
            row.size = heads[head]
            let (best, maximum, _) = row.best()
            var sum: Float = 0
            for choice in 0..<row.size where row.isLegal(choice) { sum += expf(row.numbers[choice] - maximum) }
            var chosen = best
            if !greedy {
                var remaining = random.uniform(UInt64(head)) * sum
                for choice in 0..<row.size where row.isLegal(choice) {
                    chosen = choice
                    remaining -= expf(row.numbers[choice] - maximum)
                    if remaining < 0 { break }
                }
            }
            actions[head] = Action(truncatingIfNeeded: chosen)
            total += row.numbers[chosen] - maximum - logf(sum)
            row.advance()
        }
        return total
    }

    /// One row's actions: the choices of greatest value or, now and then, any legal ones; each head explores by itself.
    ///
    /// - Parameters: `values`: [sum of heads]; `legal`: [sum of heads] or nil when all are; `exploration`: ε, 0 to 1;
    ///   `actions`: [heads], written.
    @inline(__always)
    package func explore<Action: FixedWidthInteger>(
        _ values: UnsafePointer<Float>, legal: UnsafePointer<UInt8>?, exploration: Float, random: CounterRandom,
        into actions: UnsafeMutablePointer<Action>
    ) {
        var row = HeadRow(values, legal)
        for head in 0..<heads.count {
            row.size = heads[head]
            var (chosen, _, count) = row.best()
            if count > 0, random.uniform(2 * UInt64(head)) < exploration {
                var left = random.bits(2 * UInt64(head) + 1).multipliedFullWidth(by: count).high
                for choice in 0..<row.size where row.isLegal(choice) {
                    chosen = choice
                    if left == 0 { break }
                    left -= 1
                }
            }
            actions[head] = Action(truncatingIfNeeded: chosen)
            row.advance()
        }
    }
}

/// The part of a row that is about one head's choices.
private struct HeadRow {
    private(set) var numbers: UnsafePointer<Float>
    private var legal: UnsafePointer<UInt8>?
    var size = 0

    @inline(__always)
    init(_ numbers: UnsafePointer<Float>, _ legal: UnsafePointer<UInt8>?) {
        self.numbers = numbers
        self.legal = legal
    }

    @inline(__always)
    func isLegal(_ choice: Int) -> Bool { legal?[choice] != 0 }

    /// The first legal choice of the greatest number (choice 0 if none is legal), that number, and how many are legal.
    @inline(__always)
    func best() -> (choice: Int, maximum: Float, legalCount: UInt64) {
        var (best, maximum, count) = (0, -Float.infinity, UInt64(0))
        for choice in 0..<size where isLegal(choice) {
            count += 1
            if numbers[choice] > maximum { (maximum, best) = (numbers[choice], choice) }
        }
        return (best, maximum, count)
    }

    /// Goes on to the next head.
    @inline(__always)
    mutating func advance() {
        numbers += size
        legal = legal.map { $0 + size }
    }
}
