import ArgusEnvAPI
import ArgusHost
import ArgusTensor
import Dispatch

/// Plays ε-greedily, keeps episodes, and learns from draws of them by ``QLearningLoss``: IQL, VDN and QMIX, which differ
/// in how the agents' values make the team's.
final class QLearner: Learner {
    /// How agents' values make the team's.
    enum Decomposition {
        case independent
        case sum
        case monotonic
    }

    let policy: TrainedPolicy
    let replay: EpisodeReplay?

    private let configuration: QLearningConfiguration
    private let environment: VectorEnvironment
    private let actor: TeamActor
    private let target: TeamNetwork
    private let mixer: MonotonicMixer?
    private let targetMixer: MonotonicMixer?
    private let optimizer: Adam
    private let loss: QLearningLoss
    private let targetLoss: QLearningLoss
    private let targetsOf: QLearningTargets
    private let encoding: InputEncoding
    private let recorder: EpisodeRecorder
    private let episodes: EpisodeReplay
    private let batch: EpisodeBatch
    private let random: CounterRandom
    private let scoreMetric: Int?
    private var gradientSteps = 0

    // Live rows, [copy, agent, …].
    private let inputs: AlignedBuffer<Float>
    private let inputTensors: StepTensors
    private let startTensors: StepTensors
    private let starts: AlignedBuffer<Float>
    private let choices: AlignedBuffer<Int64>
    private let unusedLogProbabilities: AlignedBuffer<Float>
    // Of a batch, [row, column]; grown as need be.
    private var next = AlignedBuffer<Float>(count: 0, zero: 0)
    private var targets = AlignedBuffer<Float>(count: 0, zero: 0)
    private var weights = AlignedBuffer<Float>(count: 0, zero: 0)
    private var drawn: [Int] = []

    init(_ task: LearningTask, configuration: QLearningConfiguration, _ decomposition: Decomposition) throws {
        let heads = try task.discreteHeads("the best of infinitely many actions cannot be looked up")
        let environment = task.environment
        if decomposition != .independent { try task.requireOneTeam() }
        let specification = environment.specification
        let (agents, copies) = (specification.agents.count, environment.copies)
        let encoding = InputEncoding(specification, configuration.network)
        let layout = EpisodeLayout(environment, heads: heads.count)
        let shape = try configuration.network.actorShape(specification, encoding, outputs: specification.legalSize)
        let networks = Double(configuration.network.networkCount(agents: agents))
        let horizon = environment.scenario.horizon
        let episodeBytes = Double(layout.bytes(steps: horizon))
        let batchBytes = Double(configuration.batchEpisodes) * episodeBytes
        guard batchBytes <= Double(configuration.bufferMegabytes) * 1_048_576 else {
            let megabytes = Int((batchBytes / 1_048_576).rounded(.up))
            let fitting = Int(Double(configuration.bufferMegabytes) * 1_048_576 / episodeBytes)
            throw ArgusError(
                .configuration, "hyperparameters contradict each other", at: "--set buffer_megabytes",
                found: "\(configuration.bufferMegabytes) MiB, and \(configuration.batchEpisodes) episodes in a batch",
                expected:
                    "\(megabytes) MiB for a batch of episodes of \(horizon) steps",
                remedy: "'--set \(fitting > 0 ? "batch_episodes=\(fitting)" : "buffer_megabytes=\(megabytes)")'")
        }
        try TrainingMemory.require(
            networks: [shape.weightCount * networks * 1.5], .replay,
            bytes: Double(configuration.bufferMegabytes) * 1_048_576 + 2 * batchBytes
                + 4 * shape.activationCount * Double(configuration.batchEpisodes * (horizon + 1) * agents))
        var generator = task.weightGenerator
        let network = try TeamNetwork(
            shape, agents: agents, isShared: configuration.network.shareParameters, outputGain: 0.1, using: &generator)
        target = try TeamNetwork(
            shape, agents: agents, isShared: configuration.network.shareParameters, outputGain: 0.1, using: &generator)
        let state = StateSize(environment, encoding)
        let isMonotonic = decomposition == .monotonic
        mixer = isMonotonic ? try configuration.network.mixer(environment, state, using: &generator) : nil
        targetMixer = isMonotonic ? try configuration.network.mixer(environment, state, using: &generator) : nil
        let isJoint = decomposition != .independent
        let outHasValue = !isJoint && environment.groupsShareRewards
        loss = QLearningLoss(heads: heads, mixing: mixer.map { .monotonic($0) } ?? (isJoint ? .sum : .none))
        targetLoss = QLearningLoss(
            heads: heads, mixing: targetMixer.map { .monotonic($0) } ?? (isJoint ? .sum : .none))
        targetsOf = QLearningTargets(
            returns: LambdaReturn(
                discount: configuration.discount, lambda: configuration.tdLambda,
                rewardScale: configuration.rewardScale, stepCost: configuration.stepCost),
            isJoint: isJoint, outHasValue: outHasValue, sumsRewards: !environment.groupsShareRewards)
        let rule = ActionRule.values(heads: heads, exploration: Float(configuration.explorationEnd))
        actor = try TeamActor(network: network, rule: rule, task: task)
        optimizer = try Adam(
            actor.parameters + (mixer?.parameters(under: "mixer") ?? []),
            options: Adam.Options(learningRate: configuration.learningRate, epsilon: configuration.adamEpsilon))
        episodes = EpisodeReplay(
            layout, capacity: configuration.bufferEpisodes, capacityBytes: configuration.bufferMegabytes << 20)
        replay = episodes
        recorder = EpisodeRecorder(layout, copies: copies)
        batch = EpisodeBatch(
            layout, encoding: encoding,
            stateScaling: configuration.network.stateScaling(specification, size: layout.stateSize),
            isSequence: configuration.network.recurrent, outHasValue: outHasValue)
        policy = TrainedPolicy(actor, encoding: encoding, usesMasks: environment.usesMasks, task: task)
        random = CounterRandom(run: task.seed, purpose: .minibatchOrder)
        scoreMetric = environment.scoreMetricIndex
        self.configuration = configuration
        self.environment = environment
        self.encoding = encoding
        inputs = AlignedBuffer(count: copies * agents * encoding.inputSize, zero: 0)
        inputTensors = try StepTensors(inputs.pointer, steps: 1, shape: [copies * agents, encoding.inputSize])
        starts = AlignedBuffer(count: copies, zero: 0)
        startTensors = try StepTensors(starts.pointer, steps: 1, shape: [copies, 1])
        choices = AlignedBuffer(count: copies * agents * heads.count, zero: 0)
        unusedLogProbabilities = AlignedBuffer(count: copies * agents, zero: 0)
        try updateTargets(weight: 1)
    }

