import CTorch

// What decoder-only language models are made of. Without recorded gradients the linear layer, the norm and the
// rotation take a faster way, whose results differ in the last bits.
extension Tensor {
    /// Like ``linear(weight:bias:)`` for float32 matrices `[rows, in]`, by the fastest kernel; never with a gradient.
    public func linearForInference(weight: Tensor, bias: Tensor? = nil) throws(TensorError) -> Tensor {
        try produce(with: weight) { input, weight, output in
            withExtendedLifetime(bias) { ctorch_linear_inference(input, weight, bias?.handle, output) }
        }
    }

    /// `x / sqrt(mean(x²) + epsilon) * weight` over the last axis (Zhang & Sennrich 2019).
    public func rootMeanSquareNorm(weight: Tensor, epsilon: Double) throws(TensorError) -> Tensor {
        try produce(with: weight) { ctorch_rms_norm($0, $1, epsilon, $2) }
    }

    /// Rotary position embedding (Su et al. 2021): of this `[rows, heads, n]`, entries `i` and `i + n/2` of a head are
    /// turned as a pair by the angle whose cosine and sine stand at `[row, i]`; both are `[rows, n/2]`.
    public func rotated(cosine: Tensor, sine: Tensor) throws(TensorError) -> Tensor {
        try produce(with: cosine) { input, cosine, output in
            withExtendedLifetime(sine) { ctorch_rotary(input, cosine, sine.handle, output) }
        }
    }

    /// `silu(self) * up`, the gate of a SwiGLU layer (Shazeer 2020).
    public func gatedSilu(_ up: Tensor) throws(TensorError) -> Tensor {
        try produce(with: up, ctorch_gated_silu)
    }

    /// `softmax(scale q kᵀ + mask) v` with this tensor `[rows, heads, n]` as query, over the keys and values of all
    /// parts in their order.
    ///
    /// - Parameters:
    ///   - keys: each `[length, key heads, n]`; query head `h` looks at key head `h / (heads / key heads)`.
    ///   - values: like the keys.
    ///   - mask: `[rows, m]`, added for the latest `m` keys; nil for none.
    /// - Returns: `[rows, heads * n]`.
    public func groupedAttention(
        keys: [Tensor], values: [Tensor], mask: Tensor? = nil, scale: Double
    ) throws(TensorError) -> Tensor {
        guard keys.count == values.count else {
            throw TensorError(
                code: .invalidArgument,
                message: "attention: found \(keys.count) parts of keys and \(values.count) of values, expected as many")
        }
        return try produce { query, output in
            Tensor.withHandles(keys) { keys, parts in
                Tensor.withHandles(values) { values, _ in
                    withExtendedLifetime(mask) {
                        ctorch_grouped_attention(query, keys, values, parts, mask?.handle, scale, output)
                    }
                }
            }
        }
    }
}
