import CTorch

extension Tensor {
    /// Matrix product; leading axes are a batch and broadcast.
    public func matmul(_ other: Tensor) throws(TensorError) -> Tensor {
        try produce(with: other, ctorch_matmul)
    }

    /// `self [..., in] x weight [out, in] transposed + bias [out]`.
    public func linear(weight: Tensor, bias: Tensor? = nil) throws(TensorError) -> Tensor {
        try produce(with: weight) { input, weight, output in
            withExtendedLifetime(bias) { ctorch_linear(input, weight, bias?.handle, output) }
        }
    }

    /// A layer of a network as one operation: ``linear(weight:bias:)``, then an activation and a layer normalisation.
    /// - Parameters:
    ///   - groups: `[groups, out]`, added to each of as many rows, one group after the other, before the activation.
    ///   - norm: as ``layerNorm(weight:bias:epsilon:)`` takes it, before or behind the activation, as `placement` says.
    public func layer(
        weight: Tensor, bias: Tensor, adding groups: Tensor? = nil, activation: Activation? = nil,
        norm: (weight: Tensor, bias: Tensor)? = nil, _ placement: LayerNormPlacement = .none
    ) throws(TensorError) -> Tensor {
        guard norm == nil || placement != .none else {
            throw TensorError(code: .invalidArgument, message: "layer: a norm without a place")
        }
        var layer = ctorch_layer(
            linear: ctorch_affine(weight: weight.handle, bias: bias.handle),
            scale: ctorch_affine(weight: norm?.weight.handle, bias: norm?.bias.handle), activates: activation != nil,
            activation: (activation ?? .relu).code, norm: norm == nil ? CTORCH_NO_NORM : placement.code,
            epsilon: LayerNorm.epsilon)
        return try produce { input, output in
            withExtendedLifetime((weight, bias, groups, norm)) {
                ctorch_layer_forward(&layer, input, groups?.handle, output)
            }
        }
    }

    /// Normalises the last axis to mean 0 and variance 1, then scales and shifts (Ba, Kiros & Hinton 2016).
    public func layerNorm(
        weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double = 1e-5
    ) throws(TensorError) -> Tensor {
        try produce { input, output in
            withExtendedLifetime((weight, bias)) {
                ctorch_layer_norm(input, weight?.handle, bias?.handle, epsilon, output)
            }
        }
    }

    /// What several things make, whatever their order: for things `[rows, count, size]` the sums over things
    /// `pᵢ = Σₖ softmaxₖ(Sᵢ·eₖ) eₖᵢ` of each part i of their components, `[rows, size]`.
    /// - Parameter score: S, `[parts, size]`; the size is a multiple of the parts.
    public func attentionPooled(score: Tensor) throws(TensorError) -> Tensor {
        try produce(with: score, ctorch_attention_pooling)
    }

    public func softmax(axis: Int = -1) throws(TensorError) -> Tensor {
        try produce { ctorch_softmax($0, Int64(axis), $1) }
    }

    public func logSoftmax(axis: Int = -1) throws(TensorError) -> Tensor {
        try produce { ctorch_log_softmax($0, Int64(axis), $1) }
    }

    /// Elementwise Huber loss: `d²/2` for `|d| <= delta`, else `delta (|d| - delta/2)`.
    public func huberLoss(to target: Tensor, delta: Double) throws(TensorError) -> Tensor {
        try produce(with: target) { ctorch_huber_loss($0, $1, delta, $2) }
    }

    /// Elementwise squared error.
    public func squaredError(to target: Tensor) throws(TensorError) -> Tensor { try (self - target).square() }

    /// One step of a gated recurrent unit (Cho et al. 2014) with this tensor as input.
    ///
    /// With gates `r, z, n` in this order along the first axis of weights and biases:
    /// `r = σ(Wr x + br + Ur h + cr)`, `z = σ(Wz x + bz + Uz h + cz)`, `n = tanh(Wn x + bn + r (Un h + cn))`,
    /// `h' = (1 - z) n + z h`.
    /// - Parameters:
    ///   - hidden: `[batch, h]`.
    ///   - inputWeight: `[3h, in]`.
    ///   - hiddenWeight: `[3h, h]`.
    ///   - inputBias: `[3h]`.
    ///   - hiddenBias: `[3h]`.
    /// - Returns: the next hidden state, `[batch, h]`.
    public func gatedRecurrentStep(
        hidden: Tensor, inputWeight: Tensor, hiddenWeight: Tensor, inputBias: Tensor, hiddenBias: Tensor
    ) throws(TensorError) -> Tensor {
        try produce(with: hidden) { input, hidden, output in
            withExtendedLifetime((inputWeight, hiddenWeight, inputBias, hiddenBias)) {
                ctorch_gru_cell(
                    input, hidden, inputWeight.handle, hiddenWeight.handle, inputBias.handle, hiddenBias.handle, output)
            }
        }
    }

    /// ``gatedRecurrentStep(hidden:inputWeight:hiddenWeight:inputBias:hiddenBias:)`` for every step of a sequence, as one
    /// operation; all of float32.
    /// - Parameters:
    ///   - hidden: `[rows, h]`, before the first step.
    ///   - keeps: `[steps, rows, 1]`: what the memory is multiplied by before each step, 0 where an episode begins.
    /// - Returns: for an input `[steps, rows, in]` the memory after each step, `[steps, rows, h]`.
    public func gatedRecurrentSequence(
        hidden: Tensor, keeps: Tensor, inputWeight: Tensor, hiddenWeight: Tensor, inputBias: Tensor, hiddenBias: Tensor
    ) throws(TensorError) -> Tensor {
        try produce(with: hidden) { input, hidden, output in
            withExtendedLifetime((keeps, inputWeight, hiddenWeight, inputBias, hiddenBias)) {
                ctorch_gru_sequence(
                    input, hidden, keeps.handle, inputWeight.handle, hiddenWeight.handle, inputBias.handle,
                    hiddenBias.handle, output)
            }
        }
    }
}
