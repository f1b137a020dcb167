import CArgusEnv

/// The host's memory that a plugin reads and writes, for all copies: contiguous, [copy, row, component].
final class EnvironmentTensors {
    let observations: AlignedBuffer<Float>
    let actions: AlignedBuffer<Int32>
    let continuousActions: AlignedBuffer<Float>
    let legal: AlignedBuffer<UInt8>
    let acting: AlignedBuffer<UInt8>
    let terminated: AlignedBuffer<UInt8>
    let rewards: AlignedBuffer<Float>
    let state: AlignedBuffer<Float>
    let ended: AlignedBuffer<UInt8>
    let elapsed: AlignedBuffer<Float>
    private let layout: EnvironmentLayout
    private let wantsLegal: Bool

    init(_ layout: EnvironmentLayout, wantsLegal: Bool) {
        self.layout = layout
        self.wantsLegal = wantsLegal
        let rows = layout.copies * layout.agents
        observations = AlignedBuffer(count: rows * layout.observationSize, zero: 0)
        actions = AlignedBuffer(count: layout.isDiscrete ? rows * layout.actionSize : 0, zero: 0)
        continuousActions = AlignedBuffer(count: layout.isDiscrete ? 0 : rows * layout.actionSize, zero: 0)
        legal = AlignedBuffer(count: rows * layout.legalSize, zero: 0)
        acting = AlignedBuffer(count: rows, zero: 1)
        terminated = AlignedBuffer(count: rows, zero: 0)
        rewards = AlignedBuffer(count: layout.copies * layout.rewardRows, zero: 0)
        state = AlignedBuffer(count: layout.copies * layout.stateSize, zero: 0)
        ended = AlignedBuffer(count: layout.copies, zero: 0)
        elapsed = AlignedBuffer(count: layout.copies, zero: 0)
        for row in 0..<rows where layout.isDiscrete {
            layout.writeAllLegal(legal.pointer + row * layout.legalSize, agent: row % layout.agents)
        }
    }

    /// The buffers of the copies from `firstCopy` on, as the C interface wants them.
    func buffers(firstCopy: Int) -> argus_buffers {
        var buffers = argus_buffers()
        buffers.struct_size = UInt32(MemoryLayout<argus_buffers>.size)
        withUnsafeMutableBytes(of: &buffers.tensor) { bytes in
            let tensors = bytes.bindMemory(to: argus_buffer.self)
            func set<Element>(_ role: UInt32, _ buffer: AlignedBuffer<Element>, rows: Int, width: Int) {
                let rowStride = width * MemoryLayout<Element>.stride
                tensors[Int(role)] = argus_buffer(
                    base: UnsafeMutableRawPointer(buffer.pointer) + firstCopy * rows * rowStride,
                    copy_stride: UInt64(rows * rowStride), row_stride: UInt64(rowStride))
            }
            set(UInt32(ARGUS_OBSERVATION), observations, rows: layout.agents, width: layout.observationSize)
            if layout.isDiscrete {
                set(UInt32(ARGUS_ACTION), actions, rows: layout.agents, width: layout.actionSize)
            } else {
                set(UInt32(ARGUS_ACTION), continuousActions, rows: layout.agents, width: layout.actionSize)
            }
            if wantsLegal, layout.isDiscrete {
                set(UInt32(ARGUS_LEGAL), legal, rows: layout.agents, width: layout.legalSize)
            }
            set(UInt32(ARGUS_ACTING), acting, rows: layout.agents, width: 1)
            set(UInt32(ARGUS_TERMINATED), terminated, rows: layout.agents, width: 1)
            set(UInt32(ARGUS_REWARD), rewards, rows: layout.rewardRows, width: 1)
            if layout.stateSize > 0 { set(UInt32(ARGUS_STATE), state, rows: 1, width: layout.stateSize) }
            set(UInt32(ARGUS_ENDED), ended, rows: 1, width: 1)
            set(UInt32(ARGUS_ELAPSED), elapsed, rows: 1, width: 1)
        }
        return buffers
    }
}
