import ArgusEnvAPI
import ArgusHost
import ArgusTensor
import Dispatch

/// Plays rollouts with the current actor and holds them: for algorithms that learn from what their networks do now.
final class RolloutPlayer {
    let environment: VectorEnvironment
    let encoding: InputEncoding
    let storage: RolloutStorage
    let actor: TeamActor
    let usesMasks: Bool
    let isRecurrent: Bool
    /// Memory of the actor at the rollout's first step: [copy · agent, hidden].
    let firstHidden: Tensor
    /// What the policy would choose at truncated episodes' final rows, [place, agent, head], where that is drawn.
    private(set) var finalChoices: [Int64] = []
    private let drawsBootstrapChoices: Bool
    private let stepInputs: StepTensors
    private let stepStarts: StepTensors
    private let scoreMetric: Int?

    var steps: Int { storage.steps }
    var copies: Int { storage.copies }
    var agents: Int { storage.agents }
    /// What slices are taken of: (step, copy) pairs or, for recurrent networks, copies.
    var sliceUnits: Int { isRecurrent ? copies : steps * copies }
    var encodedState: StateSize { StateSize(environment, encoding) }

    /// - Parameters: `outputGain`: of the actor's last layer, see ``Network``; `norm`: where it normalises, if it does;
    ///   `drawsBootstrapChoices`: also draws what would be chosen where an episode or the rollout is cut off, for values of
    ///   actions.
    init(
        _ task: LearningTask, _ configuration: some RolloutConfiguration, rule: ActionRule, outputGain: Double = 0.01,
        norm: LayerNormPlacement = .afterActivation, drawsBootstrapChoices: Bool = false,
        using generator: inout SplitMix64
    ) throws {
        let environment = task.environment
        let specification = environment.specification
        let agents = specification.agents.count
        let copies = environment.copies
        encoding = InputEncoding(specification, configuration.network)
        self.environment = environment
        usesMasks = environment.usesMasks
        isRecurrent = configuration.network.recurrent
        let network = try TeamNetwork(
            configuration.network.actorShape(specification, encoding, outputs: rule.outputs, norm: norm),
            agents: agents, isShared: configuration.network.shareParameters, outputGain: outputGain, using: &generator)
        actor = try TeamActor(network: network, rule: rule, task: task)
        firstHidden = try actor.hidden.cloned()
        let stateSize = StateSize(environment, encoding).native
        storage = RolloutStorage(
            steps: configuration.rolloutSteps, copies: copies, agents: agents, inputSize: encoding.inputSize,
            stateSize: stateSize, rule: rule, legalSize: specification.legalSize,
            horizon: environment.scenario.horizon,
            stateScaling: configuration.network.stateScaling(specification, size: stateSize))
        stepInputs = try StepTensors(
            storage.inputs.pointer, steps: configuration.rolloutSteps, shape: [copies * agents, encoding.inputSize])
        stepStarts = try StepTensors(storage.starts.pointer, steps: configuration.rolloutSteps, shape: [copies, 1])
        scoreMetric = environment.scoreMetricIndex
        self.drawsBootstrapChoices = drawsBootstrapChoices
    }

    /// Refuses a rollout and networks that this machine's memory cannot hold, before any of it is laid out.
    ///
    /// - Parameters: `critics`: shapes of the networks beside the actor; `slices`: of how many parts of the rollout each has
    ///   a gradient of its own.
    static func requireMemory(
        _ task: LearningTask, _ configuration: some RolloutConfiguration, rule: ActionRule, critics: [Network.Shape],
        slices: Int = 1
    ) throws {
        let specification = task.environment.specification
        let encoding = InputEncoding(specification, configuration.network)
        let agents = specification.agents.count
        let rowBytes = 4 * encoding.inputSize + 8 * rule.outputs + specification.legalSize + 32
        let actor = try configuration.network.actorShape(specification, encoding, outputs: rule.outputs)
        let networks = Double(configuration.network.networkCount(agents: agents))
        let activationBytes = 4 * critics.reduce(actor.activationCount) { $0 + $1.activationCount }
        try TrainingMemory.require(
            networks: [actor.weightCount * networks] + critics.map { $0.weightCount * networks },
            .rollout,
            bytes: Double(configuration.rolloutSteps) * Double(task.environment.copies)
                * (Double(agents * rowBytes + 4 * StateSize(task.environment, encoding).native)
                    + Double(agents) * activationBytes / Double(slices)))
    }

