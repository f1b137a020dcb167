import ArgusEnvAPI
import ArgusWire
import CArgusEnv

/// An instance that a session has made, with its rows as the wire has them.
final class ServedInstance {
    let instance: EnvironmentInstance
    let specification: WireSpecification
    let specificationBytes: [UInt8]
    let hash: UInt64
    let copies: Int
    private let layout: EnvironmentLayout
    private let tensors: EnvironmentTensors
    private let stepFrames: StepFrames
    private let resetFrames: ResetFrames
    private(set) var clock: UInt64 = 0
    /// The step's own rows, which a reset in the same reply must not replace.
    private let terminated: AlignedBuffer<UInt8>
    private let rewards: AlignedBuffer<Float>
    private let ended: AlignedBuffer<UInt8>
    private let elapsed: AlignedBuffer<Float>
    private let mask: AlignedBuffer<UInt8>
    private let seeds: AlignedBuffer<UInt64>
    private let finals: ServedFinals
    /// [copy: [metric]]: of episodes that are over although the next could not begin.
    private var endedMetrics: [Int: [Double]] = [:]

    init(
        _ source: any EnvironmentSource, environment: String, parameters: ParameterValues, copies: Int,
        communication: Communication? = nil
    ) throws(ArgusError) {
        instance = try EnvironmentInstance(
            source, environment: environment, parameters: parameters, copies: copies, communication: communication)
        self.copies = copies
        let environmentSpecification = instance.specification
        specification = WireSpecification(
            environmentSpecification, offersText: instance.offersText, textQuanta: instance.textQuanta,
            baselines: instance.baselines, metrics: instance.metrics)
        specificationBytes = specification.encoded()
        hash = SpecificationHash.of(specificationBytes)
        layout = EnvironmentLayout(
            environmentSpecification, copies: copies, wantsState: environmentSpecification.state != nil)
        tensors = EnvironmentTensors(layout, wantsLegal: true)
        stepFrames = StepFrames(environmentSpecification, batch: copies)
        resetFrames = ResetFrames(batch: copies)
        terminated = AlignedBuffer(count: copies * layout.agents, zero: 0)
        rewards = AlignedBuffer(count: copies * layout.rewardRows, zero: 0)
        ended = AlignedBuffer(count: copies, zero: 0)
        elapsed = AlignedBuffer(count: copies, zero: 0)
        mask = AlignedBuffer(count: copies, zero: 0)
        seeds = AlignedBuffer(count: copies, zero: 0)
        finals = ServedFinals(layout, metrics: instance.metrics.count)
        try instance.bind(tensors.buffers(firstCopy: 0))
    }

    // MARK: RESET and STEP

    func reset(_ request: ServedRequest) throws(WireError) -> ServedReply {
        try requireBatch(request)
        try resetFrames.check(sizes: request.frameSizes)
        mask.copy(from: request.frame(0))
        seeds.copy(from: request.frame(1))
        let discarded = try calling { () throws(ArgusError) in
            copies > 0 ? try instance.reset(mask.pointer, seeds.pointer) : false
        }
        clock += 1
        endedMetrics = [:]
        keepStepRows()
        return reply(request, discarded: discarded)
    }

    func step(_ request: ServedRequest) throws(WireError) -> ServedReply {
        try requireBatch(request)
        try stepFrames.check(sizes: request.frameSizes)
        let plan = request.frame(stepFrames.plan)
        try stepFrames.check(plan: plan, seedBytes: request.frame(stepFrames.seeds).count)
        try takeActions(request.frame(stepFrames.action), plan)
        for copy in 0..<copies { mask[copy] = plan[copy] & WirePlan.step.rawValue }
        var discarded = try calling { () throws(ArgusError) in copies > 0 ? try instance.step(mask.pointer) : false }
        clock += 1
        keepStepRows()
        finals.begin()
        endedMetrics = [:]
        for copy in 0..<copies {
            let bits = WirePlan(rawValue: plan[copy])
            let isOver = ended[copy] == 1 || ended[copy] == 3 || ended[copy] == 0 && bits.contains(.lastStep)
            let isNext = bits.contains(.step) && bits.contains(.beginNext) && isOver
            mask[copy] = isNext ? 1 : 0
            if isNext { try calling { () throws(ArgusError) in try finals.keep(copy, tensors, instance) } }
        }
        if finals.count > 0 {
            seeds.copy(from: request.frame(stepFrames.seeds))
            discarded =
                try calling { () throws(ArgusError) in try instance.reset(mask.pointer, seeds.pointer) } || discarded
            // A reset that failed is left to the driver, which sees the episode's last rows.
            endedMetrics = finals.giveBack(tensors) { tensors.ended[$0] == 2 }
        }
        return reply(request, discarded: discarded && ended.elements.contains(2))
    }

    private func keepStepRows() {
        _ = terminated.elements.update(fromContentsOf: tensors.terminated.elements)
        _ = rewards.elements.update(fromContentsOf: tensors.rewards.elements)
        _ = ended.elements.update(fromContentsOf: tensors.ended.elements)
        _ = elapsed.elements.update(fromContentsOf: tensors.elapsed.elements)
    }

