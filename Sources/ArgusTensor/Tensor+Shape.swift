import CTorch

extension Tensor {
    /// The same elements in another shape; one size may be -1. A view where possible.
    public func reshaped(to shape: [Int]) throws(TensorError) -> Tensor {
        try produce { tensor, output in shape.withInt64 { ctorch_reshape(tensor, $0, $1, output) } }
    }

    /// A view that repeats axes of size 1; -1 keeps a size.
    public func expanded(to shape: [Int]) throws(TensorError) -> Tensor {
        try produce { tensor, output in shape.withInt64 { ctorch_expand(tensor, $0, $1, output) } }
    }

    /// A view with the axes in another order.
    public func permuted(_ axes: [Int]) throws(TensorError) -> Tensor {
        try produce { tensor, output in axes.withInt64 { ctorch_permute(tensor, $0, $1, output) } }
    }

    /// A view with two axes exchanged.
    public func transposed(_ first: Int = -2, _ second: Int = -1) throws(TensorError) -> Tensor {
        try produce { ctorch_transpose($0, Int64(first), Int64(second), $1) }
    }

    /// A view with a new axis of size 1 at `axis`.
    public func unsqueezed(_ axis: Int) throws(TensorError) -> Tensor {
        try produce { ctorch_unsqueeze($0, Int64(axis), $1) }
    }

    /// A view without `axis` if its size is 1, else the tensor as it is.
    public func squeezed(_ axis: Int) throws(TensorError) -> Tensor {
        try produce { ctorch_squeeze($0, Int64(axis), $1) }
    }

    /// A view of `count` entries from `start` along `axis`.
    public func narrowed(axis: Int, from start: Int, count: Int) throws(TensorError) -> Tensor {
        try produce { ctorch_narrow($0, Int64(axis), Int64(start), Int64(count), $1) }
    }

    /// A view of one entry along `axis`, which disappears.
    public func selected(axis: Int, index: Int) throws(TensorError) -> Tensor {
        try produce { ctorch_select($0, Int64(axis), Int64(index), $1) }
    }

    /// A copy of the entries `indices` (an int64 vector) along `axis`.
    public func gatheredRows(_ indices: Tensor, axis: Int = 0) throws(TensorError) -> Tensor {
        try produce(with: indices) { ctorch_index_select($0, Int64(axis), $1, $2) }
    }

    /// `result[i][j] = self[i][indices[i][j]]` for axis 1, and alike for others. `indices` is int64.
    public func gathered(axis: Int, indices: Tensor) throws(TensorError) -> Tensor {
        try produce(with: indices) { ctorch_gather($0, Int64(axis), $1, $2) }
    }

    /// Joins tensors of one shape along a new axis.
    public static func stack(_ tensors: [Tensor], axis: Int = 0) throws(TensorError) -> Tensor {
        try make { output in withHandles(tensors) { ctorch_stack($0, $1, Int64(axis), output) } }
    }

    /// Joins tensors along an existing axis.
    public static func concatenate(_ tensors: [Tensor], axis: Int = 0) throws(TensorError) -> Tensor {
        try make { output in withHandles(tensors) { ctorch_concatenate($0, $1, Int64(axis), output) } }
    }

    /// The tensor row-major without gaps; itself if it is so already.
    public func contiguous() throws(TensorError) -> Tensor { try produce(ctorch_contiguous) }

    /// A copy with memory of its own, through which gradients flow.
    public func cloned() throws(TensorError) -> Tensor { try produce(ctorch_clone) }

    /// The same memory, cut off from the gradient graph.
    public func detached() throws(TensorError) -> Tensor { try produce(ctorch_detach) }

    /// The tensor on another device; itself if it is there already.
    public func to(_ device: Device) throws(TensorError) -> Tensor {
        try produce { tensor, output in device.withName { ctorch_to_device(tensor, $0, output) } }
    }

    /// The tensor with elements converted; itself if they have that type already.
    public func to(_ type: ScalarType) throws(TensorError) -> Tensor {
        try produce { ctorch_to_dtype($0, type.code, $1) }
    }
}
