import ArgusEnvAPI
import ArgusHost
import ArgusTensor

/// A trained actor that decides for one agent from that agent's rows.
///
/// The network may be shared with other agents' policies; its memory is this agent's own.
final class NetworkPolicy: AgentPolicy {
    private let inference: NetworkInference
    private let encoding: InputEncoding
    private let rule: ActionRule
    private let sampler: ActionSampler
    private let isGreedy: Bool
    var mode: PolicySettings.Mode? { isGreedy ? .greedy : .sampled }
    private let usesMasks: Bool
    private let random: CounterRandom
    private let agent: Int
    private let inputs: AlignedBuffer<Float>
    private let starts: AlignedBuffer<Float>
    private let outputs: AlignedBuffer<Float>
    private let stepInputs: StepTensors
    private let stepStarts: StepTensors
    /// The same memory as `outputs`, or memory of the device that the network is on.
    private let outputsTensor: Tensor
    private let isOnCPU: Bool
    /// Continuous actions: u and the logarithm of its deviation, [component].
    private let deviates: AlignedBuffer<Float>
    private let logDeviations: AlignedBuffer<Float>
    private let components: Int
    private let width: Int
    private let hidden: Tensor

    /// - Parameters: `logDeviations`: of continuous actions, this agent's own, empty for others; `components`: how many of
    ///   them it has.
    init(
        network: Network, encoding: InputEncoding, rule: ActionRule, logDeviations: [Float], components: Int,
        usesMasks: Bool, agent: Int, copies: Int, settings: PolicySettings
    ) throws {
        self.components = components
        width = rule.outputs
        guard let inference = network.inference else {
            throw ArgusError(
                .policy, "no policy's network", at: "agent \(agent)", found: "a critic of several observations",
                expected: "a network that acts on one")
        }
        self.inference = inference
        self.encoding = encoding
        self.rule = rule
        self.usesMasks = usesMasks
        self.agent = agent
        isGreedy = (settings.mode ?? rule.standardMode) == .greedy
        sampler = ActionSampler(heads: rule.heads)
        deviates = AlignedBuffer(count: rule.outputs, zero: 0)
        self.logDeviations = AlignedBuffer(count: logDeviations.count, zero: 0)
        for (component, value) in logDeviations.enumerated() { self.logDeviations[component] = value }
        random = CounterRandom(run: settings.seed, purpose: .action)
        inputs = AlignedBuffer(count: copies * encoding.inputSize, zero: 0)
        starts = AlignedBuffer(count: copies, zero: 0)
        outputs = AlignedBuffer(count: copies * rule.outputs, zero: 0)
        hidden = try network.initialHidden(rows: copies)
        stepInputs = try StepTensors(inputs.pointer, steps: 1, shape: [copies, encoding.inputSize])
        stepStarts = try StepTensors(starts.pointer, steps: 1, shape: [copies, 1])
        outputsTensor = try Tensor.borrowing(outputs.pointer, shape: [copies, rule.outputs], type: .float32)
        isOnCPU = outputsTensor.device == .cpu
    }

    func act(_ rows: LocalRows, into actions: AgentActionRows) throws(ArgusError) {
        for copy in 0..<rows.copies {
            guard let observation = rows.observation(copy).baseAddress else { continue }
            encoding.encode(
                observation, rows: 1, firstAgent: agent, into: inputs.pointer + copy * encoding.inputSize)
            starts.pointer[copy] = rows.isStart(copy) ? 1 : 0
        }
        do {
            try inference.step(stepInputs(0), starts: stepStarts(0), hidden: hidden, into: outputsTensor)
            if !isOnCPU { try outputsTensor.copy(to: outputs.elements) }
        } catch {
            throw ArgusError(
                .policy, "the policy's network failed", at: "agent \(agent)", found: "\(error)", expected: "actions")
        }
        for copy in 0..<rows.copies where rows.isActing(copy) { draw(copy, rows, actions) }
    }

    @inline(__always)
    private func draw(_ copy: Int, _ rows: LocalRows, _ actions: AgentActionRows) {
        let output = outputs.pointer + copy * width
        let legal = usesMasks ? rows.legal(copy)?.baseAddress : nil
        let random = rows.random(random, copy)
        switch rule {
        case .categorical:
            guard let base = actions.discrete(copy).baseAddress else { return }
            _ = sampler.sample(output, legal: legal, greedy: isGreedy, random: random, into: base)
        case .values(_, let exploration):
            guard let base = actions.discrete(copy).baseAddress else { return }
            sampler.explore(
                output, legal: legal, exploration: isGreedy ? 0 : exploration, random: random, into: base)
        case .gaussian(let gaussian):
            guard let base = actions.continuous(copy).baseAddress else { return }
            _ = gaussian.sample(
                output, logDeviations: UnsafePointer(logDeviations.pointer), components: components,
                random: isGreedy ? nil : random, into: deviates.pointer)
            gaussian.write(deviates.pointer, to: base)
        }
    }
}
