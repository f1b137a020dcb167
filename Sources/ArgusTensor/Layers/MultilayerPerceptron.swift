import CTorch

/// What stands between the layers of a network.
public enum Activation: String, Sendable, Hashable, CaseIterable {
    case relu
    case tanh

    public func callAsFunction(_ input: Tensor) throws(TensorError) -> Tensor {
        switch self {
        case .relu: try input.relu()
        case .tanh: try input.tanh()
        }
    }

    var code: ctorch_unary { self == .relu ? CTORCH_RELU : CTORCH_TANH }
}

/// Where a hidden layer is normalised, if at all.
public enum LayerNormPlacement: String, Sendable, Hashable, CaseIterable, Codable {
    case none
    /// Linear, norm, activation: as PQN (Gallici et al. 2025) has it.
    case beforeActivation
    /// Linear, activation, norm: as the MAPPO paper's networks (Yu et al. 2022) have it.
    case afterActivation

    var code: ctorch_norm_placement {
        switch self {
        case .none: CTORCH_NO_NORM
        case .beforeActivation: CTORCH_NORM_BEFORE_ACTIVATION
        case .afterActivation: CTORCH_NORM_AFTER_ACTIVATION
        }
    }
}

/// Fully connected layers with an activation after each but the last.
public struct MultilayerPerceptron: Layer, InferenceLayer {
    public let layers: [Linear]
    /// One for each hidden layer, or none.
    public let norms: [LayerNorm]
    public let activation: Activation
    public let placement: LayerNormPlacement
    /// Of the layers' weights and biases, which live as long as the layers: a list for each call would be an allocation.
    private let weightHandles: [Handle?]
    private let biasHandles: [Handle?]
    private let normWeightHandles: [Handle?]
    private let normBiasHandles: [Handle?]

    /// - Parameters:
    ///   - sizes: input, hidden ..., output; at least two.
    ///   - hiddenGain: of the hidden layers' orthogonal weights; √2 for ReLU (He et al. 2015), and the default of the
    ///     common PPO codes for tanh also.
    ///   - outputGain: of the last layer: 0.01 for a policy, 1 for a value.
    public init(
        sizes: [Int], activation: Activation = .relu, layerNorm placement: LayerNormPlacement = .none,
        hiddenGain: Double = 2.0.squareRoot(), outputGain: Double = 1,
        using generator: inout some RandomNumberGenerator
    ) throws(TensorError) {
        guard sizes.count >= 2, sizes.allSatisfy({ $0 > 0 }) else {
            throw TensorError(
                code: .invalidArgument, message: "perceptron sizes: found \(sizes), expected two or more above zero")
        }
        var layers: [Linear] = []
        var norms: [LayerNorm] = []
        for index in 1..<sizes.count {
            let isLast = index == sizes.count - 1
            layers.append(
                try Linear(
                    inputs: sizes[index - 1], outputs: sizes[index], gain: isLast ? outputGain : hiddenGain,
                    using: &generator))
            if !isLast, placement != .none { norms.append(try LayerNorm(size: sizes[index])) }
        }
        self.layers = layers
        weightHandles = layers.map(\.weight.handle)
        biasHandles = layers.map(\.bias.handle)
        self.norms = norms
        normWeightHandles = norms.map(\.weight.handle)
        normBiasHandles = norms.map(\.bias.handle)
        self.activation = activation
        self.placement = placement
    }

    /// Input `[..., sizes.first]`, output `[..., sizes.last]`.
    /// - Parameter activatesOutput: whether an activation follows the last layer, too.
    public func callAsFunction(_ input: Tensor, activatesOutput: Bool = false) throws(TensorError) -> Tensor {
        var flow = input
        for (index, layer) in layers.enumerated() {
            let isLast = index == layers.count - 1
            flow = try layer(
                flow, activation: isLast && !activatesOutput ? nil : activation,
                norm: norms.indices.contains(index) ? norms[index] : nil, placement)
        }
        return flow
    }

    func withHandles(_ body: (UnsafePointer<ctorch_perceptron>) -> Int32) -> Int32 {
        weightHandles.withUnsafeBufferPointer { weights in
            biasHandles.withUnsafeBufferPointer { biases in
                normWeightHandles.withUnsafeBufferPointer { normWeights in
                    normBiasHandles.withUnsafeBufferPointer { normBiases in
                        var perceptron = ctorch_perceptron(
                            weights: weights.baseAddress, biases: biases.baseAddress,
                            norm_weights: normWeights.baseAddress, norm_biases: normBiases.baseAddress,
                            layers: Int32(clamping: layers.count),
                            activation: activation.code, norm: placement.code,
                            epsilon: LayerNorm.epsilon)
                        return withExtendedLifetime(self) { body(&perceptron) }
                    }
                }
            }
        }
    }

    public var parameters: [(name: String, tensor: Tensor)] {
        layers.enumerated().flatMap { index, layer in layer.parameters(under: "layers.\(index)") }
            + norms.enumerated().flatMap { index, norm in norm.parameters(under: "norms.\(index)") }
    }
}
