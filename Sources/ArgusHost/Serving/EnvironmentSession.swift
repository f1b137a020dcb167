import ArgusEnvAPI
import ArgusWire

/// What a server of environments offers: a source, or one scenario of it.
struct ServedEnvironments {
    let source: any EnvironmentSource
    let descriptors: [WireDescriptor]
    /// Of a scenario: the only ones that instances are made with.
    let fixedParameters: ParameterValues?
    /// Of a scenario that has it.
    let communication: Communication?

    /// All environments of a source.
    init(_ source: any EnvironmentSource) {
        self.source = source
        descriptors = source.descriptors.map { WireDescriptor($0) }
        fixedParameters = nil
        communication = nil
    }

    /// A scenario's environment, with the scenario's parameters.
    init(_ source: any EnvironmentSource, scenario: Scenario) throws(ArgusError) {
        self.source = source
        var descriptor = try source.descriptor(for: scenario)
        fixedParameters = try scenario.completeParameters(for: descriptor)
        communication = scenario.communication
        descriptor.parameters = []
        // The channel's, where the environment has none of its own.
        if communication != nil { descriptor.capabilities.insert(.metrics) }
        descriptors = [
            WireDescriptor(
                descriptor,
                scenario: WireScenario(
                    id: scenario.id, version: scenario.version, horizon: scenario.horizon,
                    reward: scenario.reward.rawValue, state: scenario.state.rawValue, masks: scenario.masks.rawValue,
                    score: scenario.score.map {
                        WireScenario.Score(metric: $0.metric, floor: $0.floor, ceiling: $0.ceiling, why: $0.why)
                    }))
        ]
    }
}

/// A session of the environment role: the instances that its driver has made.
final class EnvironmentSession: ServedSession {
    private let served: ServedEnvironments
    private let mostInstances: Int
    private var instances: [UInt32: ServedInstance] = [:]
    private var lastNumber: UInt32 = 0
    /// Bytes of the reply that is being sent.
    private var held: [FrameMemory] = []

    init(_ served: ServedEnvironments, mostInstances: Int = WireLimits.standard.instances) {
        self.served = served
        self.mostInstances = mostInstances
    }

    func answer(_ request: ServedRequest) throws(WireError) -> ServedReply {
        held.removeAll(keepingCapacity: true)
        switch request.header.message {
        case .describe:
            var reply = ServedReply()
            reply.meta = DescribeReply(served.descriptors).encoded()
            return reply
        case .create: return try create(request)
        case .destroy:
            _ = try instance(request)
            instances[request.header.instance] = nil
            return ServedReply()
        case .reset: return try about(request) { served throws(WireError) in try served.reset(request) }
        case .step: return try about(request) { served throws(WireError) in try served.step(request) }
        case .load: return try about(request) { served throws(WireError) in try served.load(request) }
        case .save: return try about(request) { served throws(WireError) in try save(served, request) }
        case .text: return try about(request) { served throws(WireError) in try text(served, request) }
        case .render: return try about(request) { served throws(WireError) in try render(served, request) }
        case .metrics: return try about(request) { served throws(WireError) in try metrics(served, request) }
        case .baseline: return try about(request) { served throws(WireError) in try baseline(served, request) }
        default:
            throw WireError(.unknownMessage, "\(request.header.message) is not for an environment")
        }
    }

    // MARK: Instances

    private func create(_ request: ServedRequest) throws(WireError) -> ServedReply {
        let wanted = try CreateRequest(bytes: request.meta)
        guard let descriptor = served.descriptors.first(where: { $0.environment.id == wanted.environment }) else {
            let ids = served.descriptors.map(\.environment.id).joined(separator: ", ")
            throw WireError(.unknownEnvironment, "no environment '\(wanted.environment)', expected one of \(ids)")
        }
        guard instances.count < mostInstances else {
            throw WireError(.limit, "\(instances.count) instances already, which is the limit")
        }
        guard wanted.copies <= 1 << 20 else {
            throw WireError(.badParameters, "\(wanted.copies) copies, expected at most \(1 << 20)")
        }
        let parameters: ParameterValues
        if let fixed = served.fixedParameters {
            guard wanted.parameters.isEmpty else {
                throw WireError(.badParameters, "parameters for a scenario, which has its own; expected none")
            }
            parameters = fixed
        } else {
            do {
                parameters = try ParameterValues(wanted.parameters, for: descriptor.environment.parameters)
            } catch {
                throw WireError(
                    .badParameters, "parameter '\(error.parameter)': found \(error.found), expected \(error.expected)")
            }
        }
        let made: ServedInstance
        do throws(ArgusError) {
            made = try ServedInstance(
                served.source, environment: wanted.environment, parameters: parameters, copies: wanted.copies,
                communication: served.communication)
        } catch {
            throw WireError(.badParameters, error.found)
        }
        lastNumber += 1
        instances[lastNumber] = made
        var reply = ServedReply()
        reply.instance = lastNumber
        reply.specification = made.hash
        reply.frames = [hold(made.specificationBytes)]
        return reply
    }