    var stepsPerUpdate: Int { configuration.rolloutSteps * environment.copies }

    // MARK: Playing

    func collect(_ schedule: Schedule) throws -> RolloutSummary {
        actor.exploration = schedule.exploration(
            from: configuration.explorationStart, to: configuration.explorationEnd, over: configuration.explorationSteps
        )
        let destination = TeamActor.Destination(
            choices: choices.pointer, deviates: unusedLogProbabilities.pointer,
            logProbabilities: unusedLogProbabilities.pointer)
        var summary = RolloutSummary()
        try withoutGradient {
            for _ in 0..<configuration.rolloutSteps {
                let begin = DispatchTime.now()
                let local = environment.local
                if let observations = local.observations.baseAddress {
                    encoding.encode(
                        observations, rows: environment.copies * encoding.agents, into: inputs.pointer)
                }
                for copy in 0..<environment.copies { starts.pointer[copy] = Float(local.starts[copy]) }
                try actor.act(
                    in: environment, inputs: inputTensors(0), starts: startTensors(0),
                    legal: policy.description.usesMasks ? local.legal.baseAddress : nil, into: destination)
                recorder.recordDecision(environment, choices: choices.pointer)
                let acted = DispatchTime.now()
                summary.actingSeconds += begin.seconds(to: acted)
                try environment.step()
                summary.steppingSeconds += acted.seconds(to: .now())
                recorder.recordOutcome(environment) { episodes.add($0) }
                summary.count(environment, metric: scoreMetric)
            }
        }
        return summary
    }

    // MARK: Learning

    func learn(_ schedule: Schedule) throws -> [Statistic] {
        var sums = (loss: 0.0, norm: 0.0, value: 0.0, target: 0.0)
        // Until there is a batch's worth, episodes are only gathered.
        guard episodes.count >= configuration.batchEpisodes else {
            return statistics(sums, count: 1, isLearning: false)
        }
        optimizer.options.learningRate =
            configuration.learningRate * (configuration.annealLearningRate ? schedule.remaining : 1)
        for _ in 0..<configuration.gradientSteps {
            let step = try gradientStep(schedule)
            sums = (sums.loss + step.loss, sums.norm + step.norm, sums.value + step.value, sums.target + step.target)
        }
        return statistics(sums, count: Double(configuration.gradientSteps), isLearning: true)
    }

    private func statistics(
        _ sums: (loss: Double, norm: Double, value: Double, target: Double), count: Double, isLearning: Bool
    ) -> [Statistic] {
        let replay = [
            Statistic("exploration", Double(actor.exploration)), Statistic("replay_episodes", Double(episodes.count)),
        ]
        guard isLearning else { return replay }
        return [
            Statistic("loss_td", sums.loss / count), Statistic("gradient_norm", sums.norm / count),
            Statistic("value_mean", sums.value / count), Statistic("target_mean", sums.target / count),
        ] + replay
    }

