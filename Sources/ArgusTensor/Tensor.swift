import CTorch

/// A reference to a libtorch tensor: an array of numbers with a shape, an element type and a device.
///
/// Operations return new tensors; those that end in `InPlace` change the tensor. Views (``reshaped(to:)``,
/// ``narrowed(axis:from:count:)``, ...) share memory with their origin. An axis counts from 0, or from the end if
/// negative. A tensor belongs to one thread at a time, which is why it is not `Sendable`.
public final class Tensor {
    let handle: OpaquePointer

    /// Takes over a handle that the shim has just made.
    init(owning handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        ctorch_release(handle)
    }
}

extension Tensor {
    private var information: ctorch_description {
        var result = ctorch_description()
        // Cannot fail: the handle is not null.
        _ = withExtendedLifetime(self) { ctorch_describe(handle, &result) }
        return result
    }

    /// Sizes, outermost first; empty for a scalar.
    public var shape: [Int] {
        let information = self.information
        return withUnsafeBytes(of: information.shape) { bytes in
            bytes.bindMemory(to: Int64.self).prefix(Int(information.rank)).map { Int($0) }
        }
    }

    /// Number of axes.
    public var rank: Int { Int(information.rank) }

    /// Number of elements.
    public var count: Int { Int(information.count) }

    public var scalarType: ScalarType { ScalarType(rawValue: information.dtype.rawValue) ?? .float32 }

    /// Whether the elements lie row-major without gaps.
    public var isContiguous: Bool { information.is_contiguous }

    public var device: Device {
        if information.is_cpu { return .cpu }
        var name = [CChar](repeating: 0, count: 32)
        _ = withExtendedLifetime(self) { ctorch_device_name(handle, &name, name.count) }
        return Device(String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
}

// MARK: Calling the shim

typealias Handle = OpaquePointer
typealias HandleOutput = UnsafeMutablePointer<OpaquePointer?>

extension Tensor {
    /// Makes a handle from a call that fills it in.
    static func makeHandle(_ call: (HandleOutput) -> Int32) throws(TensorError) -> Handle {
        var output: OpaquePointer?
        let status = call(&output)
        guard status == 0, let output else { throw TensorError.latest(status: status) }
        return output
    }

    /// Makes a tensor from a call that fills its handle in.
    static func make(_ call: (HandleOutput) -> Int32) throws(TensorError) -> Tensor {
        Tensor(owning: try makeHandle(call))
    }

    /// A result of this tensor, which lives until the call is over.
    func produce(_ call: (Handle, HandleOutput) -> Int32) throws(TensorError) -> Tensor {
        try Tensor.make { output in withExtendedLifetime(self) { call(handle, output) } }
    }

    /// A result of this tensor and another one.
    func produce(
        with other: Tensor, _ call: (Handle, Handle, HandleOutput) -> Int32
    ) throws(TensorError) -> Tensor {
        try Tensor.make { output in withExtendedLifetime((self, other)) { call(handle, other.handle, output) } }
    }

    /// Lends the handles of a list for one call.
    static func withHandles<Result>(
        _ tensors: [Tensor], _ body: (UnsafePointer<OpaquePointer?>?, Int32) -> Result
    ) -> Result {
        let handles: [OpaquePointer?] = tensors.map(\.handle)
        return withExtendedLifetime(tensors) {
            handles.withUnsafeBufferPointer { body($0.baseAddress, Int32(clamping: $0.count)) }
        }
    }
}

extension [Int] {
    /// Lends sizes or axes to the shim, which wants 64-bit numbers.
    func withInt64<Result>(_ body: (UnsafePointer<Int64>?, Int32) -> Result) -> Result {
        withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: Int64.self) { body($0.baseAddress, Int32(clamping: $0.count)) }
        }
    }
}
