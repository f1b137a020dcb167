import CTorch

extension Tensor {
    private func reduce(_ operation: ctorch_reduction, _ axes: [Int], _ keep: Bool) throws(TensorError) -> Tensor {
        try produce { tensor, output in
            axes.withInt64 { ctorch_reduce(operation, tensor, $0, $1, keep, output) }
        }
    }

    /// The sum over `axes`, or over everything if none are named. With `keep`, reduced axes stay with size 1.
    public func sum(axes: [Int] = [], keep: Bool = false) throws(TensorError) -> Tensor {
        try reduce(CTORCH_SUM, axes, keep)
    }

    public func mean(axes: [Int] = [], keep: Bool = false) throws(TensorError) -> Tensor {
        try reduce(CTORCH_MEAN, axes, keep)
    }

    public func max(axes: [Int] = [], keep: Bool = false) throws(TensorError) -> Tensor {
        try reduce(CTORCH_MAX, axes, keep)
    }

    public func min(axes: [Int] = [], keep: Bool = false) throws(TensorError) -> Tensor {
        try reduce(CTORCH_MIN, axes, keep)
    }

    /// The variance of the population: divided by n, not n - 1.
    public func variance(axes: [Int] = [], keep: Bool = false) throws(TensorError) -> Tensor {
        try reduce(CTORCH_VARIANCE, axes, keep)
    }

    public func logSumExp(axes: [Int] = [], keep: Bool = false) throws(TensorError) -> Tensor {
        try reduce(CTORCH_LOG_SUM_EXP, axes, keep)
    }

    /// Index (int64) of the greatest entry along `axis`.
    public func argmax(axis: Int, keep: Bool = false) throws(TensorError) -> Tensor {
        try produce { ctorch_argmax($0, Int64(axis), keep, $1) }
    }
}
