import ArgusEnvAPI
public import ArgusHost
import ArgusTensor

extension Algorithm {
    /// Parallelised Q-learning with value decomposition: no replay and no target network; layer normalisation and
    /// λ-returns of many parallel episodes stand in for both.
    ///
    /// Gallici et al. 2025, "Simplifying deep temporal difference learning" (ICLR), with the team's value as the sum of the
    /// agents', as their PQN-VDN has it. Differs from their code in the optimiser (Adam, since libtorch's C++ interface has no
    /// RAdam) and in that memory at a rollout's start is stored, not warmed up.
    static let pqnVDN = Algorithm(
        name: "pqn-vdn", summary: "Value decomposition without replay or target network, from parallel rollouts",
        source: "Gallici et al. 2025, arXiv:2407.04811", headlineMode: .greedy
    ) { task, configuration in
        try PQNLearner(task, configuration: configuration)
    }
}

/// Hyperparameters of PQN-VDN, with the source of each default.
///
/// [PQN] Gallici et al. 2025 and its code, purejaxql; [ours] chosen here, with seeds that no table reports.
public struct PQNConfiguration: RolloutConfiguration {
    public var copies = 64
    public var rolloutSteps = 32
    public var epochs = 4
    public var minibatches = 4
    public var learningRate = 5e-4
    public var annealLearningRate = true
    public var adamEpsilon = 1e-8
    public var discount = 0.99
    public var rewardScale = 1.0
    public var stepCost = 0.0
    public var tdLambda = 0.85
    public var explorationStart = 1.0
    public var explorationEnd = 0.01
    public var explorationSteps = 200_000
    public var maximumGradientNorm = 1.0
    public var network = NetworkConfiguration(layerNorm: true)

    public init() {}

    public static var hyperparameters: [Hyperparameter<PQNConfiguration>] {
        [
            .copies(\.copies, "[ours]; [PQN] has 128"),
            .rolloutSteps(\.rolloutSteps, "[ours]; [PQN] has 128"),
            .epochs(\.epochs, "[PQN] 4"),
            .minibatches(\.minibatches, pieces: "pieces are whole copies", "[ours]; [PQN] has 16"),
            .learningRate(\.learningRate, "[ours]; [PQN] has 2.5e-4"),
            .annealLearningRate(\.annealLearningRate, "[PQN] true"),
            .adamEpsilon(\.adamEpsilon, "[ours]"),
            .discount(\.discount, "[PQN] 0.99"),
            .rewardScale(\.rewardScale, "[PQN] has 10 on SMAX"),
            .stepCost(\.stepCost, "[PQN] has none"),
            .number("td_lambda", \.tdLambda, 0...1, "λ of the returns. [PQN] 0.85"),
            .explorationStart(\.explorationStart, "[PQN] 1"),
            .explorationEnd(\.explorationEnd, "[PQN] 0.01"),
            .explorationSteps(\.explorationSteps, "[ours]; [PQN] has a tenth of the training"),
            .maximumGradientNorm(\.maximumGradientNorm, "[PQN] 1"),
        ] + NetworkConfiguration.hyperparameters(\.network, layerNormSource: "[PQN] true")
    }

    public func validate() throws(ArgusError) {
        try requirePieces(minibatches, of: copies, "copies", "copy")
        try requirePositive(learningRate, "learning_rate")
        try requireFalling(from: explorationStart, to: explorationEnd)
    }
}

/// Plays ε-greedy rollouts and learns from each by
///
///     L(θ) = Σ m·(Σᵢ Qᵢ(oᵢ, aᵢ; θ) − R^λ)² / Σ m,  V = Σᵢ max over legal choices of Qᵢ(oᵢ, ·; θ)
///
/// with R^λ made anew from the current network for each minibatch (``LambdaReturn``). The loss is ``QLearningLoss`` with a
/// sum.
final class PQNLearner: Learner {
    let policy: TrainedPolicy
    private let configuration: PQNConfiguration
    private let player: RolloutPlayer
    private let optimizer: Adam
    private let loss: QLearningLoss
    private let order: MinibatchOrder
    /// V of the minibatch's rows, and of truncated episodes' final rows: [step, copy of the minibatch].
    private let next: AlignedBuffer<Float>
    private let targets: AlignedBuffer<Float>
    private let weights: AlignedBuffer<Float>

