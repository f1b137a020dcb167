/// The last rows of the episodes that ended in a step and were followed by the next in the same reply, one after the
/// other.
final class ServedFinals {
    private let layout: EnvironmentLayout
    private let metricCount: Int
    private let copies: AlignedBuffer<UInt32>
    private let observations: AlignedBuffer<Float>
    private let legal: AlignedBuffer<UInt8>
    private let acting: AlignedBuffer<UInt8>
    private let states: AlignedBuffer<Float>
    private let metrics: AlignedBuffer<Double>
    private(set) var count = 0

    init(_ layout: EnvironmentLayout, metrics: Int) {
        self.layout = layout
        metricCount = metrics
        let rows = layout.copies * layout.agents
        copies = AlignedBuffer(count: layout.copies, zero: 0)
        observations = AlignedBuffer(count: rows * layout.observationSize, zero: 0)
        legal = AlignedBuffer(count: rows * layout.legalSize, zero: 0)
        acting = AlignedBuffer(count: rows, zero: 0)
        states = AlignedBuffer(count: layout.copies * layout.stateSize, zero: 0)
        self.metrics = AlignedBuffer(count: layout.copies * metrics, zero: 0)
    }

    func begin() { count = 0 }

    /// Keeps the rows of a copy whose episode is over.
    func keep(_ copy: Int, _ tensors: EnvironmentTensors, _ instance: EnvironmentInstance) throws(ArgusError) {
        copies[count] = UInt32(copy)
        move(tensors, copy: copy, index: count, isKeeping: true)
        try instance.metricValues(copy: copy, into: metrics.pointer + count * metricCount)
        count += 1
    }

    /// Puts back the rows of copies whose reset has failed, and forgets them.
    ///
    /// - Returns: their metrics, which the environment cannot tell any more: [copy: [metric]].
    func giveBack(_ tensors: EnvironmentTensors, where hasFailed: (Int) -> Bool) -> [Int: [Double]] {
        var lost: [Int: [Double]] = [:]
        var kept = 0
        for index in 0..<count {
            let copy = Int(copies[index])
            if hasFailed(copy) {
                move(tensors, copy: copy, index: index, isKeeping: false)
                lost[copy] = (0..<metricCount).map { metrics[index * metricCount + $0] }
                continue
            }
            if kept != index { shift(from: index, to: kept) }
            kept += 1
        }
        count = kept
        return lost
    }

    /// The frames of STEP's reply.
    func frames(wantsLegal: Bool, wantsState: Bool) -> [UnsafeRawBufferPointer] {
        let rows = count * layout.agents
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        var frames = [bytes(copies, count), bytes(observations, rows * layout.observationSize)]
        if layout.isDiscrete { frames.append(wantsLegal ? bytes(legal, rows * layout.legalSize) : none) }
        frames.append(bytes(acting, rows))
        if layout.stateSize > 0 { frames.append(wantsState ? bytes(states, count * layout.stateSize) : none) }
        frames.append(bytes(metrics, count * metricCount))
        return frames
    }

    private func bytes<Element>(_ buffer: AlignedBuffer<Element>, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(UnsafeBufferPointer(start: buffer.pointer, count: count))
    }

    private func move(_ tensors: EnvironmentTensors, copy: Int, index: Int, isKeeping: Bool) {
        func move<Element>(_ live: AlignedBuffer<Element>, _ final: AlignedBuffer<Element>, _ width: Int) {
            let there = live.pointer + copy * width
            let here = final.pointer + index * width
            if isKeeping { here.update(from: there, count: width) } else { there.update(from: here, count: width) }
        }
        move(tensors.observations, observations, layout.agents * layout.observationSize)
        move(tensors.legal, legal, layout.agents * layout.legalSize)
        move(tensors.acting, acting, layout.agents)
        move(tensors.state, states, layout.stateSize)
    }

    private func shift(from index: Int, to target: Int) {
        func shift<Element>(_ buffer: AlignedBuffer<Element>, _ width: Int) {
            (buffer.pointer + target * width).update(from: buffer.pointer + index * width, count: width)
        }
        shift(copies, 1)
        shift(observations, layout.agents * layout.observationSize)
        shift(legal, layout.agents * layout.legalSize)
        shift(acting, layout.agents)
        shift(states, layout.stateSize)
        shift(metrics, metricCount)
    }
}
