/// Zeroed, 64-byte aligned memory of the host for one tensor, freed with its owner.
public final class AlignedBuffer<Element: BitwiseCopyable> {
    public let pointer: UnsafeMutablePointer<Element>
    public let count: Int

    /// - Parameter zero: what every element begins as.
    public init(count: Int, zero: Element) {
        let bytes = max(64, count * MemoryLayout<Element>.stride)
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        pointer = memory.bindMemory(to: Element.self, capacity: max(1, count))
        pointer.initialize(repeating: zero, count: max(1, count))
        self.count = count
    }

    deinit { pointer.deallocate() }

    public var elements: UnsafeMutableBufferPointer<Element> {
        UnsafeMutableBufferPointer(start: pointer, count: count)
    }

    public subscript(index: Int) -> Element {
        @inline(__always) get {
            precondition(index >= 0 && index < count, "index out of range")
            return pointer[index]
        }
        @inline(__always) set {
            precondition(index >= 0 && index < count, "index out of range")
            pointer[index] = newValue
        }
    }
}
