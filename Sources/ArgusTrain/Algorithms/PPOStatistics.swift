import ArgusTensor

/// Means over the minibatches of one update, for `metrics.jsonl`.
struct PPOStatistics {
    private var count = 0.0
    private var sums = (policy: 0.0, value: 0.0, entropy: 0.0, actorNorm: 0.0, criticNorm: 0.0)
    /// Of the rollout, in units of the return: what minimum_advantage_deviation bounds.
    var advantageDeviation = 0.0
    /// Of the last minibatch.
    private var approximateKL = 0.0
    private var clipFraction = 0.0

    func all(learningRate: Double) -> [Statistic] {
        let count = max(1, count)
        return [
            Statistic("loss_policy", sums.policy / count), Statistic("loss_value", sums.value / count),
            Statistic("entropy", sums.entropy / count), Statistic("approximate_kl", approximateKL),
            Statistic("clip_fraction", clipFraction), Statistic("actor_gradient_norm", sums.actorNorm / count),
            Statistic("critic_gradient_norm", sums.criticNorm / count),
            Statistic("advantage_deviation", advantageDeviation), Statistic("learning_rate", learningRate),
        ]
    }

    mutating func add(policy: Double, value: Double, entropy: Double, actorNorm: Double, criticNorm: Double) {
        count += 1
        sums.policy += policy
        sums.value += value
        sums.entropy += entropy
        sums.actorNorm += actorNorm
        sums.criticNorm += criticNorm
    }

    /// How far the policy has moved, on one minibatch as it was before its gradient step: the mean of (ρ − 1) − log ρ, an
    /// estimate of the divergence from the old policy (Schulman 2020, "Approximating KL"), and the clipped fraction.
    mutating func measure(_ outputs: Tensor, _ batch: Minibatch, _ loss: PPOLoss) throws {
        let logRatio = try loss.evaluate(outputs, batch).logProbability - batch.logProbabilities
        let ratio = try logRatio.exp()
        approximateKL = try mean((ratio - 1) - logRatio, batch.weights)
        clipFraction = try mean((ratio - 1).abs().greater(than: loss.configuration.clip).to(.float32), batch.weights)
    }

    private func mean(_ rows: Tensor, _ weights: Tensor?) throws -> Double {
        try (weights.map { try rows.mean(weights: $0) } ?? rows.mean()).item()
    }
}
