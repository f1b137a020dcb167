import ArgusHost
import ArgusTensor

/// Plays rollouts with the current actor and learns from them by ``PPOLoss``: IPPO, MAPPO and VDPPO, which differ in what
/// the critic sees.
final class PPOLearner: Learner {
    let configuration: PPOConfiguration
    let player: RolloutPlayer
    let critic: RolloutCritic
    let policy: TrainedPolicy
    var normalizer: ValueNormalizer
    private let optimizers: ActorCriticOptimizers
    private let sumsRewards: Bool

    // [step, copy, agent] or, of values, [step, copy, value row].
    let advantages: AlignedBuffer<Float>
    let returns: AlignedBuffer<Float>
    let valueReturns: AlignedBuffer<Float>
    let valueWeights: AlignedBuffer<Float>
    let valid: AlignedBuffer<Float>
    let valued: AlignedBuffer<Float>
    private let order: MinibatchOrder

    init(_ task: LearningTask, configuration: PPOConfiguration, view: CriticView) throws {
        let environment = task.environment
        if view == .decomposed { try task.requireOneTeam() }
        let rule: ActionRule =
            switch environment.specification.actions {
            case .discrete(let heads): .categorical(heads: heads)
            case .continuous(_, let bounds): .gaussian(GaussianSampler(bounds: bounds))
            }
        let criticShape = RolloutCritic.shape(task, configuration.network, view: view)
        try RolloutPlayer.requireMemory(
            task, configuration, rule: rule, critics: [criticShape], slices: configuration.minibatches)
        var generator = task.weightGenerator
        player = try RolloutPlayer(task, configuration, rule: rule, using: &generator)
        critic = try RolloutCritic(
            player, configuration.network, view: view, shape: criticShape, using: &generator)
        optimizers = try ActorCriticOptimizers(
            actor: player.actor.parameters, critic: critic.parameters,
            Adam.Options(learningRate: configuration.learningRate, epsilon: configuration.adamEpsilon),
            maximumNorm: configuration.maximumGradientNorm)
        policy = TrainedPolicy(player, task: task)
        normalizer = ValueNormalizer(decay: configuration.valueNormalizationDecay)
        sumsRewards = view == .decomposed && !environment.groupsShareRewards
        self.configuration = configuration
        let rows = player.steps * player.copies
        advantages = AlignedBuffer(count: rows * player.agents, zero: 0)
        returns = AlignedBuffer(count: rows * player.agents, zero: 0)
        valueReturns = AlignedBuffer(count: rows * critic.valueRows, zero: 0)
        valueWeights = AlignedBuffer(count: rows * critic.valueRows, zero: 1)
        valid = AlignedBuffer(count: rows * player.agents, zero: 1)
        valued = AlignedBuffer(count: rows * player.agents, zero: 1)
        order = MinibatchOrder(count: player.sliceUnits, minibatches: configuration.minibatches, run: task.seed)
    }

    var stepsPerUpdate: Int { player.steps * player.copies }

    func collect(_ schedule: Schedule) throws -> RolloutSummary {
        let summary = try player.collect()
        if sumsRewards { player.storage.sumRewards() }
        return summary
    }

    /// Advantages and returns of the rollout, then `epochs` passes of gradient steps.
    func learn(_ schedule: Schedule) throws -> [Statistic] {
        try estimateAdvantages()
        var statistics = PPOStatistics()
        let learningRate =
            configuration.learningRate * (configuration.annealLearningRate ? schedule.remaining : 1)
        // None when every episode failed: nothing to learn from.
        guard let deviation = try prepareTargets() else { return [] }
        statistics.advantageDeviation = deviation
        optimizers.setLearningRate(learningRate)
        let loss = PPOLoss(
            configuration: configuration,
            entropyCoefficient: configuration.entropyCoefficient
                * (configuration.annealEntropy ? schedule.remaining : 1), rule: player.actor.rule)
        let isWeighted = !valid.elements.allSatisfy { $0 == 1 }
        for epoch in 0..<configuration.epochs {
            order.shuffle(update: schedule.update, epoch: epoch)
            for index in 0..<configuration.minibatches {
                let slice = try player.slice(order[index])
                let outputs = try player.actorOutputs(of: slice)
                let batch = try minibatch(slice, isWeighted: isWeighted)
                let terms = try loss(outputs: outputs, values: critic.values(of: slice), batch: batch)
                if epoch == configuration.epochs - 1 && index == configuration.minibatches - 1 {
                    try withoutGradient { try statistics.measure(outputs, batch, loss) }
                }
                try step(terms, schedule, into: &statistics)
            }
        }
        return statistics.all(learningRate: learningRate)
    }

    private func estimateAdvantages() throws {
        try withoutGradient { try critic.evaluate() }
        if configuration.normalizeValues {
            critic.scaleValues(by: Float(normalizer.deviation), Float(normalizer.center))
        }
        AdvantageEstimation(
            discount: configuration.discount, lambda: configuration.gaeLambda,
            valuesArePerCopy: critic.valueRows == 1 && player.agents > 1,
            rewardsAreShared: player.environment.groupsShareRewards
        ).run(
            player.storage.transitions, values: critic.values.pointer, finalValues: critic.finalValues.pointer,
            advantages: advantages.pointer, returns: returns.pointer, valid: valid.pointer, valued: valued.pointer)
    }

    private func minibatch(_ slice: RolloutSlice, isWeighted: Bool) throws -> Minibatch {
        let agents = player.agents
        let valueRows = critic.valueRows
        return Minibatch(
            decisions: try player.decisions(of: slice), legal: try player.legal(of: slice),
            logDeviations: try player.logDeviations(rows: slice.rows),
            components: try player.components(rows: slice.rows),
            logProbabilities: try player.numbers(player.storage.logProbabilities, perCopy: agents, of: slice),
            advantages: try player.numbers(advantages, perCopy: agents, of: slice),
            weights: isWeighted ? try player.numbers(valid, perCopy: agents, of: slice) : nil,
            returns: try player.numbers(valueReturns, perCopy: valueRows, of: slice),
            oldValues: try player.numbers(critic.values, perCopy: valueRows, of: slice),
            valueWeights: isWeighted ? try player.numbers(valueWeights, perCopy: valueRows, of: slice) : nil)
    }

    private func step(_ terms: PPOLoss.Terms, _ schedule: Schedule, into statistics: inout PPOStatistics) throws {
        let policy = try finite(terms.policy, "policy loss", schedule)
        let value = try finite(terms.value, "value loss", schedule)
        let entropy = try finite(terms.entropy, "entropy", schedule)
        let norms = try optimizers.step(terms.total, schedule)
        statistics.add(
            policy: policy, value: value, entropy: entropy, actorNorm: norms.actorNorm, criticNorm: norms.criticNorm)
    }

    // MARK: Checkpoints

    var state: [(name: String, tensor: Tensor)] {
        get throws {
            player.state + critic.parameters + optimizers.savedState
                + [("hidden.critic", critic.hidden), ("learner.normalizer", try Tensor(normalizer.moments))]
        }
    }

    func restore(_ saved: [String: Tensor]) throws {
        try restoreTensors(from: saved)
        normalizer = ValueNormalizer(
            decay: normalizer.decay, moments: try saved.numbers("learner.normalizer", count: 3, as: Double.self))
    }
}
