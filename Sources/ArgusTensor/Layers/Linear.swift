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

    /// Input `[..., inputs]`, output `[..., outputs]`.
    public func callAsFunction(_ input: Tensor) throws(TensorError) -> Tensor {
        try input.linear(weight: weight, bias: bias)
    }

    public var parameters: [(name: String, tensor: Tensor)] { [("weight", weight), ("bias", bias)] }
}
