/// Layer normalisation over the last axis with learned scale and shift (Ba, Kiros & Hinton 2016).
public struct LayerNorm: Layer {
    /// `[size]`, one at first.
    public let weight: Tensor
    /// `[size]`, zero at first.
    public let bias: Tensor

    public init(size: Int) throws(TensorError) {
        weight = try Tensor.ones([size]).requiringGradient()
        bias = try Tensor.zeros([size]).requiringGradient()
    }

    public func callAsFunction(_ input: Tensor) throws(TensorError) -> Tensor {
        try input.layerNorm(weight: weight, bias: bias)
    }

    public var parameters: [(name: String, tensor: Tensor)] { [("weight", weight), ("bias", bias)] }
}