    private func gradientStep(_ schedule: Schedule) throws -> (
        loss: Double, norm: Double, value: Double, target: Double
    ) {
        episodes.draw(
            &drawn, count: configuration.batchEpisodes, random: random.keyed(UInt64(gradientSteps)))
        batch.load(episodes, drawn)
        let (states, present) = (try batch.stateTensor(), try batch.presentTensor())
        let values = try self.values(of: actor.network)
        try withoutGradient {
            let targetValues = try self.values(of: self.target)
            let chooser = configuration.doubleQ ? values : targetValues
            let best = try loss.bestChoices(chooser, legal: batch.legalTensor(), acting: batch.actingTensor())
            let joint = try targetLoss.joint(targetValues, choices: best, present: present, states: states)
            reserve(joint.count)
            try joint.copy(to: UnsafeMutableBufferPointer(start: next.pointer, count: joint.count))
        }
        targetsOf.run(
            batch, next: UnsafePointer(next.pointer), targets: targets.pointer, weights: weights.pointer)
        let joint = try loss.joint(values, choices: batch.choiceTensor(), present: present, states: states)
        let target = try Tensor.borrowing(targets.pointer, shape: joint.shape, type: .float32)
        let weight = try Tensor.borrowing(weights.pointer, shape: joint.shape, type: .float32)
        let total = try loss(joint: joint, targets: target, weights: weight)
        let value = try finite(total, "temporal-difference loss", schedule)
        let norm = try optimizer.step(
            total, maximumNorm: configuration.maximumGradientNorm, "value network", schedule)
        gradientSteps += 1
        if gradientSteps % configuration.targetInterval == 0 {
            try updateTargets(weight: configuration.targetRate)
        }
        return try withoutGradient {
            (value, norm, try joint.mean(weights: weight).item(), try target.mean(weights: weight).item())
        }
    }

    /// Qᵢ of every choice in the batch: [rows · agents, choices].
    private func values(of network: TeamNetwork) throws -> Tensor {
        let input = try batch.inputTensor()
        guard configuration.network.recurrent else { return try network(input) }
        // Whole episodes, so memory begins empty.
        let rows = input.shape[1]
        return try network.sequence(
            input, hidden: network.initialHidden(rows: rows), starts: Tensor.zeros([batch.sequenceLength, rows, 1])
        ).outputs
    }

    private func reserve(_ count: Int) {
        guard next.count < count else { return }
        next = AlignedBuffer(count: count + count / 4, zero: 0)
        targets = AlignedBuffer(count: next.count, zero: 0)
        weights = AlignedBuffer(count: next.count, zero: 0)
    }

    private func updateTargets(weight: Double) throws {
        try target.move(to: actor.network, weight: weight)
        guard let mixer, let targetMixer else { return }
        try moveParameters(
            targetMixer.parameters(under: "mixer"), to: mixer.parameters(under: "mixer"), weight: weight)
    }

    /// Episodes are gathered until there is a batch of them.
    var isGathering: Bool { gradientSteps == 0 }

    func requireLearning() throws(ArgusError) {
        guard isGathering else { return }
        throw ArgusError(
            .training, "nothing was learnt", at: "--steps",
            found: "\(episodes.count) episodes in all of the run",
            expected: "\(configuration.batchEpisodes), the batch of one gradient step",
            remedy: "more --steps, or '--set batch_episodes=\(max(1, episodes.count))'")
    }

    // MARK: Checkpoints

    var state: [(name: String, tensor: Tensor)] {
        get throws {
            var state = optimizer.parameters + target.parameters(under: "target")
            state += targetMixer?.parameters(under: "target.mixer") ?? []
            state += optimizer.savedState
            state += [
                ("hidden.actor", actor.hidden), ("learner.gradient_steps", try Tensor([gradientSteps])),
                ("replay.segments", try Tensor(episodes.description)), ("replay.running", try Tensor(recorder.bytes)),
            ]
            return state
        }
    }

    func restore(_ saved: [String: Tensor]) throws {
        try restoreTensors(from: saved, except: ["replay.segments", "replay.running"])
        let steps = try saved.numbers("learner.gradient_steps", count: 1, as: Int.self)[0]
        guard steps >= 0 else {
            throw TensorError(code: .fileFormat, message: "checkpoint: found \(steps) gradient steps")
        }
        gradientSteps = steps
        guard let segments = saved["replay.segments"], let running = saved["replay.running"] else {
            throw TensorError(code: .fileFormat, message: "checkpoint: the replay is missing")
        }
        try episodes.restore(segments.values(as: Int.self))
        // Without snapshots the running episodes are lost, and new ones begin.
        if environment.offersSnapshot { try recorder.restore(running.values(as: UInt8.self)) }
    }
}
