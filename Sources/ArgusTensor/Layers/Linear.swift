import CTorch

/// A fully connected layer, `y = x Wᵀ + b`.
public struct Linear: Layer {
    /// `[outputs, inputs]`.
    public let weight: Tensor
    /// `[outputs]`, zero at first.
    public let bias: Tensor

    /// - Parameter gain: of the orthogonal initial weights: √2 before a ReLU, 1 before nothing, 0.01 for a policy's
    ///   last layer (Andrychowicz et al. 2021, "What Matters in On-Policy Reinforcement Learning").
    public init(
        inputs: Int, outputs: Int, gain: Double = 1, using generator: inout some RandomNumberGenerator
    ) throws(TensorError) {
        weight = try Tensor.orthogonal(rows: outputs, columns: inputs, gain: gain, using: &generator)
            .requiringGradient()
        bias = try Tensor.zeros([outputs]).requiringGradient()
    }

    /// The layer with what stands behind it, as one operation. Input `[..., inputs]`, output `[..., outputs]`.
    /// - Parameters:
    ///   - groups: `[groups, outputs]`, added to each of as many of the input's rows, one group after the other.
    ///   - norm: before or behind the activation, as `placement` says; nil for none.
    public func callAsFunction(
        _ input: Tensor, adding groups: Tensor? = nil, activation: Activation? = nil, norm: LayerNorm? = nil,
        _ placement: LayerNormPlacement = .none
    ) throws(TensorError) -> Tensor {
        try input.layer(
            weight: weight, bias: bias, adding: groups, activation: activation,
            norm: norm.map { ($0.weight, $0.bias) }, placement)
    }

    public var parameters: [(name: String, tensor: Tensor)] { [("weight", weight), ("bias", bias)] }
}

extension ctorch_affine {
    /// Null where there is no layer.
    init(_ layer: Linear?) {
        self.init(weight: layer?.weight.handle, bias: layer?.bias.handle)
    }

    init(_ layer: LayerNorm?) {
        self.init(weight: layer?.weight.handle, bias: layer?.bias.handle)
    }
}
