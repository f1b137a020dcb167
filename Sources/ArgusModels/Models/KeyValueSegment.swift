import ArgusTensor

/// The keys and values of consecutive tokens in every layer. Several sequences may go on from one segment.
final class KeyValueSegment {
    /// Of each layer `[capacity, key-value heads, head size]`, of which the first ``count`` rows are there.
    private let keys: [Tensor]
    private let values: [Tensor]
    private(set) var count = 0
    let capacity: Int

    init(_ configuration: DecoderConfiguration, capacity: Int) throws(TensorError) {
        self.capacity = capacity
        var keys: [Tensor] = []
        var values: [Tensor] = []
        for _ in 0..<configuration.layers {
            let shape = [capacity, configuration.keyValueHeads, configuration.headSize]
            keys.append(try Tensor.zeros(shape))
            values.append(try Tensor.zeros(shape))
        }
        self.keys = keys
        self.values = values
    }

    /// Another reference to the same memory, for another thread, which only reads.
    /// - Parameter count: rows that are there, or will be when they are read.
    init(sharing other: KeyValueSegment, count: Int) throws(TensorError) {
        capacity = other.capacity
        self.count = count
        keys = try other.keys.map { tensor throws(TensorError) in try tensor.detached() }
        values = try other.values.map { tensor throws(TensorError) in try tensor.detached() }
    }

    func keys(layer: Int) throws(TensorError) -> Tensor { try keys[layer].narrowed(axis: 0, from: 0, count: count) }

    func values(layer: Int) throws(TensorError) -> Tensor { try values[layer].narrowed(axis: 0, from: 0, count: count) }

    /// Writes one layer's rows after those that are there. They count once ``advance(by:)`` is called, after all layers.
    func write(keys newKeys: Tensor, values newValues: Tensor, layer: Int, rows: Int) throws(TensorError) {
        try keys[layer].narrowed(axis: 0, from: count, count: rows).copyInPlace(from: newKeys)
        try values[layer].narrowed(axis: 0, from: count, count: rows).copyInPlace(from: newValues)
    }

    func advance(by rows: Int) { count += rows }
}
