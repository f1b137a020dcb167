import ArgusEnvAPI
import ArgusHost
import ArgusTensor
import Dispatch

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
    private(set) var updates = 0

    private let environment: VectorEnvironment
    private let view: CriticView
    private let seed: UInt64
    private let sampler: ActionSampler
    private let sampling: CounterRandom
    private let logits: AlignedBuffer<Float>
    /// The same memory as `logits`.
    private let logitsTensor: Tensor
    let values: AlignedBuffer<Float>
    let finalValues: AlignedBuffer<Float>
    let advantages: AlignedBuffer<Float>
    let returns: AlignedBuffer<Float>
    let weights: AlignedBuffer<Float>
    let valueReturns: AlignedBuffer<Float>
    let valueWeights: AlignedBuffer<Float>
    private let valid: AlignedBuffer<UInt8>
    private let order: AlignedBuffer<Int64>
    /// Memory at the rollout's first step.
    private var firstActorHidden: Tensor
    private var firstCriticHidden: Tensor

    var steps: Int { configuration.rolloutSteps }
    var copies: Int { environment.copies }
    var agents: Int { environment.specification.agents.count }
    let valueRows: Int

    init(
        environment: VectorEnvironment, algorithm: Algorithm, configuration: PPOConfiguration, seed: UInt64
    ) throws {
        guard case .discrete(let heads) = environment.specification.actions else {
            throw ArgusError(
                .training, "action space not supported", at: "algorithm \(algorithm.name), scenario \(environment.scenario.id)",
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
            criticInputs = (native ? stateSize : agents * encoding.inputSize) + (isShared ? 0 : agents)
        }
        func shape(_ inputs: Int, _ outputs: Int) -> Network.Shape {
            Network.Shape(
                inputs: inputs, hidden: configuration.hidden, layers: configuration.layers, outputs: outputs,
                activation: configuration.activation.rawValue, layerNorm: configuration.layerNorm,
                recurrent: configuration.recurrent)
        }
        var generator = SplitMix64(seed: CounterRandom(run: seed, purpose: .initialWeights).bits(0))
        let actor = try Network(shape(encoding.inputSize, heads.reduce(0, +)), outputGain: 0.01, using: &generator)
        let critic = try Network(shape(criticInputs, 1), outputGain: 1, using: &generator)
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

    // MARK: Playing

    /// Plays `rollout_steps` steps of every copy with the current actor and stores them.
    func collect() throws -> RolloutSummary {
        storage.begin()
        firstActorHidden = actorHidden
        firstCriticHidden = criticHidden
        var summary = RolloutSummary()
        try withoutGradient {
            for step in 0..<steps {
                let begin = DispatchTime.now()
                storage.storeObservations(environment, encoding, step: step)
                try act(step)
                if configuration.recurrent { try valueStep(step) }
                let acted = DispatchTime.now()
                summary.actingSeconds += begin.seconds(to: acted)
                try environment.step()
                summary.steppingSeconds += acted.seconds(to: .now())
                storage.storeOutcome(environment, encoding, step: step)
                if configuration.recurrent { try valueFinals(from: step) }
                count(&summary)
            }
            storage.storeObservations(environment, encoding, step: steps)
        }
        return summary
    }

    private func count(_ summary: inout RolloutSummary) {
        let groups = environment.specification.groups.count
        let group = environment.specification.agents[0].group
        for copy in 0..<copies {
            switch environment.outcome.end(copy) {
            case .running: break
            case .failed: summary.failed += 1
            case .terminated, .truncated:
                summary.episodes += 1
                summary.sumOfReturns += environment.outcome.episodeReturns[copy * groups + group]
            }
        }
    }

    private func act(_ step: Int) throws {
        let rows = copies * agents
        let inputs = try Tensor.borrowing(
            storage.inputs.pointer + step * rows * encoding.inputSize, shape: [rows, encoding.inputSize], type: .float32)
        if configuration.recurrent {
            let (output, hidden) = try actor.step(inputs, hidden: actorHidden, starts: starts(step, rowsPerCopy: agents))
            actorHidden = hidden
            try output.copy(to: logits.elements)
        } else {
            try actor.infer(inputs, into: logitsTensor)
        }
        let legalSize = storage.legalSize
        let actions = environment.actions.allDiscrete
        let local = environment.local
        for copy in 0..<copies {
            let episode = sampling.keyed(local.seeds[copy]).keyed(UInt64(local.steps[copy]))
            for agent in 0..<agents {
                let row = copy * agents + agent
                let stored = step * rows + row
                let action = storage.actions.pointer + stored * heads.count
                storage.logProbabilities.pointer[stored] = sampler.sample(
                    logits.pointer + row * legalSize,
                    legal: usesMasks ? UnsafePointer(storage.legal.pointer + stored * legalSize) : nil,
                    random: episode.keyed(UInt64(agent)), into: action)
                for head in 0..<heads.count { actions[row * heads.count + head] = Int32(truncatingIfNeeded: action[head]) }
            }
        }
    }

    /// [copy · rowsPerCopy, 1]: 1 where an episode begins at `step`.
    private func starts(_ step: Int, rowsPerCopy: Int) throws -> Tensor {
        let starts = try Tensor.borrowing(storage.starts.pointer + step * copies, shape: [copies, 1], type: .float32)
        return try starts.expanded(to: [copies, rowsPerCopy]).reshaped(to: [copies * rowsPerCopy, 1])
    }

    // MARK: Values

    /// The critic's input: [rows, agents · input] and native states [rows, state] to [rows · value rows, critic input].
    private func criticInputs(_ inputs: Tensor, _ states: Tensor?, rows: Int) throws -> Tensor {
        if view == .local { return try inputs.reshaped(to: [rows * agents, encoding.inputSize]) }
        let state = states ?? inputs
        guard valueRows > 1 else { return state }
        let size = state.shape[1]
        let ids = (0..<agents * agents).map { Float($0 / agents == $0 % agents ? 1 : 0) }
        let each = try state.unsqueezed(1).expanded(to: [rows, agents, size])
        let who = try Tensor(ids, shape: [1, agents, agents]).expanded(to: [rows, agents, agents])
        return try Tensor.concatenate([each, who], axis: 2).reshaped(to: [rows * agents, size + agents])
    }

    /// Inputs of steps `range` as [rows, agents · input], rows = steps · copies; borrowed memory.
    private func inputs(_ range: Range<Int>) throws -> Tensor {
        let width = agents * encoding.inputSize
        return try Tensor.borrowing(
            storage.inputs.pointer + range.lowerBound * copies * width, shape: [range.count * copies, width],
            type: .float32)
    }

    private func states(_ range: Range<Int>) throws -> Tensor? {
        guard storage.stateSize > 0 else { return nil }
        return try Tensor.borrowing(
            storage.states.pointer + range.lowerBound * copies * storage.stateSize,
            shape: [range.count * copies, storage.stateSize], type: .float32)
    }

    /// Recurrent: values of the live rows, moving the critic's memory on.
    private func valueStep(_ step: Int) throws {
        let range = step..<step + 1
        let input = try criticInputs(inputs(range), states(range), rows: copies)
        let (output, hidden) = try critic.step(
            input, hidden: criticHidden, starts: starts(step, rowsPerCopy: valueRows))
        criticHidden = hidden
        try copy(output, to: values, at: step * copies * valueRows, count: copies * valueRows)
    }

    /// Recurrent: values of final rows need the memory of their own episode, which is at hand only now.
    private func valueFinals(from step: Int) throws {
        let first = storage.finalPlaces.firstIndex { $0 >= step * copies } ?? storage.finalPlaces.count
        for index in first..<storage.finalPlaces.count {
            let place = storage.finalPlaces[index]
            let rows = (place - step * copies) * valueRows
            let memory = try criticHidden.narrowed(axis: 0, from: rows, count: valueRows)
            let output = try critic.step(
                finalCriticInputs(index..<index + 1), hidden: memory, starts: Tensor.zeros([valueRows, 1])
            ).outputs
            try copy(output, to: finalValues, at: place * valueRows, count: valueRows)
        }
    }

    private func finalCriticInputs(_ range: Range<Int>) throws -> Tensor {
        let width = agents * encoding.inputSize
        let inputs = try Tensor(
            Array(storage.finalInputs[range.lowerBound * width..<range.upperBound * width]), shape: [range.count, width])
        var states: Tensor?
        if storage.stateSize > 0 {
            let size = storage.stateSize
            states = try Tensor(
                Array(storage.finalStates[range.lowerBound * size..<range.upperBound * size]), shape: [range.count, size])
        }
        return try criticInputs(inputs, states, rows: range.count)
    }

    /// Values of all stored rows and of the final rows of truncated episodes, in units of return.
    private func evaluateValues() throws {
        if configuration.recurrent {
            // The rows after the last step: the memory must not move on, they are the next rollout's first.
            let memory = criticHidden
            try valueStep(steps)
            criticHidden = memory
        } else {
            // A few steps at a time, so that activations stay in cache.
            let chunk = max(1, 4096 / (copies * valueRows))
            for first in stride(from: 0, through: steps, by: chunk) {
                let range = first..<min(first + chunk, steps + 1)
                let output = try critic(criticInputs(inputs(range), states(range), rows: range.count * copies))
                try copy(
                    output, to: values, at: first * copies * valueRows, count: range.count * copies * valueRows)
            }
            if !storage.finalPlaces.isEmpty {
                let output = try critic(finalCriticInputs(0..<storage.finalPlaces.count)).values()
                for (index, place) in storage.finalPlaces.enumerated() {
                    for row in 0..<valueRows {
                        finalValues.pointer[place * valueRows + row] = output[index * valueRows + row]
                    }
                }
            }
        }
        let center = Float(normalizer.center)
        let deviation = Float(normalizer.deviation)
        guard configuration.normalizeValues else { return }
        for index in 0..<values.count { values.pointer[index] = values.pointer[index] * deviation + center }
        for place in storage.finalPlaces {
            for row in place * valueRows..<(place + 1) * valueRows {
                finalValues.pointer[row] = finalValues.pointer[row] * deviation + center
            }
        }
    }

    private func copy(_ tensor: Tensor, to buffer: AlignedBuffer<Float>, at first: Int, count: Int) throws {
        try tensor.copy(to: UnsafeMutableBufferPointer(start: buffer.pointer + first, count: count))
    }

    // MARK: Learning

    /// Advantages and returns of the rollout, then `epochs` passes of gradient steps.
    func learn(learningRate: Double, entropyCoefficient: Double) throws -> UpdateStatistics {
        try withoutGradient { try evaluateValues() }
        AdvantageEstimation(
            discount: configuration.discount, lambda: configuration.gaeLambda, steps: steps, copies: copies,
            agents: agents, valuesArePerCopy: valueRows == 1 && agents > 1
        ).run(
            values: values.pointer, finalValues: finalValues.pointer, storage.transitions,
            advantages: advantages.pointer, returns: returns.pointer, valid: valid.pointer)
        try prepareTargets()
        actorOptimizer.options.learningRate = learningRate
        criticOptimizer.options.learningRate = learningRate
        var statistics = UpdateStatistics()
        let loss = PPOLoss(configuration: configuration, entropyCoefficient: entropyCoefficient, heads: heads)
        for epoch in 0..<configuration.epochs {
            shuffle(epoch)
            for index in 0..<configuration.minibatches {
                let count = order.count
                let range = index * count / configuration.minibatches..<(index + 1) * count / configuration.minibatches
                let indices = try Tensor.borrowing(
                    order.pointer + range.lowerBound, shape: [range.count], type: .int64)
                let (logits, values, batch) =
                    configuration.recurrent
                    ? try sequenceMinibatch(indices, count: range.count) : try rowMinibatch(indices, count: range.count)
                let terms = try loss(logits: logits, values: values, batch: batch)
                try step(terms, into: &statistics)
                if epoch == configuration.epochs - 1 && index == configuration.minibatches - 1 {
                    try withoutGradient { try statistics.measure(logits, batch, loss) }
                }
            }
        }
        updates += 1
        return statistics
    }

    private func step(_ terms: PPOLoss.Terms, into statistics: inout UpdateStatistics) throws {
        let policy = try terms.policy.item()
        let value = try terms.value.item()
        let entropy = try terms.entropy.item()
        for (name, number) in [("policy loss", policy), ("value loss", value), ("entropy", entropy)]
        where !number.isFinite {
            throw ArgusError(
                .training, "the loss is not finite", at: "update \(updates + 1), \(name)", found: "\(number)",
                expected: "a finite number", remedy: "a smaller learning_rate; the last checkpoint is good")
        }
        try actorOptimizer.clearGradients()
        try criticOptimizer.clearGradients()
        try terms.total.backward()
        let actorNorm = try actorOptimizer.clipGradientNorm(maximum: configuration.maximumGradientNorm)
        let criticNorm = try criticOptimizer.clipGradientNorm(maximum: configuration.maximumGradientNorm)
        guard actorNorm.isFinite, criticNorm.isFinite else {
            throw ArgusError(
                .training, "a gradient is not finite", at: "update \(updates + 1)",
                found: "norms \(actorNorm) (actor) and \(criticNorm) (critic)", expected: "finite numbers",
                remedy: "a smaller learning_rate; the last checkpoint is good")
        }
        try actorOptimizer.step()
        try criticOptimizer.step()
        statistics.add(policy: policy, value: value, entropy: entropy, actorNorm: actorNorm, criticNorm: criticNorm)
    }

    /// Normalised advantages, and normalised returns and old values in the critic's units.
    private func prepareTargets() throws {
        var count = 0.0
        var sums = (advantage: 0.0, advantageSquares: 0.0, returns: 0.0, returnSquares: 0.0)
        for row in 0..<advantages.count {
            weights.pointer[row] = Float(valid.pointer[row])
            guard valid.pointer[row] != 0 else { continue }
            let advantage = Double(advantages.pointer[row])
            let target = Double(returns.pointer[row])
            count += 1
            sums.advantage += advantage
            sums.advantageSquares += advantage * advantage
            sums.returns += target
            sums.returnSquares += target * target
        }
        guard count > 0 else { return }
        if configuration.normalizeAdvantages {
            let mean = sums.advantage / count
            let deviation = max(0, sums.advantageSquares / count - mean * mean).squareRoot() + 1e-8
            for row in 0..<advantages.count {
                advantages.pointer[row] = Float((Double(advantages.pointer[row]) - mean) / deviation)
            }
        }
        if configuration.normalizeValues {
            let before = normalizer
            normalizer.update(mean: sums.returns / count, meanOfSquares: sums.returnSquares / count)
            try keepOutputs(from: before)
        }
        let center = configuration.normalizeValues ? Float(normalizer.center) : 0
        let scale = configuration.normalizeValues ? Float(1 / normalizer.deviation) : 1
        for place in 0..<steps * copies {
            for row in 0..<valueRows {
                let index = place * valueRows + row
                // One value for all agents: its target is the mean over those that acted.
                let rows =
                    valueRows == agents ? place * agents + row..<place * agents + row + 1
                    : place * agents..<(place + 1) * agents
                var sum: Float = 0
                var weight: Float = 0
                for agent in rows where valid.pointer[agent] != 0 {
                    sum += returns.pointer[agent]
                    weight += 1
                }
                valueReturns.pointer[index] = weight > 0 ? (sum / weight - center) * scale : 0
                valueWeights.pointer[index] = weight > 0 ? 1 : 0
                values.pointer[index] = (values.pointer[index] - center) * scale
            }
        }
    }

    /// Rescales the critic's last layer so that its values stay what they were when the moments move (PopArt, van Hasselt
    /// et al. 2016, eq. 3).
    private func keepOutputs(from before: ValueNormalizer) throws {
        guard let layer = critic.outputLayer else { return }
        let ratio = before.deviation / normalizer.deviation
        let shift = (before.center - normalizer.center) / normalizer.deviation
        try withoutGradient {
            try layer.weight.multiplyInPlace(ratio)
            try layer.bias.multiplyInPlace(ratio)
            try layer.bias.addInPlace(Tensor.full(shift, shape: layer.bias.shape))
        }
    }

    /// A new order of rows (or copies), fixed by seed, update and epoch (Fisher & Yates).
    private func shuffle(_ epoch: Int) {
        let random = CounterRandom(run: seed, purpose: .minibatchOrder).keyed(UInt64(updates)).keyed(UInt64(epoch))
        for index in 0..<order.count { order.pointer[index] = Int64(index) }
        for index in stride(from: order.count - 1, to: 0, by: -1) {
            let other = Int(random.bits(UInt64(index)).multipliedFullWidth(by: UInt64(index + 1)).high)
            (order.pointer[index], order.pointer[other]) = (order.pointer[other], order.pointer[index])
        }
    }

    /// All stored rows of one kind as [steps · copies, width] or, for sequences, [steps, copies, width].
    private func stored<Element>(
        _ buffer: AlignedBuffer<Element>, _ type: ScalarType, width: Int
    ) throws -> Tensor {
        let shape = configuration.recurrent ? [steps, copies, width] : [steps * copies, width]
        return try Tensor.borrowing(buffer.pointer, shape: shape, type: type)
    }

    private var axis: Int { configuration.recurrent ? 1 : 0 }

    /// - Parameter rows: (step, copy) pairs in the minibatch.
    private func minibatch(_ indices: Tensor, rows: Int) throws -> Minibatch {
        func flat(_ tensor: Tensor, _ shape: [Int]) throws -> Tensor {
            try tensor.gatheredRows(indices, axis: axis).reshaped(to: shape)
        }
        let all = rows * agents
        let allActed = weights.elements.allSatisfy { $0 == 1 }
        return Minibatch(
            actions: try flat(stored(storage.actions, .int64, width: agents * heads.count), [all, heads.count]),
            legal: usesMasks
                ? try flat(stored(storage.legal, .uint8, width: agents * storage.legalSize), [all, storage.legalSize])
                : nil,
            logProbabilities: try flat(stored(storage.logProbabilities, .float32, width: agents), [all]),
            advantages: try flat(stored(advantages, .float32, width: agents), [all]),
            weights: allActed ? nil : try flat(stored(weights, .float32, width: agents), [all]),
            returns: try flat(stored(valueReturns, .float32, width: valueRows), [rows * valueRows]),
            oldValues: try flat(stored(values, .float32, width: valueRows), [rows * valueRows]),
            valueWeights: allActed ? nil : try flat(stored(valueWeights, .float32, width: valueRows), [rows * valueRows]))
    }

    /// Feed-forward: rows in any order.
    private func rowMinibatch(_ indices: Tensor, count: Int) throws -> (Tensor, Tensor, Minibatch) {
        let inputs = try stored(storage.inputs, .float32, width: agents * encoding.inputSize).gatheredRows(indices)
        let states =
            storage.stateSize > 0
            ? try stored(storage.states, .float32, width: storage.stateSize).gatheredRows(indices) : nil
        let logits = try actor(inputs.reshaped(to: [count * agents, encoding.inputSize]))
        let values = try critic(criticInputs(inputs, states, rows: count)).squeezed(1)
        return (logits, values, try minibatch(indices, rows: count))
    }

    /// Recurrent: whole rollouts of some copies, from the memory that they began with.
    private func sequenceMinibatch(_ indices: Tensor, count: Int) throws -> (Tensor, Tensor, Minibatch) {
        let rows = steps * count
        let inputs = try stored(storage.inputs, .float32, width: agents * encoding.inputSize)
            .gatheredRows(indices, axis: 1)
        let states =
            storage.stateSize > 0
            ? try stored(storage.states, .float32, width: storage.stateSize).gatheredRows(indices, axis: 1)
                .reshaped(to: [rows, storage.stateSize]) : nil
        let starts = try stored(storage.starts, .float32, width: 1).gatheredRows(indices, axis: 1)
        func eachRow(_ perCopy: Int) throws -> Tensor {
            try starts.expanded(to: [steps, count, perCopy]).reshaped(to: [steps, count * perCopy, 1])
        }
        func hidden(_ all: Tensor, _ perCopy: Int) throws -> Tensor {
            let size = all.shape[1]
            return try all.reshaped(to: [copies, perCopy, size]).gatheredRows(indices)
                .reshaped(to: [count * perCopy, size])
        }
        let logits = try actor.sequence(
            inputs.reshaped(to: [steps, count * agents, encoding.inputSize]), hidden: hidden(firstActorHidden, agents),
            starts: eachRow(agents))
        let flat = try inputs.reshaped(to: [rows, agents * encoding.inputSize])
        let criticInput = try criticInputs(flat, states, rows: rows)
        let values = try critic.sequence(
            criticInput.reshaped(to: [steps, count * valueRows, critic.shape.inputs]),
            hidden: hidden(firstCriticHidden, valueRows), starts: eachRow(valueRows)
        ).squeezed(1)
        return (logits, values, try minibatch(indices, rows: rows))
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
