import ArgusEnvAPI
public import ArgusHost
public import ArgusTensor

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
    public var scaleObservations = true
    public var agentIds = true
    public var shareParameters = true
    public var hidden = 128
    public var layers = 2
    public var activation = Activation.relu
    public var layerNorm = false
    public var recurrent = false

    public init() {}

    public static var hyperparameters: [Hyperparameter<COMAConfiguration>] {
        [
            .integer("copies", \.copies, 1...4096, "Episodes played side by side. [ours]; [EPyMARL] has 10"),
            .integer(
                "rollout_steps", \.rolloutSteps, 1...100_000,
                "Steps of each copy between two updates; copies × rollout_steps environment steps an update. [ours]; "
                    + "[EPyMARL] has whole episodes"),
            .integer("n_step", \.nStep, 1...100_000, "Steps of a return before it is bootstrapped. [EPyMARL] 10"),
            .number("learning_rate", \.learningRate, 0...1, "Adam's step size, for both networks. [EPyMARL] 5e-4"),
            .number("adam_epsilon", \.adamEpsilon, 0...1, "Adam's ε. [EPyMARL] 1e-8"),
            .number("discount", \.discount, 0...1, "γ, for one unit of simulated time. [EPyMARL] 0.99"),
            .number(
                "entropy_coefficient", \.entropyCoefficient, 0...10, "Weight of the entropy bonus. [EPyMARL] 0.01"),
            .number(
                "target_rate", \.targetRate, 1e-9...1,
                "How far the target critic moves towards the critic at each update. [EPyMARL] 0.01"),
            .number(
                "maximum_gradient_norm", \.maximumGradientNorm, 1e-6...1e6,
                "Clips each network's gradient norm. [EPyMARL] 10"),
        ] + networkHyperparameters
    }

    public func validate() throws(ArgusError) { try requirePositive(learningRate, "learning_rate") }
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
    private let actorOptimizer: Adam
    private let criticOptimizer: Adam
    private let heads: [Int]
    private var updates = 0
    // [step, copy, agent]
    private let returns: AlignedBuffer<Float>
    private let valid: AlignedBuffer<Float>
    private let valued: AlignedBuffer<Float>
    private let everything: AlignedBuffer<Int64>

    init(_ task: LearningTask, configuration: COMAConfiguration) throws {
        heads = try task.discreteHeads("the counterfactual baseline sums over all choices")
        let rule = ActionRule.categorical(heads: heads)
        let shape = JointActionCritic.shape(task, configuration, heads: heads)
        try RolloutPlayer.requireMemory(task, configuration, rule: rule, critics: [shape, shape])
        var generator = SplitMix64(seed: CounterRandom(run: task.seed, purpose: .initialWeights).bits(0))
        player = try RolloutPlayer(task, configuration, rule: rule, drawsBootstrapChoices: true, using: &generator)
        critic = try JointActionCritic(player, shape: shape, using: &generator)
        target = try JointActionCritic(player, shape: shape, using: &generator)
        try moveParameters(
            target.network.parameters(under: ""), to: critic.network.parameters(under: ""), weight: 1)
        let options = Adam.Options(learningRate: configuration.learningRate, epsilon: configuration.adamEpsilon)
        actorOptimizer = try Adam(player.actor.parameters, options: options)
        criticOptimizer = try Adam(critic.network.parameters(under: "critic"), options: options)
        policy = TrainedPolicy(player.actor, encoding: player.encoding, usesMasks: player.usesMasks, task: task)
        self.configuration = configuration
        let rows = player.steps * player.copies
        returns = AlignedBuffer(count: rows * player.agents, zero: 0)
        valid = AlignedBuffer(count: rows * player.agents, zero: 1)
        valued = AlignedBuffer(count: rows * player.agents, zero: 1)
        everything = AlignedBuffer(count: configuration.recurrent ? player.copies : rows, zero: 0)
        for index in 0..<everything.count { everything[index] = Int64(index) }
    }

    var stepsPerUpdate: Int { player.steps * player.copies }

    func collect(_ schedule: Schedule) throws -> RolloutSummary { try player.collect() }

    func learn(_ schedule: Schedule) throws -> [Statistic] {
        defer { updates += 1 }
        let indices = try Tensor.borrowing(everything.pointer, shape: [everything.count], type: .int64)
        let slice = try player.slice(indices, count: everything.count)
        let logits = try player.actorOutputs(of: slice)
        let (choices, legal) = (try player.decisions(of: slice), try player.legal(of: slice))
        let loss = CounterfactualLoss(entropyCoefficient: configuration.entropyCoefficient)
        var sums = (policy: 0.0, entropy: 0.0, value: 0.0)
        var total: Tensor?
        var offset = 0
        for (head, size) in heads.enumerated() {
            try withoutGradient { try target.evaluate(head: head) }
            NStepReturns(discount: configuration.discount, n: configuration.nStep, valuesArePerCopy: false).run(
                player.storage, values: target.values.pointer, finalValues: target.finalValues.pointer,
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
            sums.policy += try finite(terms.policy, "policy loss", update: updates)
            sums.entropy += try finite(terms.entropy, "entropy", update: updates)
            sums.value += try finite(terms.value, "value loss", update: updates) / Double(heads.count)
            total = try total.map { try $0 + terms.total } ?? terms.total
            offset += size
        }
        try actorOptimizer.clearGradients()
        try criticOptimizer.clearGradients()
        try total?.backward()
        let maximum = configuration.maximumGradientNorm
        let actorNorm = try actorOptimizer.finiteClippedNorm(maximum, "actor", update: updates)
        let criticNorm = try criticOptimizer.finiteClippedNorm(maximum, "critic", update: updates)
        try actorOptimizer.step()
        try criticOptimizer.step()
        try moveParameters(
            target.network.parameters(under: ""), to: critic.network.parameters(under: ""),
            weight: configuration.targetRate)
        return [
            Statistic("loss_policy", sums.policy), Statistic("loss_value", sums.value),
            Statistic("entropy", sums.entropy), Statistic("actor_gradient_norm", actorNorm),
            Statistic("critic_gradient_norm", criticNorm),
        ]
    }

    // MARK: Checkpoints

    var state: [(name: String, tensor: Tensor)] {
        get throws {
            player.state + critic.network.parameters(under: "critic") + target.network.parameters(under: "target")
                + actorOptimizer.savedState + criticOptimizer.savedState
                + [("learner.updates", try Tensor([updates]))]
        }
    }

    func restore(_ saved: [String: Tensor]) throws {
        // Memory is replaced at every step, so it must not be written in place.
        player.actor.hidden = try player.actor.hidden.cloned()
        try restoreTensors(state, from: saved, owner: "checkpoint")
        updates = try saved.numbers("learner.updates", count: 1, as: Int.self)[0]
    }
}
