import ArgusEnvAPI
import ArgusHost
import ArgusTensor

/// A critic over a rollout: what it is shown, and its values of every stored row.
final class RolloutCritic {
    let network: TeamNetwork
    /// Makes one value of the agents' own, for a decomposed critic.
    let mixer: MonotonicMixer?
    let view: CriticView
    /// Values a copy: one, or one an agent.
    let valueRows: Int
    /// [steps + 1, copy, value row], in the critic's units until ``scaleValues(by:_:)``.
    let values: AlignedBuffer<Float>
    /// [step, copy, value row], read where an episode was truncated.
    let finalValues: AlignedBuffer<Float>
    /// Memory after the rollout's last step: [copy · network row, hidden].
    let hidden: Tensor
    /// Memory at the rollout's first step.
    private let firstHidden: Tensor

    private let player: RolloutPlayer
    private var networkRows: Int { network.agents }
    private var storage: RolloutStorage { player.storage }
    private var copies: Int { player.copies }

    /// - Parameters: `shape`: of its network, from ``shape(_:_:view:)`` with the same `configuration`; `outputGain`: of its last layer, see ``Network``.
    init(
        _ player: RolloutPlayer, _ configuration: NetworkConfiguration, view: CriticView, shape: Network.Shape,
        outputGain: Double = 1, using generator: inout SplitMix64
    ) throws {
        self.player = player
        self.view = view
        valueRows = view.isShared(player.environment) ? 1 : player.agents
        let networkRows = view == .central ? valueRows : player.agents
        network = try TeamNetwork(
            shape, agents: networkRows, isShared: configuration.shareParameters || networkRows == 1,
            outputGain: outputGain, using: &generator)
        mixer =
            view == .decomposed
            ? try configuration.mixer(player.environment, player.encodedState, using: &generator) : nil
        values = AlignedBuffer(count: (player.steps + 1) * player.copies * valueRows, zero: 0)
        finalValues = AlignedBuffer(count: player.steps * player.copies * valueRows, zero: 0)
        hidden = try network.initialHidden(rows: player.copies * networkRows)
        firstHidden = try hidden.cloned()
    }

    /// The shape of a critic's network.
    static func shape(
        _ task: LearningTask, _ configuration: NetworkConfiguration, view: CriticView
    ) -> Network.Shape {
        let specification = task.environment.specification
        let encoding = InputEncoding(specification, configuration)
        guard view == .central else {
            return configuration.shape(
                inputs: encoding.inputSize, outputs: 1, segments: specification.observationSegments)
        }
        let state = StateSize(task.environment, encoding)
        let ids = view.isShared(task.environment) || specification.agents.count == 1 ? 0 : specification.agents.count
        guard state.native == 0 else {
            return configuration.shape(
                inputs: state.size + ids, outputs: 1, segments: specification.state?.segments ?? [])
        }
        return configuration.shape(
            inputs: state.size + ids, outputs: 1, segments: specification.observationSegments,
            observations: specification.agents.count, observationSize: encoding.inputSize)
    }

    var parameters: [(name: String, tensor: Tensor)] {
        network.parameters(under: "critic") + (mixer?.parameters(under: "critic.mixer") ?? [])
    }

    // MARK: Values

    /// Values of the slice, on the gradient tape: [rows · value rows].
    func values(of slice: RolloutSlice) throws -> Tensor {
        let inputs = try networkInputs(slice.inputs, slice.states, rows: slice.rows)
        let outputs = try player.outputs(network, inputs, hidden: firstHidden, of: slice)
        return try mixed(outputs, slice.inputs, slice.states, rows: slice.rows)
    }

    /// Values without memory: inputs [rows, agents · input] and native states to [rows · value rows].
    private func callAsFunction(_ inputs: Tensor, _ states: Tensor?, rows: Int) throws -> Tensor {
        try mixed(network(networkInputs(inputs, states, rows: rows)), inputs, states, rows: rows)
    }

    /// What the network is shown: [rows · network rows, input].
    private func networkInputs(_ inputs: Tensor, _ states: Tensor?, rows: Int) throws -> Tensor {
        let agents = player.agents
        if view != .central { return try inputs.reshaped(to: [rows * agents, player.encoding.inputSize]) }
        let state = states ?? inputs
        guard valueRows > 1 else { return state }
        let size = state.shape[1]
        let ids = (0..<agents * agents).map { Float($0 / agents == $0 % agents ? 1 : 0) }
        let each = try state.unsqueezed(1).expanded(to: [rows, agents, size])
        let who = try Tensor(ids, shape: [1, agents, agents]).expanded(to: [rows, agents, agents])
        return try Tensor.concatenate([each, who], axis: 2).reshaped(to: [rows * agents, size + agents])
    }

