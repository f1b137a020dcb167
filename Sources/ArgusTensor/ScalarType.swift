import CTorch

/// The type of a tensor's elements.
public enum ScalarType: UInt32, Sendable, Hashable, CaseIterable {
    case float32 = 0
    case float64 = 1
    case int64 = 2
    case int32 = 3
    case uint8 = 4
    case bool = 5
    case float16 = 6
    case bfloat16 = 7

    /// Bytes of one element.
    public var size: Int {
        switch self {
        case .float32, .int32: 4
        case .float64, .int64: 8
        case .float16, .bfloat16: 2
        case .uint8, .bool: 1
        }
    }

    var code: ctorch_dtype { ctorch_dtype(rawValue: rawValue) }
}

/// A Swift type whose values tensors can be made of, and read as.
public protocol TensorElement: BitwiseCopyable, Sendable {
    static var scalarType: ScalarType { get }
}

extension Float: TensorElement {
    public static var scalarType: ScalarType { .float32 }
}

extension Double: TensorElement {
    public static var scalarType: ScalarType { .float64 }
}

extension Int64: TensorElement {
    public static var scalarType: ScalarType { .int64 }
}

extension Int: TensorElement {
    public static var scalarType: ScalarType { .int64 }
}

extension Int32: TensorElement {
    public static var scalarType: ScalarType { .int32 }
}

extension UInt8: TensorElement {
    public static var scalarType: ScalarType { .uint8 }
}
