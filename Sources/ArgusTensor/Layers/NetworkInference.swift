import CTorch

/// A whole network that acts: one step without gradients, in one call into memory that exists already.
///
/// Things of one kind, if any, then `body`, `cell`, `head`, and the outputs about things; what does not make the outputs
/// is followed by its activation.
public struct NetworkInference {
    private let entities: EntityInference?
    private let body: MultilayerPerceptron?
    private let cell: GatedRecurrentCell?
    private let head: MultilayerPerceptron?

    /// - Parameter head: behind a cell; without one, all of a feed-forward network, or what is between its layers for
    ///   things, is `body`.
    public init(
        entities: EntityInference? = nil, body: MultilayerPerceptron?, cell: GatedRecurrentCell? = nil,
        head: MultilayerPerceptron? = nil
    ) {
        self.entities = entities
        self.body = body
        self.cell = cell
        self.head = head
    }

    /// - Parameters:
    ///   - input: `[rows, inputs]`; may be borrowed from the environments' buffer.
    ///   - first, stride: the rows of all but `starts` that the network sees, moves on and answers: `first`,
    ///     `first + stride` and so on, as many for each `first` below `stride`.
    ///   - starts: `[groups, 1]`: 1 where the memory of a group of these rows, as many in each, is forgotten first; else 0.
    ///   - hidden: `[rows, hidden]`, the memory, which moves on; read only by a network with a cell, as `starts` is.
    ///   - output: `[rows, outputs]`, which is overwritten; may be borrowed too.
    public func step(
        _ input: Tensor, first: Int = 0, stride: Int = 1, starts: Tensor, hidden: Tensor, into output: Tensor
    ) throws(TensorError) {
        try TensorError.check(
            withExtendedLifetime((self, input, starts, hidden, output)) {
                withHandles { network in
                    ctorch_network_step(
                        network, Int64(first), Int64(stride), input.handle, starts.handle, hidden.handle, output.handle)
                }
            })
    }

    private func withHandles(_ call: (UnsafePointer<ctorch_network>) -> Int32) -> Int32 {
        entities.withHandles { entities in
            body.withHandles { body in
                head.withHandles { head in
                    guard let cell else {
                        var network = ctorch_network(entities: entities, body: body, unit: nil, head: head)
                        return call(&network)
                    }
                    var unit = ctorch_gated_unit(
                        input_weight: cell.inputWeight.handle, hidden_weight: cell.hiddenWeight.handle,
                        input_bias: cell.inputBias.handle, hidden_bias: cell.hiddenBias.handle)
                    return withUnsafePointer(to: &unit) { unit in
                        var network = ctorch_network(entities: entities, body: body, unit: unit, head: head)
                        return call(&network)
                    }
                }
            }
        }
    }
}

/// A part of a network that the shim takes as a `Part`.
protocol InferenceLayer {
    associatedtype Part

    /// Lends the part for one call.
    func withHandles(_ body: (UnsafePointer<Part>) -> Int32) -> Int32
}

extension Optional where Wrapped: InferenceLayer {
    /// Lends null where there is no such part.
    fileprivate func withHandles(_ body: (UnsafePointer<Wrapped.Part>?) -> Int32) -> Int32 {
        guard let self else { return body(nil) }
        return self.withHandles { body($0) }
    }
}
