import ArgusEnvAPI
import ArgusHost
import ArgusTensor

/// Chooses actions for every agent of every copy while training: one pass of the network for all rows, then a draw each.
final class TeamActor {
    let network: TeamNetwork
    let rule: ActionRule
    /// Continuous actions: the logarithm of each component's deviation, [network, component]; trained like a weight.
    let logDeviation: Tensor?
    /// Memory at the live rows: [copy · agent, hidden]. It moves on in place.
    let hidden: Tensor
    /// Continuous actions: how many of the padded components each agent has; the others are never drawn.
    let components: [Int]
    /// ε, where the rule explores.
    var exploration: Float = 0

    private let rows: Int
    private let width: Int
    private let sampler: ActionSampler
    private let sampling: CounterRandom
    private let outputs: AlignedBuffer<Float>
    /// The same memory as `outputs`, or memory of the device that the network is on.
    private let outputsTensor: Tensor
    private let isOnCPU: Bool
    private let deviations: AlignedBuffer<Float>

    init(network: TeamNetwork, rule: ActionRule, task: LearningTask) throws {
        let copies = task.environment.copies
        self.network = network
        self.rule = rule
        // The true sizes of discrete agents are heads'; their masks take padding out.
        components = task.environment.specification.agents.map { agent in
            rule.heads.isEmpty ? min(agent.actionSizes?.first ?? rule.outputs, rule.outputs) : rule.outputs
        }
        rows = copies * network.agents
        width = rule.outputs
        sampler = ActionSampler(heads: rule.heads)
        sampling = CounterRandom(run: task.seed, purpose: .action)
        outputs = AlignedBuffer(count: rows * width, zero: 0)
        outputsTensor = try Tensor.borrowing(outputs.pointer, shape: [rows, width], type: .float32)
        isOnCPU = outputsTensor.device == .cpu
        hidden = try network.initialHidden(rows: rows)
        if case .gaussian(let sampler) = rule {
            // σ = 0.6 of half the range: most first actions lie within the bounds.
            logDeviation = try Tensor.full(-0.5, shape: [network.networks.count, sampler.size]).requiringGradient()
            deviations = AlignedBuffer(count: network.networks.count * sampler.size, zero: 0)
        } else {
            logDeviation = nil
            deviations = AlignedBuffer(count: 0, zero: 0)
        }
    }

    /// The weights, under names that start with `actor`.
    var parameters: [(name: String, tensor: Tensor)] {
        network.parameters(under: "actor") + (logDeviation.map { [("actor.log_deviation", $0)] } ?? [])
    }

    /// Where a step's choices are stored; each pointer is at the step's first row.
    struct Destination {
        /// [copy · agent, head]
        var choices: UnsafeMutablePointer<Int64>
        /// [copy · agent, component]: u of continuous actions.
        var deviates: UnsafeMutablePointer<Float>
        /// [copy · agent]: log π(a|o), where the rule has one.
        var logProbabilities: UnsafeMutablePointer<Float>
    }

    /// Decides for all rows, and writes the environment's actions too.
    ///
    /// - Parameters: `inputs`: [copy · agent, input]; `starts`: [copy, 1], 1 where an episode begins; `legal`: [copy · agent,
    ///   choice] or nil when all are.
    func act(
        in environment: VectorEnvironment, inputs: Tensor, starts: Tensor,
        legal: UnsafePointer<UInt8>?, into destination: Destination
    ) throws {
        let copies = environment.copies
        let agents = network.agents
        try network.infer(inputs, hidden: hidden, starts: starts, into: outputsTensor)
        if !isOnCPU { try outputsTensor.copy(to: outputs.elements) }
        try logDeviation?.copy(to: deviations.elements)
        let local = environment.local
        for copy in 0..<copies {
            let episode = sampling.keyed(local.seeds[copy]).keyed(UInt64(local.steps[copy]))
            for agent in 0..<agents {
                draw(
                    row: copy * agents + agent, agent: agent, legal: legal, random: episode.keyed(UInt64(agent)),
                    environment.actions, destination)
            }
        }
    }

    /// What categorical outputs would choose in steps of some episodes: [episode · agent, head].
    ///
    /// - Parameters: `outputs`: [episode · agent, outputs]; `legal`: [episode · agent, choice] or nil when all are;
    ///   `seeds` and `steps`: one an episode, which key the draws.
    func draw(_ outputs: Tensor, legal: [UInt8]?, seeds: [UInt64], steps: [Int]) throws -> [Int64] {
        let logits: [Float] = try outputs.values()
        let agents = network.agents
        var choices = [Int64](repeating: 0, count: seeds.count * agents * sampler.heads.count)
        logits.withUnsafeBufferPointer { logits in
            choices.withUnsafeMutableBufferPointer { choices in
                legal.withPointer { legal in
                    guard let logits = logits.baseAddress, let choices = choices.baseAddress else { return }
                    for row in 0..<seeds.count * agents {
                        let random = sampling.keyed(seeds[row / agents]).keyed(UInt64(steps[row / agents]))
                            .keyed(UInt64(row % agents))
                        _ = sampler.sample(
                            logits + row * width, legal: legal.map { $0 + row * width }, random: random,
                            into: choices + row * sampler.heads.count)
                    }
                }
            }
        }
        return choices
    }

    @inline(__always)
    private func draw(
        row: Int, agent: Int, legal: UnsafePointer<UInt8>?, random: CounterRandom, _ actions: ActionRows,
        _ destination: Destination
    ) {
        switch rule {
        case .categorical:
            let choices = destination.choices + row * sampler.heads.count
            destination.logProbabilities[row] = sampler.sample(
                outputs.pointer + row * width, legal: legal.map { $0 + row * width }, random: random, into: choices)
            write(choices, sampler.heads.count, actions, row)
        case .values:
            let choices = destination.choices + row * sampler.heads.count
            sampler.explore(
                outputs.pointer + row * width, legal: legal.map { $0 + row * width }, exploration: exploration,
                random: random, into: choices)
            write(choices, sampler.heads.count, actions, row)
        case .gaussian(let gaussian):
            let deviates = destination.deviates + row * width
            let network = self.network.isShared ? 0 : agent
            destination.logProbabilities[row] = gaussian.sample(
                outputs.pointer + row * width,
                logDeviations: UnsafePointer(deviations.pointer + network * width), components: components[agent],
                random: random, into: deviates)
            if let base = actions.allContinuous.baseAddress {
                gaussian.write(deviates, to: base + row * width)
            }
        }
    }

    @inline(__always)
    private func write(_ choices: UnsafePointer<Int64>, _ count: Int, _ actions: ActionRows, _ row: Int) {
        guard let base = actions.allDiscrete.baseAddress else { return }
        for head in 0..<count { base[row * count + head] = Int32(truncatingIfNeeded: choices[head]) }
    }
}

extension [UInt8]? {
    /// Lends the bytes, if there are any.
    fileprivate func withPointer(_ body: (UnsafePointer<UInt8>?) -> Void) {
        guard let self else { return body(nil) }
        self.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