    private func mixed(_ outputs: Tensor, _ inputs: Tensor, _ states: Tensor?, rows: Int) throws -> Tensor {
        guard let mixer else { return try outputs.squeezed(1) }
        return try mixer(outputs.reshaped(to: [rows, player.agents]), states: states ?? inputs)
    }

    /// Values of all stored rows and of the final rows of truncated episodes; to be called once a rollout, since a
    /// recurrent critic's memory moves on to the next.
    func evaluate() throws {
        if network.shape.recurrent { return try evaluateSequence() }
        // A few steps at a time, so that activations stay in cache.
        let chunk = max(1, 4096 / (copies * valueRows))
        for first in stride(from: 0, through: player.steps, by: chunk) {
            let range = first..<min(first + chunk, player.steps + 1)
            let output = try self(player.inputs(range), player.states(range), rows: range.count * copies)
            try copy(output, to: values, at: first * copies * valueRows, count: range.count * copies * valueRows)
        }
        let finals = storage.finals(from: 0)
        guard !finals.isEmpty else { return }
        let (inputs, states) = try player.finals(finals)
        try store(self(inputs, states, rows: finals.count), finals)
    }

    private func evaluateSequence() throws {
        let rows = copies * networkRows
        let chunk = max(1, 4096 / rows)
        try firstHidden.copyInPlace(from: hidden)
        for first in stride(from: 0, to: player.steps, by: chunk) {
            let range = first..<min(first + chunk, player.steps)
            let memories = try evaluate(range)
            let finals = storage.finals(of: range)
            if !finals.isEmpty {
                // The final rows have the memory of their own episodes.
                let (inputs, states) = try player.finals(finals)
                let outputs = try network.step(
                    networkInputs(inputs, states, rows: finals.count),
                    hidden: player.memories(memories, rowsPerCopy: networkRows, of: finals, from: first),
                    starts: Tensor.zeros([finals.count * networkRows, 1])
                ).outputs
                try store(mixed(outputs, inputs, states, rows: finals.count), finals)
            }
            try hidden.copyInPlace(from: memories.narrowed(axis: 0, from: (range.count - 1) * rows, count: rows))
        }
        // The rows after the last step are the next rollout's first: there the memory does not move on.
        _ = try evaluate(player.steps..<player.steps + 1)
    }

    /// Keeps a recurrent critic's values of some steps; returns its memory after each: [step · copy · network row, hidden].
    private func evaluate(_ range: Range<Int>) throws -> Tensor {
        let (inputs, states, rows) = (try player.inputs(range), try player.states(range), range.count * copies)
        let each = try networkInputs(inputs, states, rows: rows)
        let (outputs, memories) = try network.sequence(
            each.reshaped(to: [range.count, copies * networkRows, each.shape[1]]), hidden: hidden,
            starts: player.starts(range, rowsPerCopy: networkRows))
        try copy(
            mixed(outputs, inputs, states, rows: rows), to: values, at: range.lowerBound * copies * valueRows,
            count: rows * valueRows)
        return memories
    }

    /// Keeps values [final row · value row].
    private func store(_ output: Tensor, _ finals: Range<Int>) throws {
        let values = try output.values()
        for (index, place) in storage.finalPlaces[finals].enumerated() {
            for row in 0..<valueRows { finalValues.pointer[place * valueRows + row] = values[index * valueRows + row] }
        }
    }

    /// Writes the stored values in units of return: value · `deviation` + `center`.
    func scaleValues(by deviation: Float, _ center: Float) {
        for index in 0..<values.count { values.pointer[index] = values.pointer[index] * deviation + center }
        for place in storage.finalPlaces {
            for row in place * valueRows..<(place + 1) * valueRows {
                finalValues.pointer[row] = finalValues.pointer[row] * deviation + center
            }
        }
    }

    /// Rescales what makes the values so that value ↦ ratio · value + shift (PopArt, van Hasselt et al. 2016, eq. 3).
    func rescaleOutputs(ratio: Double, shift: Double) throws {
        if let mixer { return try mixer.rescaleOutputs(ratio: ratio, shift: shift) }
        for network in network.networks {
            guard let layer = network.outputLayer else { continue }
            try layer.rescale(ratio: ratio, shift: shift)
        }
    }

    private func copy(_ tensor: Tensor, to buffer: AlignedBuffer<Float>, at first: Int, count: Int) throws {
        try tensor.copy(to: UnsafeMutableBufferPointer(start: buffer.pointer + first, count: count))
    }
}

extension Linear {
    /// Makes y ↦ ratio · y + shift of what the layer gives.
    func rescale(ratio: Double, shift: Double) throws {
        try withoutGradient {
            try weight.multiplyInPlace(ratio)
            try bias.multiplyInPlace(ratio)
            try bias.addInPlace(Tensor.full(shift, shape: bias.shape))
        }
    }
}
