import ArgusHost
import ArgusTensor

/// The rows of a minibatch, gathered from the rollout.
extension PPOLearner {
    /// All stored rows of one kind as [steps · copies, width] or, for sequences, [steps, copies, width].
    func stored<Element>(
        _ buffer: AlignedBuffer<Element>, _ type: ScalarType, width: Int
    ) throws -> Tensor {
        let shape = configuration.recurrent ? [steps, copies, width] : [steps * copies, width]
        return try Tensor.borrowing(buffer.pointer, shape: shape, type: type)
    }

    var axis: Int { configuration.recurrent ? 1 : 0 }

    /// - Parameter rows: (step, copy) pairs in the minibatch.
    func minibatch(_ indices: Tensor, rows: Int) throws -> Minibatch {
        func flat(_ tensor: Tensor, _ shape: [Int]) throws -> Tensor {
            try tensor.gatheredRows(indices, axis: axis).reshaped(to: shape)
        }
        let all = rows * agents
        let allActed = weights.elements.allSatisfy { $0 == 1 }
        return Minibatch(
            actions: try flat(stored(storage.actions, .int64, width: agents * heads.count), [all, heads.count]),
            legal: usesMasks
                ? try flat(stored(storage.legal, .uint8, width: agents * storage.legalSize), [all, storage.legalSize])
                : nil,
            logProbabilities: try flat(stored(storage.logProbabilities, .float32, width: agents), [all]),
            advantages: try flat(stored(advantages, .float32, width: agents), [all]),
            weights: allActed ? nil : try flat(stored(weights, .float32, width: agents), [all]),
            returns: try flat(stored(valueReturns, .float32, width: valueRows), [rows * valueRows]),
            oldValues: try flat(stored(values, .float32, width: valueRows), [rows * valueRows]),
            valueWeights: allActed
                ? nil : try flat(stored(valueWeights, .float32, width: valueRows), [rows * valueRows]))
    }

    /// Feed-forward: rows in any order.
    func rowMinibatch(_ indices: Tensor, count: Int) throws -> (Tensor, Tensor, Minibatch) {
        let inputs = try stored(storage.inputs, .float32, width: agents * encoding.inputSize).gatheredRows(indices)
        let states =
            storage.stateSize > 0
            ? try stored(storage.states, .float32, width: storage.stateSize).gatheredRows(indices) : nil
        let logits = try actor(inputs.reshaped(to: [count * agents, encoding.inputSize]))
        let values = try critic(criticInputs(inputs, states, rows: count)).squeezed(1)
        return (logits, values, try minibatch(indices, rows: count))
    }

    /// Recurrent: whole rollouts of some copies, from the memory that they began with.
    func sequenceMinibatch(_ indices: Tensor, count: Int) throws -> (Tensor, Tensor, Minibatch) {
        let rows = steps * count
        let inputs = try stored(storage.inputs, .float32, width: agents * encoding.inputSize)
            .gatheredRows(indices, axis: 1)
        let states =
            storage.stateSize > 0
            ? try stored(storage.states, .float32, width: storage.stateSize).gatheredRows(indices, axis: 1)
                .reshaped(to: [rows, storage.stateSize]) : nil
        let starts = try stored(storage.starts, .float32, width: 1).gatheredRows(indices, axis: 1)
        func eachRow(_ perCopy: Int) throws -> Tensor {
            try starts.expanded(to: [steps, count, perCopy]).reshaped(to: [steps, count * perCopy, 1])
        }
        func hidden(_ all: Tensor, _ perCopy: Int) throws -> Tensor {
            let size = all.shape[1]
            return try all.reshaped(to: [copies, perCopy, size]).gatheredRows(indices)
                .reshaped(to: [count * perCopy, size])
        }
        let logits = try actor.sequence(
            inputs.reshaped(to: [steps, count * agents, encoding.inputSize]), hidden: hidden(firstActorHidden, agents),
            starts: eachRow(agents))
        let flat = try inputs.reshaped(to: [rows, agents * encoding.inputSize])
        let criticInput = try criticInputs(flat, states, rows: rows)
        let values = try critic.sequence(
            criticInput.reshaped(to: [steps, count * valueRows, critic.shape.inputs]),
            hidden: hidden(firstCriticHidden, valueRows), starts: eachRow(valueRows)
        ).squeezed(1)
        return (logits, values, try minibatch(indices, rows: rows))
    }
}
