/// One row of a host tensor: `count` contiguous elements of the host's memory, valid during the current call only.
///
/// Indices are checked: a plugin's wrong index traps instead of corrupting the host. Inner loops over long rows take
/// `pointer` once.
public struct Row<Element: BitwiseCopyable> {
    public let pointer: UnsafeMutablePointer<Element>
    public let count: Int

    @inlinable
    public init(_ pointer: UnsafeMutablePointer<Element>, count: Int) {
        self.pointer = pointer
        self.count = count
    }

    @inlinable
    public subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "row index out of range")
            return pointer[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count, "row index out of range")
            pointer[index] = newValue
        }
    }

    /// Sets every element to `value`.
    @inlinable
    public func fill(_ value: Element) { pointer.update(repeating: value, count: count) }
}

/// The rows of one tensor for one copy, `stride` bytes apart.
public struct Rows<Element: BitwiseCopyable> {
    public let base: UnsafeMutableRawPointer
    public let stride: Int
    public let count: Int
    public let width: Int

    /// - Parameters: `base` points at row 0; `stride` in bytes; `count` rows of `width` elements.
    @inlinable
    public init(base: UnsafeMutableRawPointer, stride: Int, count: Int, width: Int) {
        self.base = base
        self.stride = stride
        self.count = count
        self.width = width
    }

    @inlinable
    public subscript(row: Int) -> Row<Element> {
        precondition(row >= 0 && row < count, "row out of range")
        return Row((base + row * stride).assumingMemoryBound(to: Element.self), count: width)
    }

    /// The first element of a row, for tensors with one element a row.
    @inlinable
    public subscript(first row: Int) -> Element {
        get {
            precondition(row >= 0 && row < count, "row out of range")
            return (base + row * stride).assumingMemoryBound(to: Element.self).pointee
        }
        nonmutating set {
            precondition(row >= 0 && row < count, "row out of range")
            (base + row * stride).assumingMemoryBound(to: Element.self).pointee = newValue
        }
    }

    /// Sets every element of every row to `value`.
    @inlinable
    public func fill(_ value: Element) {
        for row in 0..<count { self[row].fill(value) }
    }
}
