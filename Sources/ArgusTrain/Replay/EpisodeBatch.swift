import ArgusHost
import ArgusTensor

/// Episodes drawn from replay, as tensors.
///
/// Without memory, rows are the episodes' steps one after the other; with it, [step, episode], padded to the longest.
/// Row `base[e] + t · stride` is step t of episode e; every episode has a row more than steps.
final class EpisodeBatch {
    let layout: EpisodeLayout
    private let encoding: InputEncoding
    private let stateScaling: BoundsScaling
    private let isSequence: Bool
    /// Agents that are out share their team's rewards, and have values of their own.
    private let outHasValue: Bool

    private(set) var steps: [Int] = []
    private(set) var base: [Int] = []
    private(set) var stride = 1
    /// Rows, padding included.
    private(set) var rows = 0
    /// Steps of the longest episode, and one.
    private(set) var sequenceLength = 0

    // [row, agent, …]; grown as need be.
    private var inputs = AlignedBuffer<Float>(count: 0, zero: 0)
    private var stateRows = AlignedBuffer<Float>(count: 0, zero: 0)
    private var legalRows = AlignedBuffer<UInt8>(count: 0, zero: 0)
    private var choiceRows = AlignedBuffer<Int64>(count: 0, zero: 0)
    private var presentRows = AlignedBuffer<Float>(count: 0, zero: 0)
    private var actingRows = AlignedBuffer<UInt8>(count: 0, zero: 0)
    /// [row, agent]: ``AgentStatus``; out in padding.
    private(set) var status = AlignedBuffer<UInt8>(count: 0, zero: 0)
    /// [row, agent]; of rows that are a step.
    private(set) var rewards = AlignedBuffer<Float>(count: 0, zero: 0)
    /// [row]
    private(set) var elapsed = AlignedBuffer<Float>(count: 0, zero: 0)
    private(set) var ends: [EpisodeEnd] = []

    init(
        _ layout: EpisodeLayout, encoding: InputEncoding, stateScaling: BoundsScaling, isSequence: Bool,
        outHasValue: Bool
    ) {
        self.layout = layout
        self.encoding = encoding
        self.stateScaling = stateScaling
        self.isSequence = isSequence
        self.outHasValue = outHasValue
    }

    /// Fills the batch with the episodes of these numbers.
    func load(_ replay: EpisodeReplay, _ numbers: [Int]) {
        steps.removeAll(keepingCapacity: true)
        base.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        for number in numbers {
            replay.withEpisode(number) {
                steps.append($0.steps)
                ends.append($0.end)
            }
        }
        sequenceLength = (steps.max() ?? 0) + 1
        stride = isSequence ? numbers.count : 1
        var next = 0
        for index in numbers.indices {
            base.append(isSequence ? index : next)
            next += steps[index] + 1
        }
        rows = isSequence ? numbers.count * sequenceLength : next
        reserve()
        for (index, number) in numbers.enumerated() { replay.withEpisode(number) { write($0, base[index]) } }
    }

    private func reserve() {
        if elapsed.count < rows {
            let rows = self.rows + self.rows / 4
            let agents = rows * layout.agents
            inputs = AlignedBuffer(count: agents * encoding.inputSize, zero: 0)
            stateRows = AlignedBuffer(count: rows * layout.stateSize, zero: 0)
            legalRows = AlignedBuffer(count: agents * layout.legalSize, zero: 1)
            choiceRows = AlignedBuffer(count: agents * layout.heads, zero: 0)
            presentRows = AlignedBuffer(count: agents, zero: 0)
            actingRows = AlignedBuffer(count: agents, zero: 0)
            status = AlignedBuffer(count: agents, zero: 0)
            rewards = AlignedBuffer(count: agents, zero: 0)
            elapsed = AlignedBuffer(count: rows, zero: 0)
        }
        guard isSequence else { return }
        // Padding: rows of an agent that is out. What else is there from before is a legal network input.
        for index in 0..<rows * layout.agents {
            status.pointer[index] = AgentStatus.out
            presentRows.pointer[index] = 0
            actingRows.pointer[index] = 0
        }
    }

