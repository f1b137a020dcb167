/// A gated recurrent unit (Cho et al. 2014) whose memory can be reset where episodes end.
public struct GatedRecurrentCell: Layer {
    /// `[3 x hidden, inputs]`, gates in the order reset, update, new.
    public let inputWeight: Tensor
    /// `[3 x hidden, hidden]`.
    public let hiddenWeight: Tensor
    /// `[3 x hidden]`, zero at first.
    public let inputBias: Tensor
    /// `[3 x hidden]`, zero at first.
    public let hiddenBias: Tensor
    public let hiddenSize: Int

    /// Initial weights are orthogonal with gain 1, each gate's block on its own.
    public init(
        inputs: Int, hidden: Int, using generator: inout some RandomNumberGenerator
    ) throws(TensorError) {
        hiddenSize = hidden
        inputWeight = try Self.gateWeights(rows: hidden, columns: inputs, using: &generator)
        hiddenWeight = try Self.gateWeights(rows: hidden, columns: hidden, using: &generator)
        inputBias = try Tensor.zeros([3 * hidden]).requiringGradient()
        hiddenBias = try Tensor.zeros([3 * hidden]).requiringGradient()
    }

    private static func gateWeights(
        rows: Int, columns: Int, using generator: inout some RandomNumberGenerator
    ) throws(TensorError) -> Tensor {
        var gates: [Tensor] = []
        for _ in 0..<3 {
            gates.append(try Tensor.orthogonal(rows: rows, columns: columns, gain: 1, using: &generator))
        }
        return try Tensor.concatenate(gates).requiringGradient()
    }

    /// Input `[batch, inputs]`, hidden and result `[batch, hidden]`.
    public func callAsFunction(_ input: Tensor, hidden: Tensor) throws(TensorError) -> Tensor {
        try input.gatedRecurrentStep(
            hidden: hidden, inputWeight: inputWeight, hiddenWeight: hiddenWeight, inputBias: inputBias,
            hiddenBias: hiddenBias)
    }

    /// A whole sequence as one operation. Input `[steps, rows, inputs]`, hidden before the first step `[rows, hidden]`,
    /// keeps `[steps, rows, 1]`: 0 where an episode begins and memory is zero, else 1.
    /// - Returns: the memory after each step, `[steps, rows, hidden]`.
    public func sequence(_ input: Tensor, hidden: Tensor, keeps: Tensor) throws(TensorError) -> Tensor {
        try input.gatedRecurrentSequence(
            hidden: hidden, keeps: keeps, inputWeight: inputWeight, hiddenWeight: hiddenWeight, inputBias: inputBias,
            hiddenBias: hiddenBias)
    }

    public var parameters: [(name: String, tensor: Tensor)] {
        [
            ("input_weight", inputWeight), ("hidden_weight", hiddenWeight), ("input_bias", inputBias),
            ("hidden_bias", hiddenBias),
        ]
    }
}
