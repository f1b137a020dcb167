import CTorch

/// Categorical distributions over actions, one a row.
public enum Categorical {
    /// The log-probability of one action a row, and each row's entropy, both differentiable, in one pass.
    ///
    /// - Parameters:
    ///   - logits: `[rows, actions]`; unnormalised.
    ///   - legal: `[rows, actions]`, uint8 or bool; nil if everything is legal. What is 0 has probability 0.
    ///   - actions: `[rows]`, int64.
    /// - Returns: both `[rows]`. The entropy is in nats. An illegal action has log-probability -1e10; a row without
    ///   any legal action (padding) gives 0 for both and no gradient.
    public static func evaluate(
        logits: Tensor, legal: Tensor? = nil, actions: Tensor
    ) throws(TensorError) -> (logProbability: Tensor, entropy: Tensor) {
        var logProbability: OpaquePointer?
        var entropy: OpaquePointer?
        let status = withExtendedLifetime((logits, legal, actions)) {
            ctorch_categorical(logits.handle, legal?.handle, actions.handle, &logProbability, &entropy)
        }
        guard status == 0, let logProbability, let entropy else { throw TensorError.latest(status: status) }
        return (Tensor(owning: logProbability), Tensor(owning: entropy))
    }
}
