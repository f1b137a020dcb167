import ArgusEnvAPI
import ArgusWire
import CArgusEnv

/// The host's buffers of an instance, and the frames that go out and come in for them.
final class PeerBuffers {
    let host: argus_buffers
    let specification: EnvironmentSpecification
    let copies: Int
    let received: PeerRows
    let flags: WireFlags
    /// [copy]: u8, what RESET is asked for.
    let mask: FrameMemory
    /// [copy]: u8, what STEP is asked for.
    let plan: FrameMemory
    /// [copy]: u64.
    let seeds: FrameMemory
    /// [copy, agent, k]: i32 or f32.
    let actions: FrameMemory
    private let actionRow: Int
    /// The data frames of RESET and of STEP: always the same memory.
    let resetFrames: [UnsafeRawBufferPointer]
    let stepFrames: [UnsafeRawBufferPointer]
    /// One copy's rows of zeros.
    let zeros: FrameMemory
    /// [copy]: bits and seeds that the host announced for the next step.
    let announced: FrameMemory
    let announcedSeeds: FrameMemory
    /// [copy]: the seed whose reset has been done ahead, its rows in `received`; nil: none.
    var ahead: [UInt64?]
    /// [copy][metric]: of the episode that has just ended; nil: not known.
    var finalMetrics: [[Double]?]

    init(_ buffers: argus_buffers, _ specification: WireSpecification, copies: Int) {
        host = buffers
        let environment = specification.specification
        self.specification = environment
        self.copies = copies
        let wantsLegal = PeerBuffers.buffer(buffers, ARGUS_LEGAL).base != nil
        let wantsState = PeerBuffers.buffer(buffers, ARGUS_STATE).base != nil
        var flags: WireFlags = []
        if !wantsLegal { flags.insert(.withoutLegal) }
        if !wantsState { flags.insert(.withoutState) }
        self.flags = flags
        received = PeerRows(specification, batch: copies, wantsLegal: wantsLegal, wantsState: wantsState)
        mask = FrameMemory(byteCount: copies)
        plan = FrameMemory(byteCount: copies)
        seeds = FrameMemory(byteCount: copies * 8)
        actionRow = environment.actions.rowSize * 4
        actions = FrameMemory(byteCount: copies * environment.agents.count * actionRow)
        announced = FrameMemory(byteCount: copies)
        announcedSeeds = FrameMemory(byteCount: copies * 8)
        ahead = Array(repeating: nil, count: copies)
        finalMetrics = Array(repeating: nil, count: copies)
        zeros = FrameMemory(byteCount: max(1, environment.agents.count) * 4)
        let seedFrame = UnsafeRawBufferPointer(rebasing: seeds.bytes[..<(copies * 8)])
        let actionBytes = copies * environment.agents.count * actionRow
        resetFrames = [UnsafeRawBufferPointer(rebasing: mask.bytes[..<copies]), seedFrame]
        stepFrames = [
            UnsafeRawBufferPointer(rebasing: plan.bytes[..<copies]),
            UnsafeRawBufferPointer(rebasing: actions.bytes[..<actionBytes]), seedFrame,
        ]
    }

    /// Copies the host's action rows together.
    func gatherActions() {
        let buffer = PeerBuffers.buffer(host, ARGUS_ACTION)
        guard let base = buffer.base, var target = actions.bytes.baseAddress else { return }
        for copy in 0..<copies {
            for agent in specification.agents.indices {
                let offset = copy * Int(buffer.copy_stride) + agent * Int(buffer.row_stride)
                target.copyMemory(from: base + offset, byteCount: actionRow)
                target += actionRow
            }
        }
    }

    /// Shows the host one copy's rows out of a received frame, whose `index`-th copy they are.
    func show(_ role: RowFrames.Role, copy: Int, from frame: UnsafeMutableRawBufferPointer, index: Int) {
        let buffer = PeerBuffers.buffer(host, UInt32(role.tensor))
        guard let base = buffer.base, let start = frame.baseAddress, frame.count > 0 else { return }
        let rows = rowCount(role)
        let width = rowBytes(role)
        let source = start + index * rows * width
        for row in 0..<rows {
            (base + copy * Int(buffer.copy_stride) + row * Int(buffer.row_stride))
                .copyMemory(from: source + row * width, byteCount: width)
        }
    }

    /// One byte of the host's `ended`.
    func setEnded(copy: Int, _ value: Int32) {
        let buffer = PeerBuffers.buffer(host, ARGUS_ENDED)
        buffer.base?.storeBytes(of: UInt8(value), toByteOffset: copy * Int(buffer.copy_stride), as: UInt8.self)
    }

    private func rowCount(_ role: RowFrames.Role) -> Int {
        switch role {
        case .observation, .legal, .acting, .terminated: specification.agents.count
        case .reward: specification.rewardRows
        case .state, .ended, .elapsed: 1
        }
    }

    private func rowBytes(_ role: RowFrames.Role) -> Int {
        switch role {
        case .observation: specification.observationSize * 4
        case .legal: specification.legalSize
        case .acting, .terminated, .ended: 1
        case .reward, .elapsed: 4
        case .state: (specification.state?.size ?? 0) * 4
        }
    }

    private static func buffer(_ buffers: argus_buffers, _ role: UInt32) -> argus_buffer {
        withUnsafeBytes(of: buffers.tensor) { $0.bindMemory(to: argus_buffer.self)[Int(role)] }
    }

    private static func buffer(_ buffers: argus_buffers, _ role: Int32) -> argus_buffer {
        buffer(buffers, UInt32(role))
    }
}
