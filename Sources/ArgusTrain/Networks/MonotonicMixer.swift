package import ArgusEnvAPI
package import ArgusTensor

/// QMIX's mixing network (Rashid et al. 2018, section 4): the agents' values to the team's, monotonic in each of them,
/// with weights that hypernetworks make of the global state.
///
///     Q_tot = ELU(q·|W₁(s)| + b₁(s))·|w₂(s)| + V(s)
///
/// W₁ and w₂ come from networks of one hidden layer of 64, b₁ from a linear one, V from a hidden layer of the embedding's
/// size, which is 32 (PyMARL 2, EPyMARL). Q_tot is of second order in s: with positions up to 32, as in the skirmish, values
/// begin at 100 where returns are 2, see ``StateInput``.
package final class MonotonicMixer {
    private static let embedding = 32
    private static let hypernetHidden = 64

    /// What is done to a state before anything else.
    package enum StateInput {
        case asIs
        /// Where its bounds are known: state · scale + shift, both [1, state], which are of order one.
        case mapped(scale: Tensor, shift: Tensor)
        /// Where its scale is unknown: sign(s)·log(1 + |s|) (Hafner et al. 2023, "Mastering diverse domains through world
        /// models").
        case compressed
    }

    let agents: Int
    private let stateInput: StateInput
    private let firstWeights: MultilayerPerceptron
    private let firstBias: Linear
    private let secondWeights: MultilayerPerceptron
    private let offset: MultilayerPerceptron

    package init(
        agents: Int, stateSize: Int, stateInput: StateInput = .asIs, using generator: inout SplitMix64
    ) throws {
        self.agents = agents
        self.stateInput = stateInput
        let (embedding, hidden) = (Self.embedding, Self.hypernetHidden)
        // With gain 0.5 the mixture of values of order one begins of order one.
        firstWeights = try MultilayerPerceptron(
            sizes: [stateSize, hidden, agents * embedding], outputGain: 0.5, using: &generator)
        firstBias = try Linear(inputs: stateSize, outputs: embedding, using: &generator)
        secondWeights = try MultilayerPerceptron(
            sizes: [stateSize, hidden, embedding], outputGain: 0.5, using: &generator)
        offset = try MultilayerPerceptron(sizes: [stateSize, embedding, 1], outputGain: 0.1, using: &generator)
    }

    /// Values [rows, agents] at states [rows, state] to [rows].
    package func callAsFunction(_ values: Tensor, states: Tensor) throws -> Tensor {
        let rows = values.shape[0]
        let states = try input(states)
        let weights = try firstWeights(states).abs().reshaped(to: [rows, agents, Self.embedding])
        let hidden = try ((values.unsqueezed(2) * weights).sum(axes: [1]) + firstBias(states)).elu()
        return try (hidden * secondWeights(states).abs()).sum(axes: [1]) + offset(states).squeezed(1)
    }

    private func input(_ states: Tensor) throws -> Tensor {
        switch stateInput {
        case .asIs: states
        case .mapped(let scale, let shift): try states * scale + shift
        case .compressed: try (states.relu() + 1).log() - ((-states).relu() + 1).log()
        }
    }

    package func parameters(under prefix: String) -> [(name: String, tensor: Tensor)] {
        firstWeights.parameters(under: "\(prefix).first_weights") + firstBias.parameters(under: "\(prefix).first_bias")
            + secondWeights.parameters(under: "\(prefix).second_weights") + offset.parameters(under: "\(prefix).offset")
    }

    /// Makes y ↦ ratio · y + shift of what the mixer gives; `ratio` is above 0.
    func rescaleOutputs(ratio: Double, shift: Double) throws {
        try secondWeights.layers.last?.rescale(ratio: ratio, shift: 0)
        try offset.layers.last?.rescale(ratio: ratio, shift: shift)
    }
}
