import CTorch

extension Tensor {
    private func apply(_ operation: ctorch_unary) throws(TensorError) -> Tensor {
        try produce { ctorch_apply_unary(operation, $0, $1) }
    }

    private func apply(_ operation: ctorch_binary, _ other: Tensor) throws(TensorError) -> Tensor {
        try produce(with: other) { ctorch_apply_binary(operation, $0, $1, $2) }
    }

    private func apply(_ operation: ctorch_binary, _ scalar: Double) throws(TensorError) -> Tensor {
        try produce { ctorch_apply_binary_scalar(operation, $0, scalar, $1) }
    }

    // MARK: Arithmetic (shapes broadcast)

    public static func + (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
        try left.apply(CTORCH_ADD, right)
    }

    public static func - (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
        try left.apply(CTORCH_SUBTRACT, right)
    }

    public static func * (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
        try left.apply(CTORCH_MULTIPLY, right)
    }

    public static func / (left: Tensor, right: Tensor) throws(TensorError) -> Tensor {
        try left.apply(CTORCH_DIVIDE, right)
    }

    public static func + (left: Tensor, right: Double) throws(TensorError) -> Tensor {
        try left.apply(CTORCH_ADD, right)
    }

    public static func - (left: Tensor, right: Double) throws(TensorError) -> Tensor {
        try left.apply(CTORCH_SUBTRACT, right)
    }

    public static func * (left: Tensor, right: Double) throws(TensorError) -> Tensor {
        try left.apply(CTORCH_MULTIPLY, right)
    }

    public static func / (left: Tensor, right: Double) throws(TensorError) -> Tensor {
        try left.apply(CTORCH_DIVIDE, right)
    }

    public static func * (left: Double, right: Tensor) throws(TensorError) -> Tensor { try right * left }

    public static prefix func - (tensor: Tensor) throws(TensorError) -> Tensor { try tensor.apply(CTORCH_NEGATE) }

    public func exp() throws(TensorError) -> Tensor { try apply(CTORCH_EXP) }
    public func log() throws(TensorError) -> Tensor { try apply(CTORCH_LOG) }
    public func square() throws(TensorError) -> Tensor { try apply(CTORCH_SQUARE) }
    public func squareRoot() throws(TensorError) -> Tensor { try apply(CTORCH_SQRT) }
    public func abs() throws(TensorError) -> Tensor { try apply(CTORCH_ABS) }

    /// Limits to `minimum ... maximum`; an infinite bound is no bound.
    public func clamped(minimum: Double = -.infinity, maximum: Double = .infinity) throws(TensorError) -> Tensor {
        try produce { ctorch_clamp($0, minimum, maximum, $1) }
    }

    /// The lesser of each pair. Where both are equal, each gets half of the gradient.
    public func minimum(_ other: Tensor) throws(TensorError) -> Tensor { try apply(CTORCH_MINIMUM, other) }

    /// The greater of each pair. Where both are equal, each gets half of the gradient.
    public func maximum(_ other: Tensor) throws(TensorError) -> Tensor { try apply(CTORCH_MAXIMUM, other) }

    // MARK: Activations

    public func relu() throws(TensorError) -> Tensor { try apply(CTORCH_RELU) }
    public func tanh() throws(TensorError) -> Tensor { try apply(CTORCH_TANH) }
    public func elu() throws(TensorError) -> Tensor { try apply(CTORCH_ELU) }
    public func sigmoid() throws(TensorError) -> Tensor { try apply(CTORCH_SIGMOID) }
    /// Gaussian error linear unit with the exact error function.
    public func gelu() throws(TensorError) -> Tensor { try apply(CTORCH_GELU) }

    // MARK: Comparisons (bool tensors)

    public func equal(to other: Tensor) throws(TensorError) -> Tensor { try apply(CTORCH_EQUAL, other) }
    public func equal(to scalar: Double) throws(TensorError) -> Tensor { try apply(CTORCH_EQUAL, scalar) }
    public func notEqual(to other: Tensor) throws(TensorError) -> Tensor { try apply(CTORCH_NOT_EQUAL, other) }
    public func notEqual(to scalar: Double) throws(TensorError) -> Tensor { try apply(CTORCH_NOT_EQUAL, scalar) }
    public func less(than other: Tensor) throws(TensorError) -> Tensor { try apply(CTORCH_LESS, other) }
    public func less(than scalar: Double) throws(TensorError) -> Tensor { try apply(CTORCH_LESS, scalar) }
    public func lessOrEqual(to other: Tensor) throws(TensorError) -> Tensor { try apply(CTORCH_LESS_EQUAL, other) }
    public func lessOrEqual(to scalar: Double) throws(TensorError) -> Tensor { try apply(CTORCH_LESS_EQUAL, scalar) }
    public func greater(than other: Tensor) throws(TensorError) -> Tensor { try apply(CTORCH_GREATER, other) }
    public func greater(than scalar: Double) throws(TensorError) -> Tensor { try apply(CTORCH_GREATER, scalar) }
    public func greaterOrEqual(to other: Tensor) throws(TensorError) -> Tensor {
        try apply(CTORCH_GREATER_EQUAL, other)
    }
    public func greaterOrEqual(to scalar: Double) throws(TensorError) -> Tensor {
        try apply(CTORCH_GREATER_EQUAL, scalar)
    }
    public func and(_ other: Tensor) throws(TensorError) -> Tensor { try apply(CTORCH_LOGICAL_AND, other) }
    public func or(_ other: Tensor) throws(TensorError) -> Tensor { try apply(CTORCH_LOGICAL_OR, other) }
    public func not() throws(TensorError) -> Tensor { try apply(CTORCH_LOGICAL_NOT) }
    public func isFinite() throws(TensorError) -> Tensor { try apply(CTORCH_IS_FINITE) }

    // MARK: Selection

    /// `condition ? left : right`, elementwise; `condition` is a bool tensor.
    public static func choose(
        _ condition: Tensor, _ left: Tensor, _ right: Tensor
    ) throws(TensorError) -> Tensor {
        try make { output in
            withExtendedLifetime((condition, left, right)) {
                ctorch_where(condition.handle, left.handle, right.handle, output)
            }
        }
    }

    /// A copy with `value` where `mask` (a bool tensor) is true.
    public func filled(where mask: Tensor, with value: Double) throws(TensorError) -> Tensor {
        try produce(with: mask) { ctorch_masked_fill($0, $1, value, $2) }
    }
}
