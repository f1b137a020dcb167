/// Layer normalisation over the last axis with learned scale and shift (Ba, Kiros & Hinton 2016), which ``Linear`` applies.
public struct LayerNorm: Layer {
    /// `[size]`, one at first.
    public let weight: Tensor
    /// `[size]`, zero at first.
    public let bias: Tensor

    public init(size: Int) throws(TensorError) {
        weight = try Tensor.ones([size]).requiringGradient()
        bias = try Tensor.zeros([size]).requiringGradient()
    }

    /// Added to the variance.
    static let epsilon = 1e-5

    public var parameters: [(name: String, tensor: Tensor)] { [("weight", weight), ("bias", bias)] }
}
