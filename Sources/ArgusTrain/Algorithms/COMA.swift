import ArgusEnvAPI
public import ArgusHost
package import ArgusTensor

extension Algorithm {
    /// Counterfactual multi-agent policy gradients: a central critic Q(s, u) tells each agent how much better its choice was
    /// than what its policy would have chosen on average, all others' choices being what they were.
    ///
    /// Foerster et al. 2018 (AAAI). As in EPyMARL, targets are n-step returns that a target critic bootstraps, and the
    /// critic, which has no memory of its own, learns from the whole rollout in one step. Each action head is a decision
    /// of its own: its baseline averages over its choices with the agent's other heads fixed.
    static let coma = Algorithm(
        name: "coma", summary: "Counterfactual policy gradients: a central critic of the joint action",
        source: "Foerster et al. 2018, arXiv:1705.08926", headlineMode: .sampled
    ) { task, configuration in
        try COMALearner(task, configuration: configuration)
    }
}

/// Hyperparameters of COMA, with the source of each default.
///
/// [EPyMARL] Papoudakis et al. 2021 and its code; [ours] chosen here, with seeds that no table reports.
public struct COMAConfiguration: RolloutConfiguration {
    public var copies = 32
    public var rolloutSteps = 16
    public var nStep = 10
    public var learningRate = 5e-4
    public var adamEpsilon = 1e-8
    public var discount = 0.99
    public var entropyCoefficient = 0.01
    public var targetRate = 0.01
    public var maximumGradientNorm = 10.0
    public var network = NetworkConfiguration()

    public init() {}

    public static var hyperparameters: [Hyperparameter<COMAConfiguration>] {
        [
            .copies(\.copies, "[ours]; [EPyMARL] has 10"),
            .rolloutSteps(\.rolloutSteps, "[ours]; [EPyMARL] has whole episodes"),
            .nStep(\.nStep, "[ours]; [EPyMARL]'s code has 5"),
            .learningRate(\.learningRate, "[EPyMARL] 5e-4"),
            .adamEpsilon(\.adamEpsilon, "[EPyMARL] 1e-8"),
            .discount(\.discount, "[EPyMARL] 0.99"),
            .entropyCoefficient(\.entropyCoefficient, "[EPyMARL] 0.01"),
            .targetRate(\.targetRate, "[ours]; [EPyMARL]'s code has a hard update every 200"),
            .maximumGradientNorm(\.maximumGradientNorm, "[EPyMARL] 10"),
        ] + NetworkConfiguration.hyperparameters(\.network)
    }

    public func validate() throws(ArgusError) {
        try requirePositive(learningRate, "learning_rate")
        try requireReach(nStep, within: rolloutSteps)
    }
}

/// The losses of COMA for one action head:
///
///     A = Q(s, u) − Σ_a π(a|o)·Q(s, (u₋, a)),  L_π = −E[log π(u|o)·A] − c_H·E[H(π(·|o))],  L_Q = E[(Q(s, u) − G)²]
package struct CounterfactualLoss {
    let entropyCoefficient: Double

    package init(entropyCoefficient: Double) { self.entropyCoefficient = entropyCoefficient }

    /// - Parameters: `logits` and `values` Q: [rows, choices]; `legal`: alike, uint8, nil when all are; `choices`: [rows, 1],
    ///   int64; `returns` G, and 1 where a row decides (`weights`), or decides or waits (`valueWeights`): [rows].
    package func callAsFunction(
        logits: Tensor, values: Tensor, legal: Tensor?, choices: Tensor, returns: Tensor, weights: Tensor,
        valueWeights: Tensor
    ) throws -> (policy: Tensor, entropy: Tensor, value: Tensor, total: Tensor) {
        let (logProbability, entropies) = try Categorical.evaluate(
            logits: logits, legal: legal, actions: choices.squeezed(1))
        let chosen = try values.gathered(axis: 1, indices: choices).squeezed(1)
        let advantages = try withoutGradient {
            let masked = try legal.map { try logits.filled(where: $0.equal(to: 0), with: -1e10) } ?? logits
            return try (chosen - (masked.softmax() * values).sum(axes: [1])).detached()
        }
        let policy = try -(logProbability * advantages).mean(weights: weights)
        let entropy = try entropies.mean(weights: weights)
        let value = try chosen.squaredError(to: returns).mean(weights: valueWeights)
        return (policy, entropy, value, try policy - entropy * entropyCoefficient + value)
    }
}

