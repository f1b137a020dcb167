import CTorch

// A parameter that requires a gradient can be changed only inside `withoutGradient`.
extension Tensor {
    private func change(_ call: (Handle) -> Int32) throws(TensorError) {
        try TensorError.check(withExtendedLifetime(self) { call(handle) })
    }

    private func change(with other: Tensor, _ call: (Handle, Handle) -> Int32) throws(TensorError) {
        try TensorError.check(withExtendedLifetime((self, other)) { call(handle, other.handle) })
    }

    /// Takes the values of `source`, which broadcasts and is converted.
    public func copyInPlace(from source: Tensor) throws(TensorError) {
        try change(with: source, ctorch_copy_in_place)
    }

    public func fillInPlace(_ value: Double) throws(TensorError) { try change { ctorch_fill_in_place($0, value) } }

    /// `self += scale * other`.
    public func addInPlace(_ other: Tensor, scale: Double = 1) throws(TensorError) {
        try change(with: other) { ctorch_add_in_place($0, $1, scale) }
    }

    public func multiplyInPlace(_ factor: Double) throws(TensorError) {
        try change { ctorch_multiply_in_place($0, factor) }
    }

    /// `self += weight * (end - self)`: a soft update of a target network, for example.
    public func lerpInPlace(to end: Tensor, weight: Double) throws(TensorError) {
        try change(with: end) { ctorch_lerp_in_place($0, $1, weight) }
    }
}
