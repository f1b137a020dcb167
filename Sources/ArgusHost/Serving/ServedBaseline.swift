import ArgusEnvAPI
import ArgusWire

/// Asks one scripted policy of a served instance.
struct ServedBaseline {
    private let served: ServedInstance
    private let wanted: BaselineRequest

    init(_ served: ServedInstance, _ wanted: BaselineRequest) {
        self.served = served
        self.wanted = wanted
    }

    func answer(_ request: ServedRequest) throws(WireError) -> (reply: ServedReply, memory: [FrameMemory]) {
        switch wanted {
        case .joint(let index, let copy):
            let baseline = try baseline(index)
            guard baseline.seesState else {
                throw WireError(
                    .invalidRequest, "baseline '\(baseline.name)' is local: expected 'agents' and their rows")
            }
            try served.requireCopy(copy)
            return try joint(index, copy, request)
        case .local(let index, let agents):
            let baseline = try baseline(index)
            guard !baseline.seesState else {
                throw WireError(.invalidRequest, "baseline '\(baseline.name)' sees the state: expected a 'copy'")
            }
            return try local(index, baseline, agents, request)
        }
    }

    private func baseline(_ index: Int) throws(WireError) -> BaselineDescriptor {
        let list = served.instance.baselines
        guard list.indices.contains(index) else {
            throw WireError(.invalidRequest, "baseline \(index), expected 0 to \(list.count - 1)")
        }
        return list[index]
    }

    private func joint(
        _ index: Int, _ copy: Int, _ request: ServedRequest
    ) throws(WireError) -> (reply: ServedReply, memory: [FrameMemory]) {
        let frames = BaselineFrames(joint: specification)
        try frames.request.check(sizes: request.frameSizes)
        let actions = FrameMemory(byteCount: frames.reply.frames[0].byteCount)
        let agents = request.frame(0)
        try served.calling { () throws(ArgusError) in
            guard let base = agents.bindMemory(to: UInt8.self).baseAddress, let target = actions.bytes.baseAddress
            else {
                return
            }
            try served.instance.actJointly(
                baseline: index, copy: copy, agents: base, actions: target, stride: specification.actions.rowSize * 4)
        }
        return (reply([actions], frames.reply), [actions])
    }

    private func local(
        _ index: Int, _ baseline: BaselineDescriptor, _ agents: [Int], _ request: ServedRequest
    ) throws(WireError) -> (reply: ServedReply, memory: [FrameMemory]) {
        let frames = BaselineFrames(local: specification, rows: agents.count, memorySize: baseline.memorySize)
        try frames.request.check(sizes: request.frameSizes)
        for agent in agents where !specification.agents.indices.contains(agent) {
            throw WireError(.invalidRequest, "agent \(agent), expected 0 to \(specification.agents.count - 1)")
        }
        let actions = FrameMemory(byteCount: frames.reply.frames[0].byteCount)
        let memory = FrameMemory(byteCount: frames.reply.frames[1].byteCount)
        memory.bytes.copyMemory(from: request.frame(2))
        let observations = request.frame(0).bindMemory(to: Float.self)
        let legal = request.frame(1).bindMemory(to: UInt8.self)
        try served.calling { () throws(ArgusError) in
            for (row, agent) in agents.enumerated() {
                guard let observation = observations.baseAddress, let action = actions.bytes.baseAddress,
                    let own = memory.bytes.baseAddress
                else { return }
                try served.instance.actLocally(
                    baseline: index, agent: agent, observation: observation + row * specification.observationSize,
                    legal: legal.baseAddress.map { $0 + row * specification.legalSize },
                    memory: baseline.memorySize > 0 ? own + row * baseline.memorySize : nil,
                    action: action + row * specification.actions.rowSize * 4)
            }
        }
        return (reply([actions, memory], frames.reply), [actions, memory])
    }

    private var specification: EnvironmentSpecification { served.specification.specification }

    private func reply(_ memory: [FrameMemory], _ frames: BaselineFrames.Reply) -> ServedReply {
        var reply = ServedReply()
        reply.frames = zip(memory, frames.frames).map {
            UnsafeRawBufferPointer(rebasing: $0.bytes[..<$1.byteCount])
        }
        return reply
    }
}
