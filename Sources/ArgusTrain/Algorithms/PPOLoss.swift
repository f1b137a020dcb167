package import ArgusTensor

/// The clipped objective of PPO with a value loss and an entropy bonus (Schulman et al. 2017, eq. 7 and 9; MAPPO,
/// Yu et al. 2022, appendix A).
///
/// With ρ = π(a|o)/π_old(a|o), for each row that acted:
///
///     L = −E[min(ρ·A, clip(ρ, 1±ε)·A)] − c_H·E[H(π(·|o))] + c_V·E[L_V]
///     L_V = max(err(V), err(V_old + clip(V − V_old, ±ε))), err = Huber error or half the squared error to the return
package struct PPOLoss {
    let configuration: PPOConfiguration
    /// c_H now.
    let entropyCoefficient: Double
    /// How outputs become actions.
    let rule: ActionRule

    package init(configuration: PPOConfiguration, entropyCoefficient: Double, rule: ActionRule) {
        self.configuration = configuration
        self.entropyCoefficient = entropyCoefficient
        self.rule = rule
    }

    /// Terms of one minibatch, still on the gradient tape.
    package struct Terms {
        package var policy: Tensor
        package var entropy: Tensor
        package var value: Tensor
        /// What is minimised.
        package var total: Tensor
    }

    /// - Parameters:
    ///   - outputs: [rows, outputs], of the current policy: logits or means.
    ///   - batch: what was stored for these rows.
    ///   - values: [value rows], of the current critic, normalised.
    package func callAsFunction(outputs: Tensor, values: Tensor, batch: Minibatch) throws -> Terms {
        let (logProbability, entropy) = try evaluate(outputs, batch)
        let epsilon = configuration.clip
        let ratio = try (logProbability - batch.logProbabilities).exp()
        let clipped = try ratio.clamped(minimum: 1 - epsilon, maximum: 1 + epsilon)
        let objective = try (ratio * batch.advantages).minimum(clipped * batch.advantages)
        let policy = try -objective.mean(weights: batch.weights)
        let bonus = try entropy.mean(weights: batch.weights)

        var valueError = try error(values, batch.returns)
        if configuration.clipValues {
            let change = try (values - batch.oldValues).clamped(minimum: -epsilon, maximum: epsilon)
            valueError = try valueError.maximum(error(batch.oldValues + change, batch.returns))
        }
        let value = try valueError.mean(weights: batch.valueWeights)
        let total = try policy - bonus * entropyCoefficient + value * configuration.valueCoefficient
        return Terms(policy: policy, entropy: bonus, value: value, total: total)
    }

    func evaluate(_ outputs: Tensor, _ batch: Minibatch) throws -> (logProbability: Tensor, entropy: Tensor) {
        try rule.evaluate(
            outputs, legal: batch.legal, decisions: batch.decisions, logDeviations: batch.logDeviations,
            components: batch.components)
    }

    private func error(_ values: Tensor, _ targets: Tensor) throws -> Tensor {
        switch configuration.valueLoss {
        case .huber: try values.huberLoss(to: targets, delta: configuration.huberDelta)
        case .squared: try values.squaredError(to: targets) * 0.5
        }
    }
}

/// What a rollout stored for the rows of one minibatch. Rows are (step, copy, agent); value rows are the same, or
/// (step, copy) where one value serves all agents.
package struct Minibatch {
    /// [rows, heads], int64; continuous actions: [rows, components], u.
    package var decisions: Tensor
    /// [rows, sum of heads], uint8; nil: every choice is legal.
    package var legal: Tensor?
    /// Continuous actions: log σ of the current policy, [rows, components]; else nil.
    package var logDeviations: Tensor?
    /// Continuous actions: 0 where a component is padding, alike; nil when none is.
    package var components: Tensor?
    /// [rows]: log π_old(a|o)
    package var logProbabilities: Tensor
    /// [rows]
    package var advantages: Tensor
    /// [rows], 1 for rows that acted in valid episodes; nil: all did.
    package var weights: Tensor?
    /// [value rows], normalised
    package var returns: Tensor
    /// [value rows], normalised
    package var oldValues: Tensor
    /// [value rows]; nil: all count.
    package var valueWeights: Tensor?

    package init(
        decisions: Tensor, legal: Tensor?, logDeviations: Tensor? = nil, components: Tensor? = nil,
        logProbabilities: Tensor, advantages: Tensor, weights: Tensor?, returns: Tensor, oldValues: Tensor,
        valueWeights: Tensor?
    ) {
        self.decisions = decisions
        self.legal = legal
        self.logDeviations = logDeviations
        self.components = components
        self.logProbabilities = logProbabilities
        self.advantages = advantages
        self.weights = weights
        self.returns = returns
        self.oldValues = oldValues
        self.valueWeights = valueWeights
    }
}
