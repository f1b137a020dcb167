import ArgusTensor
import Glibc

extension ActionRule {
    /// log π(a|o) and H(π(·|o)) of each row on the gradient tape, summed over heads or components: both [rows]. Illegal
    /// choices have probability 0.
    ///
    /// - Parameters: `outputs`: [rows, outputs]; `legal`: [rows, choices], uint8, nil when all are; `decisions`: [rows,
    ///   heads], int64, or u [rows, components]; `logDeviations`: log σ of continuous actions, [rows, components], and
    ///   `components`: 0 where one is padding, alike, nil when none is.
    func evaluate(
        _ outputs: Tensor, legal: Tensor?, decisions: Tensor, logDeviations: Tensor? = nil, components: Tensor? = nil
    ) throws -> (logProbability: Tensor, entropy: Tensor) {
        if let logDeviations { return try gaussian(outputs, decisions, logDeviations, components) }
        if heads.count == 1 {
            return try Categorical.evaluate(logits: outputs, legal: legal, actions: decisions.squeezed(1))
        }
        var sum: (logProbability: Tensor, entropy: Tensor)?
        var offset = 0
        for (head, size) in heads.enumerated() {
            let ofHead = try Categorical.evaluate(
                logits: outputs.narrowed(axis: 1, from: offset, count: size).contiguous(),
                legal: legal?.narrowed(axis: 1, from: offset, count: size).contiguous(),
                actions: decisions.selected(axis: 1, index: head).contiguous())
            if let before = sum {
                sum = (try before.logProbability + ofHead.logProbability, try before.entropy + ofHead.entropy)
            } else {
                sum = ofHead
            }
            offset += size
        }
        guard let sum else {
            throw TensorError(
                code: .invalidArgument, message: "distribution: found no action heads, expected at least one")
        }
        return sum
    }

    /// log N(u; μ, σ²) = −(u−μ)²/2σ² − log σ − ½ log 2π, and H = log σ + ½ log 2πe, for each component.
    private func gaussian(
        _ means: Tensor, _ deviates: Tensor, _ logDeviations: Tensor, _ components: Tensor?
    ) throws -> (logProbability: Tensor, entropy: Tensor) {
        let halfLogTwoPi = 0.5 * log(2 * Double.pi)
        let distance = try (deviates - means) * (try -logDeviations).exp()
        var logProbability = try distance.square() * -0.5 - logDeviations - halfLogTwoPi
        var entropy = try logDeviations + (0.5 + halfLogTwoPi)
        if let components { (logProbability, entropy) = (try logProbability * components, try entropy * components) }
        return (try logProbability.sum(axes: [1]), try entropy.sum(axes: [1]))
    }
}

extension Tensor {
    /// The mean over the rows that count: Σ w·x / Σ w. Nil weights: all rows do.
    func mean(weights: Tensor?) throws -> Tensor {
        guard let weights else { return try mean() }
        return try (self * weights).sum() / weights.sum().clamped(minimum: 1)
    }
}

extension RolloutPlayer {
    /// 1 where a component is an agent's own, 0 where it is padding, for each row of `rows` copies: [rows · agents,
    /// components]; nil when none is padding.
    func components(rows: Int) throws -> Tensor? {
        let size = actor.rule.outputs
        guard actor.logDeviation != nil, actor.components.contains(where: { $0 < size }) else { return nil }
        let mask = actor.components.flatMap { count in (0..<size).map { Float($0 < count ? 1 : 0) } }
        return try Tensor(mask, shape: [1, agents, size]).expanded(to: [rows, agents, size])
            .reshaped(to: [rows * agents, size])
    }

    /// log σ of each row of `rows` copies for the gradient tape: [rows · agents, components]; nil for discrete actions.
    func logDeviations(rows: Int) throws -> Tensor? {
        guard let deviations = actor.logDeviation else { return nil }
        let size = actor.rule.outputs
        return try deviations.unsqueezed(0).expanded(to: [rows, agents, size]).reshaped(to: [rows * agents, size])
    }
}
