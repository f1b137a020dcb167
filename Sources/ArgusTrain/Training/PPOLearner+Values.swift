import ArgusHost
import ArgusTensor

/// What the critic sees, and its values of a rollout.
extension PPOLearner {
    /// The critic's input: [rows, agents · input] and native states [rows, state] to [rows · value rows, critic input].
    func criticInputs(_ inputs: Tensor, _ states: Tensor?, rows: Int) throws -> Tensor {
        if view == .local { return try inputs.reshaped(to: [rows * agents, encoding.inputSize]) }
        let state = states ?? inputs
        guard valueRows > 1 else { return state }
        let size = state.shape[1]
        let ids = (0..<agents * agents).map { Float($0 / agents == $0 % agents ? 1 : 0) }
        let each = try state.unsqueezed(1).expanded(to: [rows, agents, size])
        let who = try Tensor(ids, shape: [1, agents, agents]).expanded(to: [rows, agents, agents])
        return try Tensor.concatenate([each, who], axis: 2).reshaped(to: [rows * agents, size + agents])
    }

    /// Inputs of steps `range` as [rows, agents · input], rows = steps · copies; borrowed memory.
    func inputs(_ range: Range<Int>) throws -> Tensor {
        let width = agents * encoding.inputSize
        return try Tensor.borrowing(
            storage.inputs.pointer + range.lowerBound * copies * width, shape: [range.count * copies, width],
            type: .float32)
    }

    func states(_ range: Range<Int>) throws -> Tensor? {
        guard storage.stateSize > 0 else { return nil }
        return try Tensor.borrowing(
            storage.states.pointer + range.lowerBound * copies * storage.stateSize,
            shape: [range.count * copies, storage.stateSize], type: .float32)
    }

    /// Recurrent: values of the live rows, moving the critic's memory on.
    func valueStep(_ step: Int) throws {
        let range = step..<step + 1
        let input = try criticInputs(inputs(range), states(range), rows: copies)
        let (output, hidden) = try critic.step(
            input, hidden: criticHidden, starts: starts(step, rowsPerCopy: valueRows))
        criticHidden = hidden
        try copy(output, to: values, at: step * copies * valueRows, count: copies * valueRows)
    }

    /// Recurrent: values of final rows need the memory of their own episode, which is at hand only now.
    func valueFinals(from step: Int) throws {
        let first = storage.finalPlaces.firstIndex { $0 >= step * copies } ?? storage.finalPlaces.count
        for index in first..<storage.finalPlaces.count {
            let place = storage.finalPlaces[index]
            let rows = (place - step * copies) * valueRows
            let memory = try criticHidden.narrowed(axis: 0, from: rows, count: valueRows)
            let output = try critic.step(
                finalCriticInputs(index..<index + 1), hidden: memory, starts: Tensor.zeros([valueRows, 1])
            ).outputs
            try copy(output, to: finalValues, at: place * valueRows, count: valueRows)
        }
    }

    func finalCriticInputs(_ range: Range<Int>) throws -> Tensor {
        let width = agents * encoding.inputSize
        let inputs = try Tensor(
            Array(storage.finalInputs[range.lowerBound * width..<range.upperBound * width]),
            shape: [range.count, width])
        var states: Tensor?
        if storage.stateSize > 0 {
            let size = storage.stateSize
            states = try Tensor(
                Array(storage.finalStates[range.lowerBound * size..<range.upperBound * size]),
                shape: [range.count, size])
        }
        return try criticInputs(inputs, states, rows: range.count)
    }

    /// Values of all stored rows and of the final rows of truncated episodes, in units of return.
    func evaluateValues() throws {
        if configuration.recurrent {
            // The rows after the last step: the memory must not move on, they are the next rollout's first.
            let memory = criticHidden
            try valueStep(steps)
            criticHidden = memory
        } else {
            // A few steps at a time, so that activations stay in cache.
            let chunk = max(1, 4096 / (copies * valueRows))
            for first in stride(from: 0, through: steps, by: chunk) {
                let range = first..<min(first + chunk, steps + 1)
                let output = try critic(criticInputs(inputs(range), states(range), rows: range.count * copies))
                try copy(
                    output, to: values, at: first * copies * valueRows, count: range.count * copies * valueRows)
            }
            if !storage.finalPlaces.isEmpty {
                let output = try critic(finalCriticInputs(0..<storage.finalPlaces.count)).values()
                for (index, place) in storage.finalPlaces.enumerated() {
                    for row in 0..<valueRows {
                        finalValues.pointer[place * valueRows + row] = output[index * valueRows + row]
                    }
                }
            }
        }
        let center = Float(normalizer.center)
        let deviation = Float(normalizer.deviation)
        guard configuration.normalizeValues else { return }
        for index in 0..<values.count { values.pointer[index] = values.pointer[index] * deviation + center }
        for place in storage.finalPlaces {
            for row in place * valueRows..<(place + 1) * valueRows {
                finalValues.pointer[row] = finalValues.pointer[row] * deviation + center
            }
        }
    }

    func copy(_ tensor: Tensor, to buffer: AlignedBuffer<Float>, at first: Int, count: Int) throws {
        try tensor.copy(to: UnsafeMutableBufferPointer(start: buffer.pointer + first, count: count))
    }
}
