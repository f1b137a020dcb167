import ArgusEnvAPI
import ArgusHost
import ArgusTensor

/// COMA's critic: for an agent and one of its action heads, the value of each choice, all other choices being given.
///
/// It is shown the global state, what the agent sees, which agent and head it is about, and all choices of all agents,
/// one-hot, but for the one that is about to be valued (Foerster et al. 2018, figure 1).
final class JointActionCritic {
    let network: Network
    /// [step + 1, copy, agent]: Q(s, u) of the choices made, for the head that was evaluated last.
    let values: AlignedBuffer<Float>
    /// [step, copy, agent], read where an episode was truncated.
    let finalValues: AlignedBuffer<Float>
    private let player: RolloutPlayer
    private let heads: [Int]

    init(_ player: RolloutPlayer, shape: Network.Shape, using generator: inout SplitMix64) throws {
        self.player = player
        heads = player.actor.rule.heads
        // The target critic moves slowly: values that begin other than 0 would long be taken for returns.
        network = try Network(shape, outputGain: 0.01, using: &generator)
        values = AlignedBuffer(count: (player.steps + 1) * player.copies * player.agents, zero: 0)
        finalValues = AlignedBuffer(count: player.steps * player.copies * player.agents, zero: 0)
    }

    static func shape(
        _ task: LearningTask, _ configuration: NetworkConfiguration, heads: [Int]
    ) -> Network.Shape {
        let encoding = InputEncoding(task.environment.specification, configuration)
        let agents = encoding.agents
        return configuration.shape(
            inputs: StateSize(task.environment, encoding).size + encoding.inputSize + agents + heads.count
                + agents * heads.reduce(0, +), outputs: heads.max() ?? 1, recurrent: false)
    }

    /// Q of each choice of a head in the slice: [rows · agents, choices].
    func values(of slice: RolloutSlice, head: Int) throws -> Tensor {
        try self(slice.inputs, slice.states, choices: player.decisions(of: slice), rows: slice.rows, head: head)
    }

    /// Q of the choices made, for all stored rows and truncated episodes' final rows.
    func evaluate(head: Int) throws {
        let (steps, copies, agents) = (player.steps, player.copies, player.agents)
        let storage = player.storage
        // A few steps at a time, so that activations stay in cache.
        let chunk = max(1, 4096 / (copies * agents))
        for first in stride(from: 0, through: steps, by: chunk) {
            let range = first..<min(first + chunk, steps + 1)
            let rows = range.count * copies
            let choices = try Tensor.borrowing(
                storage.choices.pointer + first * copies * agents * heads.count, shape: [rows * agents, heads.count],
                type: .int64)
            let output = try chosen(
                player.inputs(range), player.states(range), choices: choices, rows: rows, head: head)
            try output.copy(
                to: UnsafeMutableBufferPointer(
                    start: values.pointer + first * copies * agents, count: rows * agents))
        }
        let places = storage.finalPlaces
        guard !places.isEmpty else { return }
        let (inputs, states) = try player.finals(0..<places.count)
        let choices = try Tensor(player.finalChoices, shape: [places.count * agents, heads.count])
        let output = try chosen(inputs, states, choices: choices, rows: places.count, head: head).values()
        for (index, place) in places.enumerated() {
            for agent in 0..<agents { finalValues.pointer[place * agents + agent] = output[index * agents + agent] }
        }
    }

    private func chosen(_ inputs: Tensor, _ states: Tensor?, choices: Tensor, rows: Int, head: Int) throws -> Tensor {
        try self(inputs, states, choices: choices, rows: rows, head: head)
            .gathered(axis: 1, indices: choices.narrowed(axis: 1, from: head, count: 1)).squeezed(1)
    }

    /// Inputs [rows, agents · input], native states, and choices [rows · agents, heads].
    private func callAsFunction(
        _ inputs: Tensor, _ states: Tensor?, choices: Tensor, rows: Int, head: Int
    ) throws -> Tensor {
        let agents = player.agents
        let width = heads.reduce(0, +)
        let state = states ?? inputs
        let stateSize = state.shape[1]
        let size = player.encoding.inputSize
        let others =
            try oneHot(choices).reshaped(to: [rows, 1, agents * width])
            .expanded(to: [rows, agents, agents * width]) * otherChoices(head)
        let row = try Tensor.concatenate(
            [
                state.unsqueezed(1).expanded(to: [rows, agents, stateSize]),
                inputs.reshaped(to: [rows, agents, size]),
                identity(head).expanded(to: [rows, agents, agents + heads.count]), others,
            ], axis: 2)
        return try network(row.reshaped(to: [rows * agents, stateSize + size + agents + heads.count + agents * width]))
            .narrowed(axis: 1, from: 0, count: heads[head]).contiguous()
    }

    /// [rows · agents, sum of heads], 1 at each head's choice.
    private func oneHot(_ choices: Tensor) throws -> Tensor {
        var parts: [Tensor] = []
        for (head, size) in heads.enumerated() {
            let numbers = try Tensor((0..<Int64(size)).map { $0 }, shape: [1, size])
            parts.append(try choices.narrowed(axis: 1, from: head, count: 1).equal(to: numbers).to(.float32))
        }
        return try Tensor.concatenate(parts, axis: 1)
    }

    /// [1, agent, all agents' choices]: 0 at the agent's own choices of the head.
    private func otherChoices(_ head: Int) throws -> Tensor {
        let (agents, width) = (player.agents, heads.reduce(0, +))
        let first = heads[..<head].reduce(0, +)
        var mask = [Float](repeating: 1, count: agents * agents * width)
        for agent in 0..<agents {
            let own = agent * agents * width + agent * width + first
            for choice in own..<own + heads[head] { mask[choice] = 0 }
        }
        return try Tensor(mask, shape: [1, agents, agents * width])
    }

    /// [1, agent, agents + heads]: which agent, and which head.
    private func identity(_ head: Int) throws -> Tensor {
        let agents = player.agents
        let size = agents + heads.count
        var values = [Float](repeating: 0, count: agents * size)
        for agent in 0..<agents {
            values[agent * size + agent] = 1
            values[agent * size + agents + head] = 1
        }
        return try Tensor(values, shape: [1, agents, size])
    }
}
