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

        package init(
            inputs: Int, hidden: Int, layers: Int, outputs: Int, activation: String, layerNorm: LayerNormPlacement,
            recurrent: Bool
        ) {
            self.inputs = inputs
            self.hidden = hidden
            self.layers = layers
            self.outputs = outputs
            self.activation = activation
            self.layerNorm = layerNorm
            self.recurrent = recurrent
        }

        /// Weights, biases apart; a floating number, since absurd sizes are asked about too.
        var weightCount: Double {
            let (inputs, hidden, outputs) = (Double(inputs), Double(hidden), Double(outputs))
            // Recurrent: two layers, three gates that see input and memory, one layer more.
            let squares = recurrent ? 8 : Double(layers - 1)
            return inputs * hidden + squares * hidden * hidden + hidden * outputs
        }
    }

    let shape: Shape
    /// Feed-forward: the whole network. Recurrent: what comes before the cell.
    private let body: MultilayerPerceptron
    private let cell: GatedRecurrentCell?
    private let head: MultilayerPerceptron?

    /// - Parameter outputGain: of the last layer's orthogonal weights: 0.01 for an actor, 1 for a critic (Andrychowicz
    ///   et al. 2021; Huang et al. 2022, detail 2).
    package init(_ shape: Shape, outputGain: Double, using generator: inout SplitMix64) throws {
        self.shape = shape
        guard let activation = Activation(rawValue: shape.activation) else {
            throw TensorError(code: .invalidArgument, message: "network: found activation '\(shape.activation)'")
        }
        let norm = shape.layerNorm
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
            outputGain: 2.0.squareRoot(), using: &generator)
        cell = try GatedRecurrentCell(inputs: shape.hidden, hidden: shape.hidden, using: &generator)
        head = try MultilayerPerceptron(
            sizes: [shape.hidden, shape.hidden, shape.outputs], activation: activation, layerNorm: norm,
            outputGain: outputGain, using: &generator)
    }

    func parameters(under prefix: String) -> [(name: String, tensor: Tensor)] {
        body.parameters(under: "\(prefix).body") + (cell?.parameters(under: "\(prefix).cell") ?? [])
            + (head?.parameters(under: "\(prefix).head") ?? [])
    }

    /// Memory of `rows` rows at the start of an episode; empty for a feed-forward network.
    package func initialHidden(rows: Int) throws -> Tensor { try Tensor.zeros([rows, cell?.hiddenSize ?? 0]) }

    /// One step. Inputs [rows, inputs]; `starts` [rows, 1], 1 where an episode begins, so memory is zero there.
    ///
    /// - Returns: outputs [rows, outputs] and the new memory.
    package func step(_ inputs: Tensor, hidden: Tensor, starts: Tensor) throws -> (outputs: Tensor, hidden: Tensor) {
        guard let cell, let head else { return (try body(inputs), hidden) }
        let kept = try hidden * (try -starts + 1)
        let next = try cell(body(inputs).relu(), hidden: kept)
        return (try head(next), next)
    }

    /// A whole sequence. Inputs [steps, rows, inputs], starts [steps, rows, 1], memory before the first step.
    ///
    /// - Returns: outputs [steps · rows, outputs], and the memory after each step [steps · rows, hidden].
    package func sequence(
        _ inputs: Tensor, hidden: Tensor, starts: Tensor
    ) throws -> (outputs: Tensor, memories: Tensor) {
        let steps = inputs.shape[0]
        let rows = inputs.shape[1]
        guard let cell, let head else {
            let outputs = try body(inputs.reshaped(to: [steps * rows, shape.inputs]))
            return (outputs, try Tensor.zeros([steps * rows, 0]))
        }
        let features = try body(inputs).relu()
        let keeps = try -starts + 1
        var memory = hidden
        var outputs: [Tensor] = []
        outputs.reserveCapacity(steps)
        for step in 0..<steps {
            let kept = try memory * keeps.selected(axis: 0, index: step)
            memory = try cell(features.selected(axis: 0, index: step), hidden: kept)
            outputs.append(memory)
        }
        let memories = try Tensor.concatenate(outputs)
        return (try head(memories), memories)
    }

    /// A feed-forward network's outputs. Inputs [rows, inputs].
    func callAsFunction(_ inputs: Tensor) throws -> Tensor { try body(inputs) }

    /// A feed-forward network's outputs without gradients, into memory that exists already.
    func infer(_ inputs: Tensor, into outputs: Tensor) throws { try body.infer(inputs, into: outputs) }

    /// The layer that makes the outputs.
    var outputLayer: Linear? { (head ?? body).layers.last }
}
