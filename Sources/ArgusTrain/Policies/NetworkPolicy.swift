import ArgusEnvAPI
import ArgusHost
import ArgusTensor

/// A trained actor that decides for one agent from that agent's rows.
///
/// The network may be shared with other agents' policies; its memory is this agent's own.
final class NetworkPolicy: AgentPolicy {
    private let network: Network
    private let encoding: InputEncoding
    private let sampler: ActionSampler
    private let usesMasks: Bool
    private let random: CounterRandom
    private let agent: Int
    private let inputs: AlignedBuffer<Float>
    private let starts: AlignedBuffer<Float>
    private let logits: AlignedBuffer<Float>
    private var hidden: Tensor

    init(
        network: Network, encoding: InputEncoding, heads: [Int], usesMasks: Bool, agent: Int, copies: Int,
        settings: PolicySettings
    ) throws {
        self.network = network
        self.encoding = encoding
        self.usesMasks = usesMasks
        self.agent = agent
        sampler = ActionSampler(heads: heads, greedy: settings.mode == .greedy)
        random = CounterRandom(run: settings.seed, purpose: .action)
        inputs = AlignedBuffer(count: copies * encoding.inputSize, zero: 0)
        starts = AlignedBuffer(count: copies, zero: 0)
        logits = AlignedBuffer(count: copies * heads.reduce(0, +), zero: 0)
        hidden = try network.initialHidden(rows: copies)
    }

    func act(_ rows: LocalRows, into actions: AgentActionRows) throws(ArgusError) {
        for copy in 0..<rows.copies {
            guard let observation = rows.observation(copy).baseAddress else { continue }
            encoding.encode(
                observation, rows: 1, firstAgent: agent, into: inputs.pointer + copy * encoding.inputSize)
            starts.pointer[copy] = rows.isStart(copy) ? 1 : 0
        }
        do {
            try withoutGradient {
                let input = try Tensor.borrowing(
                    inputs.pointer, shape: [rows.copies, encoding.inputSize], type: .float32)
                let start = try Tensor.borrowing(starts.pointer, shape: [rows.copies, 1], type: .float32)
                let (output, next) = try network.step(input, hidden: hidden, starts: start)
                hidden = next
                try output.copy(to: logits.elements)
            }
        } catch {
            throw ArgusError(
                .policy, "the policy's network failed", at: "agent \(agent)", found: "\(error)", expected: "actions")
        }
        let width = network.shape.outputs
        for copy in 0..<rows.copies where rows.isActing(copy) {
            let row = actions.discrete(copy)
            guard let base = row.baseAddress else { continue }
            _ = sampler.sample(
                logits.pointer + copy * width, legal: usesMasks ? rows.legal(copy)?.baseAddress : nil,
                random: rows.random(random, copy), into: base)
        }
    }
}