    private func write(_ episode: borrowing Episode, _ base: Int) {
        let (agents, size) = (layout.agents, layout.observationSize)
        for step in 0...episode.steps {
            let row = base + step * stride
            episode.observations.withUnsafeBufferPointer { source in
                guard let source = source.baseAddress else { return }
                encoding.encode(
                    source + step * agents * size, rows: agents,
                    into: inputs.pointer + row * agents * encoding.inputSize)
            }
            episode.states.withUnsafeBufferPointer { source in
                guard let source = source.baseAddress, layout.stateSize > 0 else { return }
                stateScaling.apply(
                    source + step * layout.stateSize, rows: 1, into: stateRows.pointer + row * layout.stateSize,
                    resultStride: layout.stateSize)
            }
            copy(episode.legal, step, agents * layout.legalSize, to: legalRows.pointer, row)
            copy(episode.status, step, agents, to: status.pointer, row)
            for agent in row * agents..<(row + 1) * agents {
                presentRows.pointer[agent] = status.pointer[agent] == AgentStatus.out && !outHasValue ? 0 : 1
                actingRows.pointer[agent] = status.pointer[agent] == AgentStatus.acting ? 1 : 0
            }
            guard step < episode.steps else {
                // The row after the last step: nothing was decided.
                for index in row * agents * layout.heads..<(row + 1) * agents * layout.heads {
                    choiceRows.pointer[index] = 0
                }
                continue
            }
            copy(episode.rewards, step, agents, to: rewards.pointer, row)
            elapsed.pointer[row] = episode.elapsed[step]
            for index in 0..<agents * layout.heads {
                // Who waits has choice 0, whatever was drawn.
                let isActing = episode.status[step * agents + index / layout.heads] == AgentStatus.acting
                choiceRows.pointer[row * agents * layout.heads + index] =
                    isActing ? Int64(episode.choices[step * agents * layout.heads + index]) : 0
            }
        }
    }

    @inline(__always)
    private func copy<Element>(
        _ source: borrowing [Element], _ step: Int, _ width: Int, to target: UnsafeMutablePointer<Element>, _ row: Int
    ) {
        guard width > 0 else { return }
        source.withUnsafeBufferPointer { source in
            guard let source = source.baseAddress else { return }
            (target + row * width).update(from: source + step * width, count: width)
        }
    }

    // MARK: As tensors, over this memory

    /// [row · agent, input] or, of a sequence, [step, episode · agent, input].
    func inputTensor() throws -> Tensor {
        let shape =
            isSequence
            ? [sequenceLength, stride * layout.agents, encoding.inputSize]
            : [rows * layout.agents, encoding.inputSize]
        return try Tensor.borrowing(inputs.pointer, shape: shape, type: .float32)
    }

    /// [row, state]: native states, or all agents' inputs.
    func stateTensor() throws -> Tensor {
        if layout.stateSize > 0 {
            return try Tensor.borrowing(stateRows.pointer, shape: [rows, layout.stateSize], type: .float32)
        }
        return try Tensor.borrowing(
            inputs.pointer, shape: [rows, layout.agents * encoding.inputSize], type: .float32)
    }

    /// [row · agent, choice], uint8; nil when every choice is legal.
    func legalTensor() throws -> Tensor? {
        guard layout.legalSize > 0 else { return nil }
        return try Tensor.borrowing(
            legalRows.pointer, shape: [rows * layout.agents, layout.legalSize], type: .uint8)
    }

    /// [row · agent, head], int64
    func choiceTensor() throws -> Tensor {
        try Tensor.borrowing(choiceRows.pointer, shape: [rows * layout.agents, layout.heads], type: .int64)
    }

    /// [row · agent, 1], uint8: 1 where the agent acts.
    func actingTensor() throws -> Tensor {
        try Tensor.borrowing(actingRows.pointer, shape: [rows * layout.agents, 1], type: .uint8)
    }

    /// [row, agent]: 1 where the agent acts or waits, or has a value though it is out; else 0.
    func presentTensor() throws -> Tensor {
        try Tensor.borrowing(presentRows.pointer, shape: [rows, layout.agents], type: .float32)
    }
}