/// Plays rollouts with the current actor and makes one gradient step with each.
final class COMALearner: Learner {
    let policy: TrainedPolicy
    private let configuration: COMAConfiguration
    private let player: RolloutPlayer
    private let critic: JointActionCritic
    /// Follows the critic slowly, and values what returns are bootstrapped from.
    private let target: JointActionCritic
    private let optimizers: ActorCriticOptimizers
    private let heads: [Int]
    // [step, copy, agent]
    private let returns: AlignedBuffer<Float>
    private let valid: AlignedBuffer<Float>
    private let valued: AlignedBuffer<Float>

    init(_ task: LearningTask, configuration: COMAConfiguration) throws {
        heads = try task.discreteHeads("the counterfactual baseline sums over all choices")
        let rule = ActionRule.categorical(heads: heads)
        let shape = JointActionCritic.shape(task, configuration.network, heads: heads)
        try RolloutPlayer.requireMemory(task, configuration, rule: rule, critics: [shape, shape])
        var generator = task.weightGenerator
        player = try RolloutPlayer(task, configuration, rule: rule, drawsBootstrapChoices: true, using: &generator)
        critic = try JointActionCritic(player, shape: shape, using: &generator)
        target = try JointActionCritic(player, shape: shape, using: &generator)
        try moveParameters(
            target.network.parameters(under: ""), to: critic.network.parameters(under: ""), weight: 1)
        optimizers = try ActorCriticOptimizers(
            actor: player.actor.parameters, critic: critic.network.parameters(under: "critic"),
            Adam.Options(learningRate: configuration.learningRate, epsilon: configuration.adamEpsilon),
            maximumNorm: configuration.maximumGradientNorm)
        policy = TrainedPolicy(player, task: task)
        self.configuration = configuration
        let rows = player.steps * player.copies
        returns = AlignedBuffer(count: rows * player.agents, zero: 0)
        valid = AlignedBuffer(count: rows * player.agents, zero: 1)
        valued = AlignedBuffer(count: rows * player.agents, zero: 1)
    }

    var stepsPerUpdate: Int { player.steps * player.copies }

    func collect(_ schedule: Schedule) throws -> RolloutSummary { try player.collect() }

    func learn(_ schedule: Schedule) throws -> [Statistic] {
        let slice = try player.wholeSlice()
        let logits = try player.actorOutputs(of: slice)
        let (choices, legal) = (try player.decisions(of: slice), try player.legal(of: slice))
        let loss = CounterfactualLoss(entropyCoefficient: configuration.entropyCoefficient)
        var sums = (policy: 0.0, entropy: 0.0, value: 0.0)
        var total: Tensor?
        var offset = 0
        for (head, size) in heads.enumerated() {
            try withoutGradient { try target.evaluate(head: head) }
            NStepReturns(
                discount: configuration.discount, n: configuration.nStep, valuesArePerCopy: false,
                rewardsAreShared: player.environment.groupsShareRewards
            ).run(
                player.storage.transitions, values: target.values.pointer, finalValues: target.finalValues.pointer,
                returns: returns.pointer, valid: valid.pointer, valued: valued.pointer)
            // Every episode failed: nothing to learn from.
            guard valid.elements.contains(1) else { return [] }
            let terms = try loss(
                logits: logits.narrowed(axis: 1, from: offset, count: size).contiguous(),
                values: critic.values(of: slice, head: head),
                legal: legal?.narrowed(axis: 1, from: offset, count: size).contiguous(),
                choices: choices.narrowed(axis: 1, from: head, count: 1).contiguous(),
                returns: player.numbers(returns, perCopy: player.agents, of: slice),
                weights: player.numbers(valid, perCopy: player.agents, of: slice),
                valueWeights: player.numbers(valued, perCopy: player.agents, of: slice))
            sums.policy += try finite(terms.policy, "policy loss", schedule)
            sums.entropy += try finite(terms.entropy, "entropy", schedule)
            sums.value += try finite(terms.value, "value loss", schedule) / Double(heads.count)
            total = try total.map { try $0 + terms.total } ?? terms.total
            offset += size
        }
        guard let total else { return [] }
        let norms = try optimizers.step(total, schedule)
        try moveParameters(
            target.network.parameters(under: ""), to: critic.network.parameters(under: ""),
            weight: configuration.targetRate)
        return [
            Statistic("loss_policy", sums.policy), Statistic("loss_value", sums.value),
            Statistic("entropy", sums.entropy), Statistic("actor_gradient_norm", norms.actorNorm),
            Statistic("critic_gradient_norm", norms.criticNorm),
        ]
    }

    // MARK: Checkpoints

    var state: [(name: String, tensor: Tensor)] {
        get throws {
            player.state + critic.network.parameters(under: "critic") + target.network.parameters(under: "target")
                + optimizers.savedState
        }
    }

    func restore(_ saved: [String: Tensor]) throws {
        try restoreTensors(from: saved)
    }
}