    init(_ task: LearningTask, configuration: PQNConfiguration) throws {
        let heads = try task.discreteHeads("the best of infinitely many actions cannot be looked up")
        try task.requireOneTeam()
        let rule = ActionRule.values(heads: heads, exploration: Float(configuration.explorationEnd))
        try RolloutPlayer.requireMemory(task, configuration, rule: rule, critics: [], slices: configuration.minibatches)
        var generator = task.weightGenerator
        player = try RolloutPlayer(
            task, configuration, rule: rule, outputGain: 0.1, norm: .beforeActivation, using: &generator)
        optimizer = try Adam(
            player.actor.parameters,
            options: Adam.Options(learningRate: configuration.learningRate, epsilon: configuration.adamEpsilon))
        policy = TrainedPolicy(player, task: task)
        loss = QLearningLoss(heads: heads, mixing: .sum)
        self.configuration = configuration
        order = MinibatchOrder(count: player.copies, minibatches: configuration.minibatches, run: task.seed)
        next = AlignedBuffer(count: (player.steps + 1) * player.copies, zero: 0)
        targets = AlignedBuffer(count: player.steps * player.copies, zero: 0)
        weights = AlignedBuffer(count: player.steps * player.copies, zero: 0)
    }

    var stepsPerUpdate: Int { player.steps * player.copies }

    func collect(_ schedule: Schedule) throws -> RolloutSummary {
        player.actor.exploration = schedule.exploration(
            from: configuration.explorationStart, to: configuration.explorationEnd, over: configuration.explorationSteps
        )
        let summary = try player.collect()
        if !player.environment.groupsShareRewards { player.storage.sumRewards() }
        return summary
    }

    func learn(_ schedule: Schedule) throws -> [Statistic] {
        optimizer.options.learningRate =
            configuration.learningRate * (configuration.annealLearningRate ? schedule.remaining : 1)
        var sums = (loss: 0.0, norm: 0.0)
        var count = 0.0
        for epoch in 0..<configuration.epochs {
            order.shuffle(update: schedule.update, epoch: epoch)
            for index in 0..<configuration.minibatches {
                guard let total = try minibatchLoss(copies: Array(order[index])) else { continue }
                count += 1
                sums.loss += try finite(total, "temporal-difference loss", schedule)
                sums.norm += try optimizer.step(
                    total, maximumNorm: configuration.maximumGradientNorm, "value network", schedule)
            }
        }
        // Every episode failed: nothing to learn from.
        guard count > 0 else { return [] }
        return [
            Statistic("loss_td", sums.loss / count), Statistic("gradient_norm", sums.norm / count),
            Statistic("exploration", Double(player.actor.exploration)),
            Statistic("learning_rate", optimizer.options.learningRate),
        ]
    }

    /// L(θ) of some copies' rollouts; nil where no row counts.
    private func minibatchLoss(copies: [Int64]) throws -> Tensor? {
        let rows = try SequenceRows(player, copies: copies)
        let (values, memories) = try rows.values(of: player.actor.network)
        try withoutGradient {
            let best = try loss.bestChoices(values, legal: rows.legal, acting: rows.acting)
            let joint = try loss.joint(values, choices: best, present: rows.present, states: rows.present)
            try joint.copy(to: UnsafeMutableBufferPointer(start: next.pointer, count: joint.count))
            try fillTargets(rows, finals: finalValues(rows, memories))
        }
        let count = player.steps * copies.count
        guard weights.elements[..<count].contains(where: { $0 != 0 }) else { return nil }
        let played = try values.narrowed(axis: 0, from: 0, count: count * player.agents)
        let present = try rows.present.narrowed(axis: 0, from: 0, count: count)
        let joint = try loss.joint(played, choices: rows.choices, present: present, states: present)
        return try loss(
            joint: joint, targets: Tensor.borrowing(targets.pointer, shape: [count, 1], type: .float32),
            weights: Tensor.borrowing(weights.pointer, shape: [count, 1], type: .float32))
    }

