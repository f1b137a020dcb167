import ArgusEnvAPI
import ArgusHost
import ArgusTensor

/// Plays rollouts with the current actor and learns from them: IPPO and MAPPO, which differ in what the critic sees.
final class PPOLearner {
    let configuration: PPOConfiguration
    let actor: Network
    let critic: Network
    let actorOptimizer: Adam
    let criticOptimizer: Adam
    let encoding: InputEncoding
    let storage: RolloutStorage
    let heads: [Int]
    let usesMasks: Bool
    var normalizer: ValueNormalizer
    /// Memory of the networks at the live rows: [copy · agent, hidden] and [copy · value row, hidden].
    var actorHidden: Tensor
    var criticHidden: Tensor
    var updates = 0

    let environment: VectorEnvironment
    let view: CriticView
    let seed: UInt64
    let sampler: ActionSampler
    let sampling: CounterRandom
    let logits: AlignedBuffer<Float>
    /// The same memory as `logits`.
    let logitsTensor: Tensor
    let values: AlignedBuffer<Float>
    let finalValues: AlignedBuffer<Float>
    let advantages: AlignedBuffer<Float>
    let returns: AlignedBuffer<Float>
    let weights: AlignedBuffer<Float>
    let valueReturns: AlignedBuffer<Float>
    let valueWeights: AlignedBuffer<Float>
    let valid: AlignedBuffer<UInt8>
    let valued: AlignedBuffer<UInt8>
    let order: AlignedBuffer<Int64>
    /// Memory at the rollout's first step.
    var firstActorHidden: Tensor
    var firstCriticHidden: Tensor

    var steps: Int { configuration.rolloutSteps }
    var copies: Int { environment.copies }
    var agents: Int { environment.specification.agents.count }
    let valueRows: Int

    init(
        environment: VectorEnvironment, algorithm: Algorithm, configuration: PPOConfiguration, seed: UInt64
    ) throws {
        guard case .discrete(let heads) = environment.specification.actions else {
            throw ArgusError(
                .training, "action space not supported",
                at: "algorithm \(algorithm.name), scenario \(environment.scenario.id)",
                found: "continuous actions", expected: "discrete actions")
        }
        let specification = environment.specification
        let agents = specification.agents.count
        let copies = environment.copies
        let encoding = InputEncoding(
            specification, scaleObservations: configuration.scaleObservations, agentIds: configuration.agentIds)
        let native = environment.scenario.state == .native
        let stateSize = native ? environment.central.size : 0
        let isShared = algorithm.critic.isShared(environment)
        let valueRows = isShared ? 1 : agents
        let criticInputs: Int
        switch algorithm.critic {
        case .local: criticInputs = encoding.inputSize
        case .central:
            criticInputs = (native ? stateSize : agents * encoding.inputSize) + (valueRows > 1 ? agents : 0)
        }
        func shape(_ inputs: Int, _ outputs: Int) -> Network.Shape {
            Network.Shape(
                inputs: inputs, hidden: configuration.hidden, layers: configuration.layers, outputs: outputs,
                activation: configuration.activation.rawValue, layerNorm: configuration.layerNorm,
                recurrent: configuration.recurrent)
        }
        let (actorShape, criticShape) = (shape(encoding.inputSize, heads.reduce(0, +)), shape(criticInputs, 1))
        let rowBytes = 4 * encoding.inputSize + 8 * heads.count + specification.legalSize + 32
        try TrainingMemory.require(
            networks: [actorShape.weightCount, criticShape.weightCount],
            rolloutRows: Double(configuration.rolloutSteps) * Double(copies),
            bytesPerRow: Double(agents * rowBytes + 4 * stateSize))
        var generator = SplitMix64(seed: CounterRandom(run: seed, purpose: .initialWeights).bits(0))
        let actor = try Network(actorShape, outputGain: 0.01, using: &generator)
        let critic = try Network(criticShape, outputGain: 1, using: &generator)
        let options = Adam.Options(learningRate: configuration.learningRate, epsilon: configuration.adamEpsilon)
        actorOptimizer = try Adam(actor.parameters(under: "actor"), options: options)
        criticOptimizer = try Adam(critic.parameters(under: "critic"), options: options)
        self.actor = actor
        self.critic = critic
        self.configuration = configuration
        self.encoding = encoding
        self.heads = heads
        self.environment = environment
        self.seed = seed
        self.valueRows = valueRows
        view = algorithm.critic
        usesMasks =
            environment.scenario.masks == .exact || specification.agents.contains { $0.actionSizes ?? heads != heads }
        normalizer = ValueNormalizer(decay: configuration.valueNormalizationDecay)
        sampler = ActionSampler(heads: heads, greedy: false)
        sampling = CounterRandom(run: seed, purpose: .action)
        let steps = configuration.rolloutSteps
        storage = RolloutStorage(
            steps: steps, copies: copies, agents: agents, inputSize: encoding.inputSize, stateSize: stateSize,
            heads: heads.count, legalSize: specification.legalSize, horizon: environment.scenario.horizon,
            stateScaling: BoundsScaling(
                size: stateSize, bounds: configuration.scaleObservations ? specification.state?.bounds : nil))
        logits = AlignedBuffer(count: copies * agents * specification.legalSize, zero: 0)
        logitsTensor = try Tensor.borrowing(
            logits.pointer, shape: [copies * agents, specification.legalSize], type: .float32)
        values = AlignedBuffer(count: (steps + 1) * copies * valueRows, zero: 0)
        finalValues = AlignedBuffer(count: steps * copies * valueRows, zero: 0)
        advantages = AlignedBuffer(count: steps * copies * agents, zero: 0)
        returns = AlignedBuffer(count: steps * copies * agents, zero: 0)
        weights = AlignedBuffer(count: steps * copies * agents, zero: 1)
        valueReturns = AlignedBuffer(count: steps * copies * valueRows, zero: 0)
        valueWeights = AlignedBuffer(count: steps * copies * valueRows, zero: 1)
        valid = AlignedBuffer(count: steps * copies * agents, zero: 1)
        valued = AlignedBuffer(count: steps * copies * agents, zero: 1)
        order = AlignedBuffer(count: configuration.recurrent ? copies : steps * copies, zero: 0)
        actorHidden = try actor.initialHidden(rows: copies * agents)
        criticHidden = try critic.initialHidden(rows: copies * valueRows)
        firstActorHidden = actorHidden
        firstCriticHidden = criticHidden
    }

    /// What the rollout's episodes came to.
    struct RolloutSummary {
        var episodes = 0
        var failed = 0
        var sumOfReturns = 0.0
        /// Seconds in the environment, and in choosing actions.
        var steppingSeconds = 0.0
        var actingSeconds = 0.0
    }

    // MARK: Checkpoints

    /// Everything that the next update depends on, but for the environment.
    var tensors: [(name: String, tensor: Tensor)] {
        actor.parameters(under: "actor") + critic.parameters(under: "critic")
            + actorOptimizer.state.map { ("adam.\($0.name)", $0.tensor) }
            + criticOptimizer.state.map { ("adam.\($0.name)", $0.tensor) }
            + [("hidden.actor", actorHidden), ("hidden.critic", criticHidden)]
    }

    func restore(_ saved: [String: Tensor], normalizer: ValueNormalizer, updates: Int) throws {
        // Memory is replaced at every step, so it must not be written in place.
        actorHidden = try actorHidden.cloned()
        criticHidden = try criticHidden.cloned()
        try restoreTensors(tensors, from: saved, owner: "checkpoint")
        self.normalizer = normalizer
        self.updates = updates
    }
}