    private func instance(_ request: ServedRequest) throws(WireError) -> ServedInstance {
        guard let found = instances[request.header.instance] else {
            throw WireError(.unknownInstance, "no instance \(request.header.instance) in this session")
        }
        guard request.header.specification == found.hash else {
            throw WireError(
                .specification, "the specification's hash is \(request.header.specification), expected \(found.hash)")
        }
        return found
    }

    /// Answers a request about an instance; an environment's own failure takes the instance with it.
    private func about(
        _ request: ServedRequest, _ body: (ServedInstance) throws(WireError) -> ServedReply
    ) throws(WireError) -> ServedReply {
        let found = try instance(request)
        do throws(WireError) {
            return try body(found)
        } catch {
            if error.code == .environment { instances[request.header.instance] = nil }
            throw error
        }
    }

    // MARK: Extensions

    private func save(_ served: ServedInstance, _ request: ServedRequest) throws(WireError) -> ServedReply {
        try require(served.instance.offersSnapshot, .snapshot)
        let copy = try CopyRequest(bytes: request.meta).copy
        try served.requireCopy(copy)
        return bytes(try served.calling { () throws(ArgusError) in try served.instance.save(copy: copy) })
    }

    private func render(_ served: ServedInstance, _ request: ServedRequest) throws(WireError) -> ServedReply {
        try require(served.instance.offersRender, .render)
        let wanted = try RenderRequest(bytes: request.meta)
        try served.requireCopy(wanted.copy)
        let text = try served.calling { () throws(ArgusError) in
            try served.instance.renderText(copy: wanted.copy, color: wanted.color)
        }
        return bytes(Array(text.utf8))
    }

    private func text(_ served: ServedInstance, _ request: ServedRequest) throws(WireError) -> ServedReply {
        try require(served.instance.offersText, .text)
        let wanted = try TextRequest(bytes: request.meta)
        let specification = served.specification.specification
        let texts = try served.calling { () throws(ArgusError) -> [String] in
            var texts: [String] = []
            for agent in specification.agents.indices {
                switch wanted {
                case .rules: texts.append(try served.instance.textRules(agent: agent))
                case .situation(let copy):
                    guard copy < served.copies else { continue }
                    texts.append(try served.instance.textSituation(copy: copy, agent: agent))
                case .actions(let copy):
                    guard copy < served.copies else { continue }
                    texts += try EnvironmentSession.actions(served, copy: copy, agent: agent)
                }
            }
            return texts
        }
        if case .situation(let copy) = wanted { try served.requireCopy(copy) }
        if case .actions(let copy) = wanted { try served.requireCopy(copy) }
        let list = try WireTexts(texts)
        var reply = ServedReply()
        reply.frames = [hold(list.offsetBytes()), hold(list.utf8)]
        return reply
    }

    /// Each choice in words, "" for those that the agent does not have.
    private static func actions(_ served: ServedInstance, copy: Int, agent: Int) throws(ArgusError) -> [String] {
        let specification = served.specification.specification
        guard case .discrete(let heads) = specification.actions else { return [] }
        let own = specification.agents[agent].actionSizes ?? heads
        var texts: [String] = []
        for (head, size) in heads.enumerated() {
            for choice in 0..<size {
                let isThere = choice < max(1, own[head])
                texts.append(
                    isThere ? try served.instance.textAction(copy: copy, agent: agent, choice: texts.count) : "")
            }
        }
        return texts
    }

    private func metrics(_ served: ServedInstance, _ request: ServedRequest) throws(WireError) -> ServedReply {
        try require(!served.instance.metrics.isEmpty, .metrics)
        let count = served.instance.metrics.count
        let copies = try MetricsRequest(bytes: request.meta).copies
        for copy in copies { try served.requireCopy(copy) }
        let memory = FrameMemory(byteCount: copies.count * count * 8)
        held.append(memory)
        guard let values = memory.pointer(Double.self) else { return ServedReply() }
        for (index, copy) in copies.enumerated() {
            try served.metricValues(copy: copy, into: values + index * count)
        }
        var reply = ServedReply()
        reply.frames = [UnsafeRawBufferPointer(rebasing: memory.bytes[..<(copies.count * count * 8)])]
        return reply
    }

    private func baseline(_ served: ServedInstance, _ request: ServedRequest) throws(WireError) -> ServedReply {
        try require(!served.instance.baselines.isEmpty, .baseline)
        let wanted = try BaselineRequest(bytes: request.meta)
        let reply = try ServedBaseline(served, wanted).answer(request)
        held += reply.memory
        return reply.reply
    }

    private func require(_ isOffered: Bool, _ capability: Capability) throws(WireError) {
        guard isOffered else { throw WireError(.notOffered, "this environment has no \(capability.rawValue)") }
    }

    private func bytes(_ bytes: [UInt8]) -> ServedReply {
        var reply = ServedReply()
        reply.frames = [hold(bytes)]
        return reply
    }

    /// Keeps bytes until the reply has been sent.
    private func hold(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
        let memory = FrameMemory(byteCount: bytes.count)
        memory.bytes.copyBytes(from: bytes)
        held.append(memory)
        return UnsafeRawBufferPointer(rebasing: memory.bytes[..<bytes.count])
    }
}