    /// Plays `rollout_steps` steps of every copy and stores them.
    func collect() throws -> RolloutSummary {
        storage.begin()
        finalChoices.removeAll(keepingCapacity: true)
        var summary = RolloutSummary()
        try withoutGradient {
            try firstHidden.copyInPlace(from: actor.hidden)
            for step in 0..<steps {
                let begin = DispatchTime.now()
                storage.storeObservations(environment, encoding, step: step)
                try actor.act(
                    in: environment, inputs: stepInputs(step), starts: stepStarts(step),
                    legal: usesMasks
                        ? UnsafePointer(storage.legal.pointer + step * copies * agents * storage.legalSize) : nil,
                    into: storage.destination(step: step))
                if drawsBootstrapChoices { storage.clearIdleChoices(step: step) }
                let acted = DispatchTime.now()
                summary.actingSeconds += begin.seconds(to: acted)
                try environment.step()
                summary.steppingSeconds += acted.seconds(to: .now())
                storage.storeOutcome(environment, encoding, step: step)
                if drawsBootstrapChoices { try drawFinalChoices(from: step) }
                summary.count(environment, metric: scoreMetric)
            }
            storage.storeObservations(environment, encoding, step: steps)
            if drawsBootstrapChoices { try drawEdgeChoices() }
        }
        return summary
    }

    // MARK: Choices to bootstrap from

    private func drawFinalChoices(from step: Int) throws {
        let finals = storage.finals(from: step)
        guard !finals.isEmpty else { return }
        let outputs = try actor.network.step(
            self.finals(finals).inputs.reshaped(to: [finals.count * agents, encoding.inputSize]),
            hidden: memories(actor.hidden, rowsPerCopy: agents, of: finals, from: step),
            starts: Tensor.zeros([finals.count * agents, 1])
        ).outputs
        let row = agents * storage.legalSize
        let legal = Array(storage.finalLegal[finals.lowerBound * row..<finals.upperBound * row])
        let outcome = environment.outcome
        let ended = storage.finalPlaces[finals].map { $0 - step * copies }
        var drawn = try actor.draw(
            outputs, legal: usesMasks ? legal : nil, seeds: ended.map { outcome.episodeSeeds[$0] },
            steps: ended.map { outcome.episodeLengths[$0] })
        // Who does not act has choice 0, as in the stored rows.
        let heads = drawn.count / (finals.count * agents)
        for agent in 0..<finals.count * agents
        where storage.finalActing[finals.lowerBound * agents + agent] == 0 {
            for head in agent * heads..<(agent + 1) * heads { drawn[head] = 0 }
        }
        finalChoices += drawn
    }

    /// The same draws as the next rollout's first, if the actor stayed as it is.
    private func drawEdgeChoices() throws {
        let rows = copies * agents
        let inputs = try Tensor.borrowing(
            storage.inputs.pointer + steps * rows * encoding.inputSize, shape: [rows, encoding.inputSize],
            type: .float32)
        let outputs = try actor.network.step(
            inputs, hidden: actor.hidden, starts: starts(steps..<steps + 1, rowsPerCopy: agents).squeezed(0)
        ).outputs
        let legal = Array(
            storage.legal.elements[steps * rows * storage.legalSize..<(steps + 1) * rows * storage.legalSize])
        let drawn = try actor.draw(
            outputs, legal: usesMasks ? legal : nil, seeds: Array(environment.local.seeds),
            steps: Array(environment.local.steps))
        let destination = storage.destination(step: steps).choices
        for (index, choice) in drawn.enumerated() { destination[index] = choice }
        storage.clearIdleChoices(step: steps)
    }

