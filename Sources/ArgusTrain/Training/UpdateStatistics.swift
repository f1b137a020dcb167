import ArgusTensor

/// Means over the minibatches of one update, for `metrics.jsonl`.
struct UpdateStatistics {
    private var count = 0.0
    private var sums = (policy: 0.0, value: 0.0, entropy: 0.0, actorNorm: 0.0, criticNorm: 0.0)
    /// Of the last minibatch.
    private(set) var approximateKL = 0.0
    private(set) var clipFraction = 0.0

    var policyLoss: Double { sums.policy / max(1, count) }
    var valueLoss: Double { sums.value / max(1, count) }
    var entropy: Double { sums.entropy / max(1, count) }
    var actorGradientNorm: Double { sums.actorNorm / max(1, count) }
    var criticGradientNorm: Double { sums.criticNorm / max(1, count) }

    mutating func add(policy: Double, value: Double, entropy: Double, actorNorm: Double, criticNorm: Double) {
        count += 1
        sums.policy += policy
        sums.value += value
        sums.entropy += entropy
        sums.actorNorm += actorNorm
        sums.criticNorm += criticNorm
    }

    /// How far the policy has moved, on one minibatch as it was before its gradient step.
    mutating func measure(_ logits: Tensor, _ batch: Minibatch, _ loss: PPOLoss) throws {
        let logRatio = try loss.evaluate(logits, batch).logProbability - batch.logProbabilities
        let ratio = try logRatio.exp()
        approximateKL = try ((ratio - 1) - logRatio).mean().item()
        clipFraction = try (ratio - 1).abs().greater(than: loss.configuration.clip).to(.float32).mean().item()
    }
}
