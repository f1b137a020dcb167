package import ArgusTensor

/// The clipped objective of PPO with a value loss and an entropy bonus (Schulman et al. 2017, eq. 7 and 9; MAPPO,
/// Yu et al. 2022, appendix A).
///
/// With ρ = π(a|o)/π_old(a|o), for each row that acted:
///
///     L = −E[min(ρ·A, clip(ρ, 1±ε)·A)] − c_H·E[H(π(·|o))] + c_V·E[L_V]
///     L_V = max(err(V), err(V_old + clip(V − V_old, ±ε))), err = Huber or squared error to the return
package struct PPOLoss {
    let configuration: PPOConfiguration
    /// c_H now.
    let entropyCoefficient: Double
    /// Padded sizes of the action heads.
    let heads: [Int]

    package init(configuration: PPOConfiguration, entropyCoefficient: Double, heads: [Int]) {
        self.configuration = configuration
        self.entropyCoefficient = entropyCoefficient
        self.heads = heads
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
    ///   - logits: [rows, sum of heads], of the current policy.
    ///   - batch: what was stored for these rows.
    ///   - values: [value rows], of the current critic, normalised.
    package func callAsFunction(logits: Tensor, values: Tensor, batch: Minibatch) throws -> Terms {
        let (logProbability, entropy) = try evaluate(logits, batch)
        let epsilon = configuration.clip
        let ratio = try (logProbability - batch.logProbabilities).exp()
        let clipped = try ratio.clamped(minimum: 1 - epsilon, maximum: 1 + epsilon)
        let objective = try (ratio * batch.advantages).minimum(clipped * batch.advantages)
        let policy = try -mean(objective, batch.weights)
        let bonus = try mean(entropy, batch.weights)

        var valueError = try error(values, batch.returns)
        if configuration.clipValues {
            let change = try (values - batch.oldValues).clamped(minimum: -epsilon, maximum: epsilon)
            valueError = try valueError.maximum(error(batch.oldValues + change, batch.returns))
        }
        let value = try mean(valueError, batch.valueWeights)
        let total = try policy - bonus * entropyCoefficient + value * configuration.valueCoefficient
        return Terms(policy: policy, entropy: bonus, value: value, total: total)
    }

    /// log π(a|o) and H(π(·|o)) of each row, summed over heads. Illegal choices have probability 0.
    func evaluate(_ logits: Tensor, _ batch: Minibatch) throws -> (logProbability: Tensor, entropy: Tensor) {
        if heads.count == 1 {
            return try Categorical.evaluate(logits: logits, legal: batch.legal, actions: batch.actions.squeezed(1))
        }
        var sum: (logProbability: Tensor, entropy: Tensor)?
        var offset = 0
        for (head, size) in heads.enumerated() {
            let ofHead = try Categorical.evaluate(
                logits: logits.narrowed(axis: 1, from: offset, count: size).contiguous(),
                legal: batch.legal?.narrowed(axis: 1, from: offset, count: size).contiguous(),
                actions: batch.actions.selected(axis: 1, index: head).contiguous())
            if let before = sum {
                sum = (try before.logProbability + ofHead.logProbability, try before.entropy + ofHead.entropy)
            } else {
                sum = ofHead
            }
            offset += size
        }
        guard let sum else {
            throw TensorError(code: .invalidArgument, message: "PPO loss: found no action heads, expected at least one")
        }
        return sum
    }

    private func error(_ values: Tensor, _ targets: Tensor) throws -> Tensor {
        switch configuration.valueLoss {
        case .huber: try values.huberLoss(to: targets, delta: configuration.huberDelta)
        case .squared: try values.squaredError(to: targets) * 0.5
        }
    }

    /// Mean over the rows that count. Nil weights: all rows do.
    private func mean(_ values: Tensor, _ weights: Tensor?) throws -> Tensor {
        guard let weights else { return try values.mean() }
        return try (values * weights).sum() / weights.sum().clamped(minimum: 1)
    }
}

/// What a rollout stored for the rows of one minibatch. Rows are (step, copy, agent); value rows are the same, or
/// (step, copy) where one value serves all agents.
package struct Minibatch {
    /// [rows, heads], int64
    package var actions: Tensor
    /// [rows, sum of heads], uint8; nil: every choice is legal.
    package var legal: Tensor?
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
        actions: Tensor, legal: Tensor?, logProbabilities: Tensor, advantages: Tensor, weights: Tensor?,
        returns: Tensor, oldValues: Tensor, valueWeights: Tensor?
    ) {
        self.actions = actions
        self.legal = legal
        self.logProbabilities = logProbabilities
        self.advantages = advantages
        self.weights = weights
        self.returns = returns
        self.oldValues = oldValues
        self.valueWeights = valueWeights
    }
}
