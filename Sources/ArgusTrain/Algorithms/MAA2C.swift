import ArgusEnvAPI
public import ArgusHost
package import ArgusTensor

extension Algorithm {
    /// Multi-agent advantage actor-critic: one critic sees the global state, V(s); one gradient step a rollout.
    ///
    /// Papoudakis et al. 2021, "Benchmarking multi-agent deep reinforcement learning algorithms in cooperative tasks"
    /// (section 3 and their code, EPyMARL), after Mnih et al. 2016.
    static let maa2c = Algorithm(
        name: "maa2c", summary: "Multi-agent advantage actor-critic: a central critic on the global state",
        source: "Papoudakis et al. 2021, arXiv:2006.07869", headlineMode: .sampled
    ) { task, configuration in
        try MAA2CLearner(task, configuration: configuration)
    }
}

/// Hyperparameters of MAA2C, with the source of each default.
///
/// [EPyMARL] Papoudakis et al. 2021 and its code; [ours] the best of eight settings on seed 1 of
/// foraging/8x8-2p-2f-coop, and layer normalisation by two other scenarios; more seeds are in Documentation/settings.md.
public struct MAA2CConfiguration: RolloutConfiguration {
    public var copies = 16
    public var rolloutSteps = 10
    public var nStep = 5
    public var learningRate = 1e-3
    public var annealLearningRate = true
    public var adamEpsilon = 1e-8
    public var discount = 0.99
    public var entropyCoefficient = 0.001
    public var normalizeAdvantages = true
    public var targetRate = 0.01
    public var maximumGradientNorm = 10.0
    public var network = NetworkConfiguration(layerNorm: true)

    public init() {}

    public static var hyperparameters: [Hyperparameter<MAA2CConfiguration>] {
        [
            .copies(\.copies, "[ours]; [EPyMARL] has 10"),
            .rolloutSteps(\.rolloutSteps, "[ours]; [EPyMARL] has whole episodes"),
            .nStep(\.nStep, "[EPyMARL] 5"),
            .learningRate(\.learningRate, "[ours]; [EPyMARL] 5e-4"),
            .annealLearningRate(\.annealLearningRate, "[ours]"),
            .adamEpsilon(\.adamEpsilon, "[EPyMARL] 1e-8"),
            .discount(\.discount, "[EPyMARL] 0.99"),
            .entropyCoefficient(\.entropyCoefficient, "[ours]; [EPyMARL] has 0.01, and standardised rewards"),
            .boolean(
                "normalize_advantages", \.normalizeAdvantages,
                "Divides advantages by their running deviation, which is taken to be at least 0.1: with small, sparse "
                    + "rewards the entropy bonus would outweigh them, and one rollout's deviation would blow up noise where "
                    + "it holds no reward. [ours]; [EPyMARL] standardises rewards instead"),
            .targetRate(\.targetRate, "[EPyMARL] 0.01 in the paper; its code has a hard update every 200"),
            .maximumGradientNorm(\.maximumGradientNorm, "[EPyMARL] 10"),
        ] + NetworkConfiguration.hyperparameters(\.network, layerNormSource: "[ours]; [EPyMARL] has none")
    }

    public func validate() throws(ArgusError) {
        try requirePositive(learningRate, "learning_rate")
        try requireReach(nStep, within: rolloutSteps)
    }
}

/// The loss of advantage actor-critic with an entropy bonus:
///
///     L = −E[log π(a|o)·A] − c_H·E[H(π(·|o))] + E[(G − V)²],  A = G − V
///
/// with G the n-step return that the target critic bootstraps (``NStepReturns``).
package struct ActorCriticLoss {
    let entropyCoefficient: Double

    package init(entropyCoefficient: Double) { self.entropyCoefficient = entropyCoefficient }

    /// Means over the rows that count; all arguments [rows] of agents or of values, weights 1 where a row counts.
    package func callAsFunction(
        logProbabilities: Tensor, entropies: Tensor, advantages: Tensor, weights: Tensor, values: Tensor,
        returns: Tensor, valueWeights: Tensor
    ) throws -> (policy: Tensor, entropy: Tensor, value: Tensor, total: Tensor) {
        let policy = try -(logProbabilities * advantages).mean(weights: weights)
        let entropy = try entropies.mean(weights: weights)
        let value = try values.squaredError(to: returns).mean(weights: valueWeights)
        return (policy, entropy, value, try policy - entropy * entropyCoefficient + value)
    }
}

/// Plays rollouts with the current actor and makes one gradient step with each.
final class MAA2CLearner: Learner {
    let policy: TrainedPolicy
    private let configuration: MAA2CConfiguration
    private let player: RolloutPlayer
    private let critic: RolloutCritic
    /// Follows the critic slowly, and values what returns are bootstrapped from.
    private let target: RolloutCritic
    private let optimizers: ActorCriticOptimizers
    // [step, copy, agent] or, of values, [step, copy, value row].
    private let returns: AlignedBuffer<Float>
    private let advantages: AlignedBuffer<Float>
    private let valid: AlignedBuffer<Float>
    private let valued: AlignedBuffer<Float>
    private let valueReturns: AlignedBuffer<Float>
    private let valueWeights: AlignedBuffer<Float>
    /// Of advantages, about 0.
    private var moments = ValueNormalizer(decay: 0.999)

