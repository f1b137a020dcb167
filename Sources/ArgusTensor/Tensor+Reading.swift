import CTorch

extension Tensor {
    /// The value of a tensor with one element. Waits for the device.
    public func item() throws(TensorError) -> Double {
        var result = 0.0
        try TensorError.check(withExtendedLifetime(self) { ctorch_item(handle, &result) })
        return result
    }

    /// All elements, row-major, converted to `type`.
    public func values<Element: TensorElement>(as type: Element.Type = Float.self) throws(TensorError) -> [Element] {
        let count = self.count
        var status: Int32 = 0
        let result = [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            // The array may have reserved more than was asked for.
            let exact = UnsafeMutableBufferPointer(start: buffer.baseAddress, count: count)
            status = read(as: Element.scalarType, into: UnsafeMutableRawBufferPointer(exact))
            initialized = status == 0 ? count : 0
        }
        try TensorError.check(status)
        return result
    }

    /// Copies all elements, row-major, converted to the destination's type. Throws unless the destination holds
    /// exactly as many elements as the tensor.
    public func copy<Element: TensorElement>(
        to destination: UnsafeMutableBufferPointer<Element>
    ) throws(TensorError) {
        try TensorError.check(read(as: Element.scalarType, into: UnsafeMutableRawBufferPointer(destination)))
    }

    /// The elements' bytes, row-major, in the machine's byte order.
    func bytes() throws(TensorError) -> [UInt8] {
        let count = self.count * scalarType.size
        var status: Int32 = 0
        let result = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let exact = UnsafeMutableBufferPointer(start: buffer.baseAddress, count: count)
            status = read(as: scalarType, into: UnsafeMutableRawBufferPointer(exact))
            initialized = status == 0 ? count : 0
        }
        try TensorError.check(status)
        return result
    }

    private func read(as type: ScalarType, into destination: UnsafeMutableRawBufferPointer) -> Int32 {
        withExtendedLifetime(self) { ctorch_read(handle, type.code, destination.baseAddress, destination.count) }
    }

    /// Whether no element is infinite or not a number.
    public func isAllFinite() throws(TensorError) -> Bool {
        var result = false
        try TensorError.check(withExtendedLifetime(self) { ctorch_all_finite(handle, &result) })
        return result
    }
}
