import CTorch

extension Tensor {
    /// Whether gradients are recorded through this tensor.
    public var requiresGradient: Bool {
        var description = ctorch_description()
        _ = withExtendedLifetime(self) { ctorch_describe(handle, &description) }
        return description.requires_gradient
    }

    /// Declares a leaf (a parameter) whose gradient is wanted, or no longer wanted. Returns the tensor itself.
    @discardableResult
    public func requiringGradient(_ required: Bool = true) throws(TensorError) -> Tensor {
        try TensorError.check(withExtendedLifetime(self) { ctorch_set_requires_gradient(handle, required) })
        return self
    }

    /// Adds the derivative of this tensor to the gradient of every leaf that it was computed from.
    /// - Parameter gradient: the derivative with respect to this tensor; not needed if it has one element.
    public func backward(gradient: Tensor? = nil) throws(TensorError) {
        try TensorError.check(
            withExtendedLifetime((self, gradient)) { ctorch_backward(handle, gradient?.handle) })
    }

    /// The gradient that backward passes have accumulated in this leaf; nil before the first, or once cleared.
    public func gradient() throws(TensorError) -> Tensor? {
        var output: OpaquePointer?
        try TensorError.check(withExtendedLifetime(self) { ctorch_gradient(handle, &output) })
        return output.map { Tensor(owning: $0) }
    }
}

/// Runs `body` without recording gradients on this thread, and restores what was before, also when it throws.
///
/// The setting belongs to the thread, so the closure is synchronous.
public func withoutGradient<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let previous = ctorch_set_gradient_enabled(false)
    defer { _ = ctorch_set_gradient_enabled(previous) }
    return try body()
}

/// Operations over the gradients of a list of parameters, in one call each.
public enum Gradients {
    /// Drops the gradients, so that the next backward pass starts afresh.
    public static func clear(_ parameters: [Tensor]) throws(TensorError) {
        try TensorError.check(Tensor.withHandles(parameters) { ctorch_clear_gradients($0, $1) })
    }

    /// Scales all gradients alike so that their joint Euclidean norm is at most `maximum`.
    /// - Returns: the norm before scaling. If it is not finite nothing was scaled, and the step should be skipped.
    public static func clipNorm(of parameters: [Tensor], maximum: Double) throws(TensorError) -> Double {
        var norm = 0.0
        try TensorError.check(
            Tensor.withHandles(parameters) { ctorch_clip_gradient_norm($0, $1, maximum, &norm) })
        return norm
    }
}
