import ArgusHost
import ArgusTensor

/// The hyperparameters of agents' networks, which every algorithm has; each chooses its own defaults.
///
/// [Mava] Mava's feed-forward configurations; [ours] chosen here, with seeds that no table reports.
protocol NetworkConfiguration: HyperparameterSet {
    var scaleObservations: Bool { get set }
    var agentIds: Bool { get set }
    var shareParameters: Bool { get set }
    var hidden: Int { get set }
    var layers: Int { get set }
    var activation: Activation { get set }
    var layerNorm: Bool { get set }
    var recurrent: Bool { get set }
}

extension NetworkConfiguration {
    static var networkHyperparameters: [Hyperparameter<Self>] {
        [
            .boolean(
                "scale_observations", \.scaleObservations,
                "Maps each bounded observation component to 0..1 by its declared bounds. [ours]"),
            .boolean(
                "agent_ids", \.agentIds,
                "Appends a one-hot agent id to the observation, so that agents that share parameters can take roles. "
                    + "[Mava] true"),
            .boolean(
                "share_parameters", \.shareParameters,
                "One network for all agents; false: one for each, and critics of one agent's value likewise. [Mava] true"
            ),
            .integer("hidden", \.hidden, 1...8192, "Units of each hidden layer. [Mava] 128"),
            .integer("layers", \.layers, 1...16, "Hidden layers of a feed-forward network. [Mava] 2"),
            .choice("activation", \.activation, "relu or tanh. [Mava] relu"),
            .boolean("layer_norm", \.layerNorm, "Layer normalisation in each hidden layer. [Mava] false"),
            .boolean("recurrent", \.recurrent, "Gated recurrent units, for memory. [Mava] false"),
        ]
    }

    /// The shape of a network of these settings.
    func shape(
        inputs: Int, outputs: Int, norm: LayerNormPlacement = .afterActivation, recurrent: Bool? = nil
    ) -> Network.Shape {
        Network.Shape(
            inputs: inputs, hidden: hidden, layers: layers, outputs: outputs, activation: activation.rawValue,
            layerNorm: layerNorm ? norm : .none, recurrent: recurrent ?? self.recurrent)
    }
}
