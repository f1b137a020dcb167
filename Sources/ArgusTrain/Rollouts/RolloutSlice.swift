import ArgusHost
import ArgusTensor

/// Rows of a rollout gathered for a minibatch: (step, copy) pairs in any order or, for recurrent networks, whole
/// rollouts of some copies.
struct RolloutSlice {
    /// Which pairs, or which copies.
    let indices: Tensor
    let count: Int
    /// (step, copy) pairs in it.
    let rows: Int
    /// [rows, agents · input]
    let inputs: Tensor
    /// [rows, state], native; nil when the inputs are the state.
    let states: Tensor?
    /// [steps, copies, 1] of a recurrent slice.
    let starts: Tensor?
}

extension RolloutPlayer {
    /// - Parameter units: pairs as step · copies + copy, or copies; borrowed as long as the slice is used.
    func slice(_ units: UnsafeMutableBufferPointer<Int64>) throws -> RolloutSlice {
        guard let pointer = units.baseAddress else {
            throw TensorError(code: .invalidArgument, message: "slice: found no rows, expected at least one")
        }
        return try slice(Tensor.borrowing(pointer, shape: [units.count], type: .int64), count: units.count)
    }

    private func slice(_ indices: Tensor, count: Int) throws -> RolloutSlice {
        let rows = isRecurrent ? steps * count : count
        return RolloutSlice(
            indices: indices, count: count, rows: rows,
            inputs: try gathered(storage.inputs, .float32, width: agents * encoding.inputSize, indices, rows),
            states: storage.stateSize > 0
                ? try gathered(storage.states, .float32, width: storage.stateSize, indices, rows) : nil,
            starts: isRecurrent
                ? try stored(storage.starts, .float32, width: 1).gatheredRows(indices, axis: 1) : nil)
    }

    /// All of the rollout.
    func wholeSlice() throws -> RolloutSlice {
        try slice(Tensor((0..<Int64(sliceUnits)).map { $0 }), count: sliceUnits)
    }

    /// The slice's part of something that is stored for every (step, copy), as [rows, width].
    func gathered<Element>(
        _ buffer: AlignedBuffer<Element>, _ type: ScalarType, width: Int, _ indices: Tensor, _ rows: Int
    ) throws -> Tensor {
        try stored(buffer, type, width: width).gatheredRows(indices, axis: isRecurrent ? 1 : 0)
            .reshaped(to: [rows, width])
    }

    private func stored<Element>(_ buffer: AlignedBuffer<Element>, _ type: ScalarType, width: Int) throws -> Tensor {
        let shape = isRecurrent ? [steps, copies, width] : [steps * copies, width]
        return try Tensor.borrowing(buffer.pointer, shape: shape, type: type)
    }

    /// A network's outputs of the slice, from the memory that the rollout began with.
    ///
    /// - Parameters: `inputs`: [rows · perCopy, input]; `hidden`: [copy · perCopy, hidden] of all copies.
    func outputs(
        _ network: TeamNetwork, _ inputs: Tensor, hidden: Tensor, of slice: RolloutSlice
    ) throws -> Tensor {
        guard let starts = slice.starts, network.shape.recurrent else { return try network(inputs) }
        let perCopy = inputs.shape[0] / slice.rows
        let rows = slice.count * perCopy
        let size = hidden.shape[1]
        let memory = try hidden.reshaped(to: [copies, perCopy, size]).gatheredRows(slice.indices)
            .reshaped(to: [rows, size])
        return try network.sequence(
            inputs.reshaped(to: [steps, rows, network.shape.inputs]), hidden: memory,
            starts: starts.expanded(to: [steps, slice.count, perCopy]).reshaped(to: [steps, rows, 1])
        ).outputs
    }

    /// The actor's outputs of the slice: [rows · agents, outputs].
    func actorOutputs(of slice: RolloutSlice) throws -> Tensor {
        try outputs(
            actor.network, slice.inputs.reshaped(to: [slice.rows * agents, encoding.inputSize]), hidden: firstHidden,
            of: slice)
    }

    /// What was decided in the slice: [rows · agents, heads], int64, or u [rows · agents, components].
    func decisions(of slice: RolloutSlice) throws -> Tensor {
        let rule = actor.rule
        if rule.heads.isEmpty {
            return try gathered(storage.deviates, .float32, width: agents * rule.outputs, slice.indices, slice.rows)
                .reshaped(to: [slice.rows * agents, rule.outputs])
        }
        return try gathered(storage.choices, .int64, width: agents * rule.heads.count, slice.indices, slice.rows)
            .reshaped(to: [slice.rows * agents, rule.heads.count])
    }

    /// [rows · agents, choices], uint8; nil when every choice is legal.
    func legal(of slice: RolloutSlice) throws -> Tensor? {
        guard usesMasks else { return nil }
        return try gathered(storage.legal, .uint8, width: agents * storage.legalSize, slice.indices, slice.rows)
            .reshaped(to: [slice.rows * agents, storage.legalSize])
    }

    /// The slice's part of a number for every agent, or of `perCopy` for every copy: [rows · perCopy].
    func numbers(_ buffer: AlignedBuffer<Float>, perCopy: Int, of slice: RolloutSlice) throws -> Tensor {
        try gathered(buffer, .float32, width: perCopy, slice.indices, slice.rows).reshaped(to: [slice.rows * perCopy])
    }
}