    private func reply(_ request: ServedRequest, discarded: Bool) -> ServedReply {
        var reply = ServedReply()
        reply.clock = clock
        reply.frames = rowFrames(request.header.flags)
        if request.header.message == .step, finals.count > 0 {
            reply.frames += finals.frames(
                wantsLegal: !request.header.flags.contains(.withoutLegal),
                wantsState: !request.header.flags.contains(.withoutState))
        }
        if discarded {
            reply.status = .discarded
            var errors: [ErrorReport] = []
            for copy in 0..<copies where ended[copy] == 2 {
                errors.append(ErrorReport(.environment, instance.lastReport ?? "the episode failed", copy: copy))
            }
            if errors.isEmpty { errors = [ErrorReport(.environment, instance.lastReport ?? "discarded")] }
            reply.meta = ErrorReports(errors).encoded()
        }
        return reply
    }

    private func rowFrames(_ flags: WireFlags) -> [UnsafeRawBufferPointer] {
        var frames = [UnsafeRawBufferPointer(tensors.observations.elements)]
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        if layout.isDiscrete {
            frames.append(flags.contains(.withoutLegal) ? none : UnsafeRawBufferPointer(tensors.legal.elements))
        }
        frames += [
            UnsafeRawBufferPointer(tensors.acting.elements), UnsafeRawBufferPointer(terminated.elements),
            UnsafeRawBufferPointer(rewards.elements),
        ]
        if layout.stateSize > 0 {
            frames.append(flags.contains(.withoutState) ? none : UnsafeRawBufferPointer(tensors.state.elements))
        }
        frames += [UnsafeRawBufferPointer(ended.elements), UnsafeRawBufferPointer(elapsed.elements)]
        return frames
    }

    /// Takes the actions of the copies that are stepped, if they are in range: no others may reach an environment.
    private func takeActions(_ bytes: UnsafeRawBufferPointer, _ plan: UnsafeRawBufferPointer) throws(WireError) {
        let width = layout.agents * layout.actionSize
        func refused(_ copy: Int, _ index: Int, _ found: String, _ expected: String) -> WireError {
            WireError(
                .invalidRequest,
                "action of \(layout.agentNames[index / layout.actionSize]) in copy \(copy), component "
                    + "\(index % layout.actionSize): found \(found), expected \(expected)")
        }
        for copy in 0..<copies where plan[copy] & WirePlan.step.rawValue != 0 {
            for index in 0..<width {
                let offset = (copy * width + index) * 4
                if layout.isDiscrete {
                    let value = bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)
                    guard value >= 0, value < max(1, layout.choices[index]) else {
                        throw refused(copy, index, "\(value)", "0 to \(max(1, layout.choices[index]) - 1)")
                    }
                    tensors.actions[copy * width + index] = value
                } else if let bounds = layout.actionBounds {
                    let value = bytes.loadUnaligned(fromByteOffset: offset, as: Float.self)
                    let component = index % layout.actionSize
                    guard value >= bounds.low[component], value <= bounds.high[component] else {
                        throw refused(
                            copy, index, "\(value)", "\(bounds.low[component]) to \(bounds.high[component])")
                    }
                    tensors.continuousActions[copy * width + index] = value
                }
            }
        }
    }

    private func requireBatch(_ request: ServedRequest) throws(WireError) {
        guard request.header.batch == UInt32(copies) else {
            throw WireError(
                .invalidRequest,
                "\(request.header.message) has batch \(request.header.batch), expected \(copies) copies")
        }
    }

    func requireCopy(_ copy: Int) throws(WireError) {
        guard copy >= 0, copy < copies else {
            throw WireError(.invalidRequest, "copy \(copy), expected 0 to \(copies - 1)")
        }
    }

    /// Calls the environment; what it throws is the environment's failure.
    func calling<Result>(_ body: () throws(ArgusError) -> Result) throws(WireError) -> Result {
        do {
            return try body()
        } catch {
            throw WireError(.environment, error.found)
        }
    }

    // MARK: Extensions

    /// A copy's metrics, of the episode that a driver still knows.
    func metricValues(copy: Int, into values: UnsafeMutablePointer<Double>) throws(WireError) {
        if let known = endedMetrics[copy] {
            for (index, value) in known.enumerated() { values[index] = value }
        } else {
            try calling { () throws(ArgusError) in try instance.metricValues(copy: copy, into: values) }
        }
    }

    func load(_ request: ServedRequest) throws(WireError) -> ServedReply {
        let copy = try CopyRequest(bytes: request.meta).copy
        try requireCopy(copy)
        try LoadFrames().check(sizes: request.frameSizes)
        let seed = request.frame(1)
        do throws(ArgusError) {
            try instance.load(
                copy: copy, Array(request.frame(0)),
                chanceSeed: seed.isEmpty ? nil : seed.loadUnaligned(as: UInt64.self))
        } catch {
            // Refused bytes leave the instance usable; anything else shows at the next call.
            return ServedReply(WireError(.environment, error.found), status: .discarded)
        }
        for agent in copy * layout.agents..<(copy + 1) * layout.agents { terminated[agent] = tensors.terminated[agent] }
        var reply = ServedReply()
        reply.batch = 1
        reply.frames = rowFrames(request.header.flags).map { frame in
            let size = frame.count / max(1, copies)
            return UnsafeRawBufferPointer(rebasing: frame[copy * size..<(copy + 1) * size])
        }
        return reply
    }
}

extension AlignedBuffer {
    /// Takes the bytes of a frame that has this buffer's size.
    func copy(from bytes: UnsafeRawBufferPointer) {
        let target = UnsafeMutableRawBufferPointer(elements)
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.prefix(target.count)))
    }
}
