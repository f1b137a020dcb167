import ArgusEnvAPI
import ArgusHost
import ArgusTensor

/// The hyperparameters of agents' networks, which every algorithm has; an algorithm may choose other defaults.
///
/// [Mava] Mava's feed-forward configurations; [ours] chosen here, with seeds that no table reports.
public struct NetworkConfiguration: Sendable, Hashable {
    var scaleObservations = true
    var unscaledRange = 32.0
    var agentIds = true
    var shareParameters = true
    var hidden = 128
    var layers = 2
    var activation = Activation.relu
    var layerNorm = false
    var recurrent = false
    var entities = false

    /// - Parameters:
    ///   - network: where a configuration has its networks' settings.
    ///   - layerNormSource: where an algorithm's default of `layer_norm` is from.
    static func hyperparameters<Configuration>(
        _ network: WritableKeyPath<Configuration, NetworkConfiguration>, layerNormSource: String = "[Mava] false"
    ) -> [Hyperparameter<Configuration>] {
        [
            .boolean(
                "scale_observations", network.appending(path: \.scaleObservations),
                "Maps observation components with wide declared bounds (unscaled_range) to 0..1 (between -b and b to -1..1); "
                    + "mixing networks see all of a state mapped, or its symmetric logarithm where some have no bounds. "
                    + "[ours]"),
            .number(
                "unscaled_range", network.appending(path: \.unscaledRange), 0...1e30,
                "Components whose bounds are at most this far apart, such as a grid's cells, stay as they are. [ours]"),
            .boolean(
                "agent_ids", network.appending(path: \.agentIds),
                "Appends a one-hot agent id to the observation, so that agents that share parameters can take roles. "
                    + "[Mava] true"),
            .boolean(
                "share_parameters", network.appending(path: \.shareParameters),
                "One network for all agents; false: one for each, and critics of one agent's value likewise. [Mava] true"
            ),
            .integer(
                "hidden", network.appending(path: \.hidden), 1...8192, "Units of each hidden layer. [Mava] 128"),
            .integer(
                "layers", network.appending(path: \.layers), 1...16,
                "Hidden layers, where recurrent is false. [Mava] 2"),
            .choice(
                "activation", network.appending(path: \.activation),
                "What follows each hidden layer: relu or tanh. [Mava] relu"),
            .boolean(
                "layer_norm", network.appending(path: \.layerNorm),
                "Layer normalisation behind each hidden layer but the one before a memory; in networks for sets behind each "
                    + "but the last, where there are several. \(layerNormSource)"),
            .boolean(
                "recurrent", network.appending(path: \.recurrent),
                "Memory: two layers, a gated recurrent unit and one more in place of the hidden ones. [Mava] false"),
            .boolean(
                "entities", network.appending(path: \.entities),
                "Networks for sets: things that the observation describes alike, such as units or food, go through the same "
                    + "layers, attention picks among them, and an action about one of them gets its value from it. [ours] "
                    + "false"),
        ]
    }

    /// The shape of a network of these settings.
    ///
    /// - Parameter observations: how many observations that `segments` describe, of `observationSize` components, the
    ///   input begins with.
    func shape(
        inputs: Int, outputs: Int, norm: LayerNormPlacement = .afterActivation, recurrent: Bool? = nil,
        segments: [Segment] = [], actionNames: [String] = [], observations: Int = 1, observationSize: Int? = nil
    ) -> Network.Shape {
        Network.Shape(
            inputs: inputs, hidden: hidden, layers: layers, outputs: outputs, activation: activation.rawValue,
            layerNorm: layerNorm ? norm : .none, recurrent: recurrent ?? self.recurrent,
            entities: entities
                ? EntityLayout(
                    segments: segments, actionNames: actionNames, observations: observations,
                    observationSize: observationSize, inputSize: inputs, outputSize: outputs)
                : nil)
    }

    /// The shape of an actor's network.
    func actorShape(
        _ specification: EnvironmentSpecification, _ encoding: InputEncoding, outputs: Int,
        norm: LayerNormPlacement = .afterActivation
    ) throws(ArgusError) -> Network.Shape {
        let shape = shape(
            inputs: encoding.inputSize, outputs: outputs, norm: norm, segments: specification.observationSegments,
            actionNames: specification.actionNames)
        if entities, shape.entities == nil {
            throw ArgusError(
                .configuration, "hyperparameters do not fit the scenario", at: "--set entities",
                found: "true, and nothing that an observation describes more than once",
                expected: "neighbouring segments of one size with names such as 'food_0' and 'food_1'",
                remedy: "'--set entities=false'")
        }
        return shape
    }

    /// How a native state of `size` components is scaled, as observations are.
    func stateScaling(_ specification: EnvironmentSpecification, size: Int) -> BoundsScaling {
        BoundsScaling(
            size: size, bounds: scaleObservations ? specification.state?.bounds : nil, narrowRange: unscaledRange)
    }

    /// A mixing network for the agents' values.
    func mixer(_ environment: VectorEnvironment, _ state: StateSize, using generator: inout SplitMix64) throws
        -> MonotonicMixer
    {
        try MonotonicMixer(
            agents: environment.specification.agents.count, stateSize: state.size,
            stateInput: mixerInput(environment.specification, state), using: &generator)
    }

    /// Mixing networks are of second order in the state: what ``InputEncoding`` and ``stateScaling(_:size:)`` leave as it
    /// is would make their values far larger than returns.
    private func mixerInput(
        _ specification: EnvironmentSpecification, _ state: StateSize
    ) throws -> MonotonicMixer.StateInput {
        guard scaleObservations else { return .asIs }
        let isNative = state.native > 0
        let bounds = isNative ? specification.state?.bounds : specification.observationBounds
        guard BoundsScaling.coversAll(bounds) else { return .compressed }
        let size = isNative ? state.native : specification.observationSize
        let rows = isNative ? 1 : specification.agents.count
        let rest = BoundsScaling.narrow(size: size, bounds: bounds, narrowRange: unscaledRange)
            .repeated(rows, others: state.size / rows - size)
        guard !rest.isIdentity else { return .asIs }
        return .mapped(
            scale: try Tensor(rest.scale, shape: [1, state.size]),
            shift: try Tensor(rest.shift, shape: [1, state.size]))
    }

    /// Networks of one kind: one for all agents, or one for each.
    func networkCount(agents: Int) -> Int { shareParameters ? 1 : agents }
}