    init(_ task: LearningTask, configuration: MAA2CConfiguration) throws {
        let rule = ActionRule.categorical(
            heads: try task.discreteHeads("only IPPO, MAPPO and VDPPO have Gaussian policies here"))
        let shape = RolloutCritic.shape(task, configuration.network, view: .central)
        try RolloutPlayer.requireMemory(task, configuration, rule: rule, critics: [shape, shape])
        var generator = task.weightGenerator
        player = try RolloutPlayer(task, configuration, rule: rule, using: &generator)
        // The target critic moves slowly: values that begin other than 0 would long be taken for returns.
        let (network, gain) = (configuration.network, 0.01)
        critic = try RolloutCritic(
            player, network, view: .central, shape: shape, outputGain: gain, using: &generator)
        target = try RolloutCritic(
            player, network, view: .central, shape: shape, outputGain: gain, using: &generator)
        try target.network.move(to: critic.network, weight: 1)
        optimizers = try ActorCriticOptimizers(
            actor: player.actor.parameters, critic: critic.parameters,
            Adam.Options(learningRate: configuration.learningRate, epsilon: configuration.adamEpsilon),
            maximumNorm: configuration.maximumGradientNorm)
        policy = TrainedPolicy(player, task: task)
        self.configuration = configuration
        let rows = player.steps * player.copies
        returns = AlignedBuffer(count: rows * player.agents, zero: 0)
        advantages = AlignedBuffer(count: rows * player.agents, zero: 0)
        valid = AlignedBuffer(count: rows * player.agents, zero: 1)
        valued = AlignedBuffer(count: rows * player.agents, zero: 1)
        valueReturns = AlignedBuffer(count: rows * critic.valueRows, zero: 0)
        valueWeights = AlignedBuffer(count: rows * critic.valueRows, zero: 1)
    }

    var stepsPerUpdate: Int { player.steps * player.copies }

    func collect(_ schedule: Schedule) throws -> RolloutSummary { try player.collect() }

    func learn(_ schedule: Schedule) throws -> [Statistic] {
        let rate = configuration.learningRate * (configuration.annealLearningRate ? schedule.remaining : 1)
        optimizers.setLearningRate(rate)
        try withoutGradient {
            try critic.evaluate()
            try target.evaluate()
        }
        // False when every episode failed: nothing to learn from.
        guard prepareTargets() else { return [] }
        let slice = try player.wholeSlice()
        let (logProbabilities, entropies) = try player.actor.rule.evaluate(
            player.actorOutputs(of: slice), legal: player.legal(of: slice), decisions: player.decisions(of: slice))
        let terms = try ActorCriticLoss(entropyCoefficient: configuration.entropyCoefficient)(
            logProbabilities: logProbabilities, entropies: entropies,
            advantages: player.numbers(advantages, perCopy: player.agents, of: slice),
            weights: player.numbers(valid, perCopy: player.agents, of: slice), values: critic.values(of: slice),
            returns: player.numbers(valueReturns, perCopy: critic.valueRows, of: slice),
            valueWeights: player.numbers(valueWeights, perCopy: critic.valueRows, of: slice))
        let statistics = try [
            Statistic("loss_policy", finite(terms.policy, "policy loss", schedule)),
            Statistic("loss_value", finite(terms.value, "value loss", schedule)),
            Statistic("entropy", finite(terms.entropy, "entropy", schedule)),
        ]
        let norms = try optimizers.step(terms.total, schedule)
        try target.network.move(to: critic.network, weight: configuration.targetRate)
        return statistics + [
            Statistic("actor_gradient_norm", norms.actorNorm), Statistic("critic_gradient_norm", norms.criticNorm),
            Statistic("learning_rate", rate),
        ]
    }

    /// G, A and what of them counts.
    ///
    /// - Returns: false when no row counts.
    private func prepareTargets() -> Bool {
        let (agents, valueRows) = (player.agents, critic.valueRows)
        let isPerCopy = valueRows == 1 && agents > 1
        NStepReturns(
            discount: configuration.discount, n: configuration.nStep, valuesArePerCopy: isPerCopy,
            rewardsAreShared: player.environment.groupsShareRewards
        ).run(
            player.storage.transitions, values: target.values.pointer, finalValues: target.finalValues.pointer,
            returns: returns.pointer, valid: valid.pointer, valued: valued.pointer)
        for row in 0..<returns.count {
            let value = critic.values.pointer[isPerCopy ? row / agents : row]
            advantages.pointer[row] = valid.pointer[row] != 0 ? returns.pointer[row] - value : 0
        }
        ValueTargets.fill(
            valueReturns, valueWeights, from: returns, valid: valid, valued: valued, agents: agents,
            valueRows: valueRows)
        var (count, squares) = (0.0, 0.0)
        for row in 0..<advantages.count where valid.pointer[row] != 0 {
            count += 1
            squares += Double(advantages.pointer[row]) * Double(advantages.pointer[row])
        }
        guard count > 0 else { return false }
        guard configuration.normalizeAdvantages else { return true }
        moments.update(mean: 0, meanOfSquares: squares / count)
        for row in 0..<advantages.count { advantages.pointer[row] /= Float(moments.deviation) }
        return true
    }

    // MARK: Checkpoints

    var state: [(name: String, tensor: Tensor)] {
        get throws {
            player.state + critic.parameters + target.network.parameters(under: "target") + optimizers.savedState
                + [
                    ("hidden.critic", critic.hidden), ("hidden.target", target.hidden),
                    ("learner.moments", try Tensor(moments.moments)),
                ]
        }
    }

    func restore(_ saved: [String: Tensor]) throws {
        try restoreTensors(from: saved)
        moments = ValueNormalizer(
            decay: moments.decay, moments: try saved.numbers("learner.moments", count: 3, as: Double.self))
    }
}