    // MARK: Stored rows as tensors

    /// Inputs of steps `range` as [rows, agents · input], rows = steps · copies; borrowed memory.
    func inputs(_ range: Range<Int>) throws -> Tensor {
        let width = agents * encoding.inputSize
        return try Tensor.borrowing(
            storage.inputs.pointer + range.lowerBound * copies * width, shape: [range.count * copies, width],
            type: .float32)
    }

    /// Native states of steps `range`; nil when the inputs are the state.
    func states(_ range: Range<Int>) throws -> Tensor? {
        guard storage.stateSize > 0 else { return nil }
        return try Tensor.borrowing(
            storage.states.pointer + range.lowerBound * copies * storage.stateSize,
            shape: [range.count * copies, storage.stateSize], type: .float32)
    }

    /// Inputs and native states of truncated episodes' final rows.
    func finals(_ range: Range<Int>) throws -> (inputs: Tensor, states: Tensor?) {
        let width = agents * encoding.inputSize
        let inputs = try Tensor(
            Array(storage.finalInputs[range.lowerBound * width..<range.upperBound * width]),
            shape: [range.count, width])
        let size = storage.stateSize
        guard size > 0 else { return (inputs, nil) }
        return (
            inputs,
            try Tensor(
                Array(storage.finalStates[range.lowerBound * size..<range.upperBound * size]),
                shape: [range.count, size])
        )
    }

    /// Of memories [step · copy · row, size] after each step from `step` on, those that cut episodes ended with:
    /// [final row · row, size].
    func memories(_ memories: Tensor, rowsPerCopy: Int, of finals: Range<Int>, from step: Int) throws -> Tensor {
        let size = memories.shape[1]
        let ended = try Tensor(storage.finalPlaces[finals].map { Int64($0 - step * copies) })
        return try memories.reshaped(to: [memories.shape[0] / rowsPerCopy, rowsPerCopy * size]).gatheredRows(ended)
            .reshaped(to: [finals.count * rowsPerCopy, size])
    }

    /// [step, copy · rowsPerCopy, 1]: 1 where an episode begins.
    func starts(_ range: Range<Int>, rowsPerCopy: Int) throws -> Tensor {
        let shape = [range.count, copies, rowsPerCopy]
        let starts = try Tensor.borrowing(
            storage.starts.pointer + range.lowerBound * copies, shape: [range.count, copies, 1], type: .float32)
        return try starts.expanded(to: shape).reshaped(to: [range.count, copies * rowsPerCopy, 1])
    }

    var state: [(name: String, tensor: Tensor)] { actor.parameters + [("hidden.actor", actor.hidden)] }
}

extension VectorEnvironment {
    /// Whether some choices may be illegal: exact masks, or agents that lack some of the padded choices.
    var usesMasks: Bool {
        guard case .discrete(let heads) = specification.actions else { return false }
        return scenario.masks == .exact || specification.agents.contains { $0.actionSizes ?? heads != heads }
    }

    /// The metric that the scenario's score is of; nil when it is the return.
    var scoreMetricIndex: Int? {
        scenario.score.flatMap { score in metrics.firstIndex { $0.name == score.metric } }
    }
}

/// Components of the global state that critics and mixers are shown.
struct StateSize {
    /// Of the environment's own state; 0 where the agents' inputs, one after the other, are the state.
    let native: Int
    /// Of either.
    let size: Int

    init(_ environment: VectorEnvironment, _ encoding: InputEncoding) {
        native = environment.scenario.state == .native ? environment.central.size : 0
        size = native > 0 ? native : environment.specification.agents.count * encoding.inputSize
    }
}
