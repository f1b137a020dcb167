package import ArgusEnvAPI
package import ArgusTensor

/// An actor's or critic's network: fully connected, or with a gated recurrent unit in the middle.
package final class Network {
    /// Everything that fixes the shape.
    package struct Shape: Sendable, Hashable, Codable {
        var inputs: Int
        var hidden: Int
        var layers: Int
        var outputs: Int
        var activation: String
        var layerNorm: LayerNormPlacement
        var recurrent: Bool
        /// Where things of one kind are treated alike; nil: nowhere.
        var entities: EntityLayout?

        package init(
            inputs: Int, hidden: Int, layers: Int, outputs: Int, activation: String, layerNorm: LayerNormPlacement,
            recurrent: Bool, entities: EntityLayout? = nil
        ) {
            self.inputs = inputs
            self.hidden = hidden
            self.layers = layers
            self.outputs = outputs
            self.activation = activation
            self.layerNorm = layerNorm
            self.recurrent = recurrent
            self.entities = entities
        }

        /// Numbers that a row leaves behind for its gradient, about: what goes into each layer, what comes out of it before
        /// and after norm and activation, and the gradients of these.
        var activationCount: Double {
            let things = entities.map { $0.groups.reduce(0) { $0 + $1.count } * $0.observations } ?? 0
            let own = Double(inputs) + 6 * Double(hidden) * Double(recurrent ? 8 : layers) + 2 * Double(outputs)
            return own + 10 * Double(things) * Double(EntityLayers.entitySize(hidden: hidden))
        }

        /// Weights, biases apart; a floating number, since absurd sizes are asked about too.
        var weightCount: Double {
            let (inputs, hidden, outputs) = (Double(inputs), Double(hidden), Double(outputs))
            // Recurrent: two layers, three gates that see input and memory, one layer more.
            let squares = recurrent ? 8 : Double(layers - 1)
            let perceptron = inputs * hidden + squares * hidden * hidden + hidden * outputs
            guard let entities else { return perceptron }
            let each = Double(EntityLayers.entitySize(hidden: self.hidden))
            return perceptron + Double(entities.groups.count) * each * (inputs + 2 * hidden + 2 * each)
                + (entities.observations > 1 ? hidden * hidden : 0)
        }
    }

    let shape: Shape
    /// The first and the last layer where things of one kind are treated alike; the layers between them are others'.
    private let entities: EntityLayers?
    /// Feed-forward: the whole network, or its layers between. Recurrent: what comes before the cell.
    private let body: MultilayerPerceptron?
    private let cell: GatedRecurrentCell?
    private let head: MultilayerPerceptron?

    /// - Parameter outputGain: of the last layer's orthogonal weights: 0.01 for an actor, 1 for PPO's critic (Andrychowicz
    ///   et al. 2021; Huang et al. 2022, detail 2); less where a target network follows values slowly.
    package init(_ shape: Shape, outputGain: Double, using generator: inout SplitMix64) throws {
        self.shape = shape
        guard let activation = Activation(rawValue: shape.activation) else {
            throw TensorError(code: .invalidArgument, message: "network: found activation '\(shape.activation)'")
        }
        let norm = shape.layerNorm
        let gain = 2.0.squareRoot()
        if let layout = shape.entities {
            entities = try EntityLayers(
                layout, hidden: shape.hidden, activation: activation, norm: norm, outputGain: outputGain,
                using: &generator)
            cell =
                shape.recurrent
                ? try GatedRecurrentCell(inputs: shape.hidden, hidden: shape.hidden, using: &generator) : nil
            let between = shape.recurrent ? 1 : shape.layers - 1
            let perceptron =
                between == 0
                ? nil
                : try MultilayerPerceptron(
                    sizes: Array(repeating: shape.hidden, count: between + 1), activation: activation, layerNorm: norm,
                    outputGain: gain, using: &generator)
            (body, head) = shape.recurrent ? (nil, perceptron) : (perceptron, nil)
            return
        }
        entities = nil
        guard shape.recurrent else {
            let sizes = [shape.inputs] + Array(repeating: shape.hidden, count: shape.layers) + [shape.outputs]
            body = try MultilayerPerceptron(
                sizes: sizes, activation: activation, layerNorm: norm, outputGain: outputGain, using: &generator)
            cell = nil
            head = nil
            return
        }
        body = try MultilayerPerceptron(
            sizes: [shape.inputs, shape.hidden, shape.hidden], activation: activation, layerNorm: norm,
            outputGain: gain, using: &generator)
        cell = try GatedRecurrentCell(inputs: shape.hidden, hidden: shape.hidden, using: &generator)
        head = try MultilayerPerceptron(
            sizes: [shape.hidden, shape.hidden, shape.outputs], activation: activation, layerNorm: norm,
            outputGain: outputGain, using: &generator)
    }

    package func parameters(under prefix: String) -> [(name: String, tensor: Tensor)] {
        let layers: [(name: String, layer: (any Layer)?)] = [
            ("entities", entities), ("body", body), ("cell", cell), ("head", head),
        ]
        return layers.flatMap { $0.layer?.parameters(under: "\(prefix).\($0.name)") ?? [] }
    }

    /// Memory of `rows` rows at the start of an episode; empty for a feed-forward network.
    package func initialHidden(rows: Int) throws -> Tensor { try Tensor.zeros([rows, cell?.hiddenSize ?? 0]) }

    /// One step. Inputs [rows, inputs]; `starts` [rows, 1], 1 where an episode begins, so memory is zero there.
    ///
    /// - Returns: outputs [rows, outputs] and the new memory.
    package func step(_ inputs: Tensor, hidden: Tensor, starts: Tensor) throws -> (outputs: Tensor, hidden: Tensor) {
        guard let cell else { return (try self(inputs), hidden) }
        let features = try features(inputs)
        let kept = try hidden * (try -starts + 1)
        let next = try cell(features.own, hidden: kept)
        return (try outputs(next, entities: features.entities), next)
    }

    /// A whole sequence. Inputs [steps, rows, inputs], starts [steps, rows, 1], memory before the first step.
    ///
    /// - Returns: outputs [steps · rows, outputs], and the memory after each step [steps · rows, hidden].
    package func sequence(
        _ inputs: Tensor, hidden: Tensor, starts: Tensor
    ) throws -> (outputs: Tensor, memories: Tensor) {
        let steps = inputs.shape[0]
        let rows = inputs.shape[1]
        let flat = try inputs.reshaped(to: [steps * rows, shape.inputs])
        guard let cell else { return (try self(flat), try Tensor.zeros([steps * rows, 0])) }
        let features = try features(flat)
        let each = try features.own.reshaped(to: [steps, rows, shape.hidden])
        let all = try cell.sequence(each, hidden: hidden, keeps: -starts + 1)
            .reshaped(to: [steps * rows, shape.hidden])
        return (try outputs(all, entities: features.entities), all)
    }

    /// A feed-forward network's outputs. Inputs [rows, inputs].
    func callAsFunction(_ inputs: Tensor) throws -> Tensor {
        guard let entities else { return try perceptron(body, inputs) }
        let features = try entities.features(inputs)
        return try entities.outputs(
            perceptron(body, features.own, activatesOutput: true), entities: features.entities)
    }

    /// One step without gradients in one call, into memory that exists already; a critic that is shown all agents'
    /// observations as things of one kind does not act.
    var inference: NetworkInference? {
        guard let entities else { return NetworkInference(body: body, cell: cell, head: head) }
        return entities.inference.map { NetworkInference(entities: $0, body: body, cell: cell, head: head) }
    }

    /// What a recurrent network's cell is shown [rows, hidden], and the rows' entities.
    private func features(_ inputs: Tensor) throws -> EntityLayers.Features {
        if let entities { return try entities.features(inputs) }
        return EntityLayers.Features(own: try perceptron(body, inputs, activatesOutput: true), entities: [])
    }

    /// A recurrent network's outputs of its memory.
    private func outputs(_ memory: Tensor, entities features: [Tensor]) throws -> Tensor {
        guard let entities else { return try perceptron(head, memory) }
        return try entities.outputs(perceptron(head, memory, activatesOutput: true), entities: features)
    }

    private func perceptron(
        _ layers: MultilayerPerceptron?, _ inputs: Tensor, activatesOutput: Bool = false
    ) throws -> Tensor {
        guard let layers else { return inputs }
        return try layers(inputs, activatesOutput: activatesOutput)
    }

    /// The layer that makes the outputs.
    var outputLayer: Linear? { entities.map(\.ownOutput) ?? (head ?? body)?.layers.last }
}