    /// V of the truncated episodes' final rows, by (step, copy).
    private func finalValues(_ rows: SequenceRows, _ memories: Tensor) throws -> [Int: Float] {
        let storage = player.storage
        let agents = player.agents
        var (finals, memoryRows): ([Int64], [Int64]) = ([], [])
        for (index, place) in storage.finalPlaces.enumerated() {
            guard let row = rows.row(of: place) else { continue }
            for agent in 0..<agents {
                finals.append(Int64(index * agents + agent))
                memoryRows.append(Int64(row * agents + agent))
            }
        }
        guard !finals.isEmpty else { return [:] }
        let indices = try Tensor(finals)
        let all = storage.finalPlaces.count
        let inputs = try player.finals(0..<all).inputs.reshaped(to: [all * agents, player.encoding.inputSize])
        let values = try player.actor.network.step(
            inputs.gatheredRows(indices), hidden: memories.gatheredRows(Tensor(memoryRows)),
            starts: Tensor.zeros([finals.count, 1])
        ).outputs
        let legal =
            player.usesMasks
            ? try Tensor(storage.finalLegal, shape: [all * agents, storage.legalSize]).gatheredRows(indices) : nil
        let present = finals.map { row -> Float in
            let (index, agent) = Int(row).quotientAndRemainder(dividingBy: agents)
            let isOut =
                storage.finalActing[Int(row)] == 0
                && storage.terminated.pointer[storage.finalPlaces[index] * agents + agent] != 0
            return isOut ? 0 : 1
        }
        let presence = try Tensor(present, shape: [finals.count / agents, agents])
        let acting = try Tensor(finals.map { storage.finalActing[Int($0)] }, shape: [finals.count, 1])
        let best = try loss.bestChoices(values, legal: legal, acting: acting)
        let joint = try loss.joint(values, choices: best, present: presence, states: presence).values()
        var result: [Int: Float] = [:]
        for index in joint.indices { result[storage.finalPlaces[Int(finals[index * agents]) / agents]] = joint[index] }
        return result
    }

    /// R^λ and m of every row.
    private func fillTargets(_ rows: SequenceRows, finals: [Int: Float]) {
        let storage = player.storage
        for (index, copy) in rows.copies.enumerated() {
            var returns = LambdaReturn(
                discount: configuration.discount, lambda: configuration.tdLambda,
                rewardScale: configuration.rewardScale, stepCost: configuration.stepCost)
            var isValid = true
            for step in stride(from: player.steps - 1, through: 0, by: -1) {
                let place = step * player.copies + Int(copy)
                let row = step * rows.copies.count + index
                let reward = storage.rewards.pointer[place * player.agents]
                let end = EpisodeEnd(rawValue: storage.ended.pointer[place]) ?? .failed
                if end != .running { isValid = end != .failed }
                targets.pointer[row] = returns.step(
                    reward: reward, elapsed: storage.elapsed.pointer[place], end: end,
                    next: end == .truncated ? finals[place] ?? 0 : next.pointer[row + rows.copies.count],
                    decidesNext: rows.anyoneActs(step + 1, Int(copy)))
                weights.pointer[row] = isValid && rows.anyoneIsPresent(row) ? 1 : 0
                // A failed episode's numbers may be anything.
                if !isValid { targets.pointer[row] = 0 }
            }
        }
    }

    // MARK: Checkpoints

    var state: [(name: String, tensor: Tensor)] {
        get throws { player.state + optimizer.savedState }
    }

    func restore(_ saved: [String: Tensor]) throws {
        try restoreTensors(from: saved)
    }
}
