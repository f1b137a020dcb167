import ArgusEnvAPI
import ArgusWire
import CArgusEnv

/// The texts of one moment: the peer sends those of all agents at once.
struct PeerTexts {
    var rules: [String]?
    /// By copy: [agent].
    var situations: [Int: [String]] = [:]
    /// By copy: [agent, choice].
    var actions: [Int: [String]] = [:]
    /// By copy: bytes of the last SAVE, which the host asks for twice when they are many.
    var states: [Int: [UInt8]] = [:]
    /// By copy and whether it is in colour.
    var pictures: [Int: (color: Bool, text: String)] = [:]

    /// After a step nothing of it holds any more, but for the rules.
    mutating func forget() {
        guard !situations.isEmpty || !actions.isEmpty || !states.isEmpty || !pictures.isEmpty else { return }
        situations = [:]
        actions = [:]
        states = [:]
        pictures = [:]
    }
}

/// The extensions that a peer's environment offers.
extension PeerInstance {
    static func extensions(
        _ capabilities: Set<Capability>, _ specification: WireSpecification, _ memory: CMemory
    ) -> [(id: String, pointer: UnsafeRawPointer)] {
        var list = capabilities.map { capability -> (id: String, pointer: UnsafeRawPointer) in
            let pointer: UnsafeRawPointer =
                switch capability {
                case .text: UnsafeRawPointer(memory.value(text(specification.textQuanta, memory)))
                case .snapshot: UnsafeRawPointer(memory.value(snapshot()))
                case .baseline: UnsafeRawPointer(memory.value(baselines(specification.baselines, memory)))
                case .render: UnsafeRawPointer(memory.value(render()))
                case .metrics: UnsafeRawPointer(memory.value(metrics(specification.metrics, memory)))
                }
            return (capability.rawValue, pointer)
        }
        let continuation = argus_continuation(
            struct_size: UInt32(MemoryLayout<argus_continuation>.size), reserved: 0,
            plan: { instance, plan, seeds in
                PeerInstance.of(instance).plan(plan, seeds)
                return ARGUS_OK
            })
        list.append((ARGUS_CONTINUATION_V1, UnsafeRawPointer(memory.value(continuation))))
        return list
    }

    private static func text(_ quanta: [Float], _ memory: CMemory) -> argus_text {
        argus_text(
            struct_size: UInt32(MemoryLayout<argus_text>.size), reserved: 0, quanta: memory.array(quanta),
            rules: { instance, agent, buffer, capacity, needed in
                let peer = PeerInstance.of(instance)
                return peer.guarded {
                    let texts = try peer.texts.rules ?? peer.askTexts(.rules)
                    peer.texts.rules = texts
                    _ = writeText(texts[Int(agent)], buffer, capacity, needed)
                }
            },
            situation: { instance, copy, agent, buffer, capacity, needed in
                let peer = PeerInstance.of(instance)
                return peer.guarded {
                    let texts = try peer.texts.situations[Int(copy)] ?? peer.askTexts(.situation(copy: Int(copy)))
                    peer.texts.situations[Int(copy)] = texts
                    _ = writeText(texts[Int(agent)], buffer, capacity, needed)
                }
            },
            action: { instance, copy, agent, choice, buffer, capacity, needed in
                let peer = PeerInstance.of(instance)
                return peer.guarded {
                    let texts = try peer.texts.actions[Int(copy)] ?? peer.askTexts(.actions(copy: Int(copy)))
                    peer.texts.actions[Int(copy)] = texts
                    let width = peer.specification.specification.legalSize
                    _ = writeText(texts[Int(agent) * width + Int(choice)], buffer, capacity, needed)
                }
            })
    }

    private static func render() -> argus_render {
        argus_render(
            struct_size: UInt32(MemoryLayout<argus_render>.size), reserved: 0,
            text: { instance, copy, color, buffer, capacity, needed in
                let peer = PeerInstance.of(instance)
                return peer.guarded {
                    let known = peer.texts.pictures[Int(copy)]
                    let text =
                        if let known, known.color == (color != 0) {
                            known.text
                        } else {
                            String(
                                decoding: try peer.askBytes(
                                    .render, RenderRequest(copy: Int(copy), color: color != 0).encoded()),
                                as: UTF8.self)
                        }
                    peer.texts.pictures[Int(copy)] = (color != 0, text)
                    _ = writeText(text, buffer, capacity, needed)
                }
            })
    }

    private static func snapshot() -> argus_snapshot {
        argus_snapshot(
            struct_size: UInt32(MemoryLayout<argus_snapshot>.size), reserved: 0,
            save: { instance, copy, buffer, capacity, needed in
                let peer = PeerInstance.of(instance)
                return peer.guarded {
                    let bytes =
                        try peer.texts.states[Int(copy)]
                        ?? peer.askBytes(.save, CopyRequest(copy: Int(copy)).encoded())
                    peer.texts.states[Int(copy)] = bytes
                    needed.pointee = bytes.count
                    if let buffer { buffer.update(from: bytes, count: min(capacity, bytes.count)) }
                }
            },
            load: { instance, copy, bytes, size, chanceSeed in
                PeerInstance.of(instance).load(
                    copy: Int(copy), UnsafeRawBufferPointer(start: bytes, count: size), chanceSeed: chanceSeed)
            })
    }

    private static func baselines(_ descriptors: [BaselineDescriptor], _ memory: CMemory) -> argus_baselines {
        return argus_baselines(
            struct_size: UInt32(MemoryLayout<argus_baselines>.size), count: UInt32(descriptors.count),
            baselines: memory.baselines(descriptors),
            act_jointly: { instance, baseline, copy, agents, actions, stride in
                let peer = PeerInstance.of(instance)
                return peer.guarded {
                    try peer.actJointly(
                        baseline: Int(baseline), copy: Int(copy), agents: agents, actions: actions, stride: stride)
                }
            },
            act_locally: { instance, baseline, agent, observation, legal, memory, action in
                let peer = PeerInstance.of(instance)
                return peer.guarded {
                    try peer.actLocally(
                        baseline: Int(baseline), agent: Int(agent), observation: observation, legal: legal,
                        memory: memory, action: action)
                }
            })
    }

    private static func metrics(_ descriptors: [MetricDescriptor], _ memory: CMemory) -> argus_metrics {
        return argus_metrics(
            struct_size: UInt32(MemoryLayout<argus_metrics>.size), count: UInt32(descriptors.count),
            metrics: memory.metrics(descriptors),
            values: { instance, copy, values in
                let peer = PeerInstance.of(instance)
                return peer.guarded { try peer.writeMetrics(copy: Int(copy), values) }
            })
    }

    // MARK: Requests

    /// Runs `body`; an error becomes a report.
    private func guarded(_ body: () throws -> Void) -> argus_status {
        do {
            try body()
            return ARGUS_OK
        } catch {
            return fail("\(error)")
        }
    }

    private func askTexts(_ what: TextRequest) throws -> [String] {
        var frames: [[UInt8]] = []
        _ = try ask(PeerRequest(message: .text, meta: what.encoded())) { _, _, bytes in
            frames.append(Array(bytes))
            return nil
        }
        try requireFrames(frames.count, 2, .text)
        return try frames[0].withUnsafeBytes { offsets in
            try frames[1].withUnsafeBytes {
                try WireTexts.decode(
                    offsets: offsets, utf8: $0, count: what.count(specification.specification), "the reply to TEXT")
            }
        }
    }

    private func askBytes(_ message: WireMessage, _ meta: [UInt8]) throws -> [UInt8] {
        var frames: [[UInt8]] = []
        _ = try ask(PeerRequest(message: message, meta: meta)) { _, _, bytes in
            frames.append(Array(bytes))
            return nil
        }
        try requireFrames(frames.count, 1, message)
        return frames[0]
    }

    private func requireFrames(_ found: Int, _ expected: Int, _ message: WireMessage) throws {
        guard found == expected else {
            throw WireError(.invalidRequest, "the reply to \(message) has \(found) frames, expected \(expected)")
        }
    }

    private func writeMetrics(copy: Int, _ values: UnsafeMutablePointer<Double>) throws {
        if let known = buffers?.finalMetrics[copy] {
            for (index, value) in known.enumerated() { values[index] = value }
            return
        }
        let count = specification.metrics.count
        let bytes = try askBytes(.metrics, MetricsRequest(copies: [copy]).encoded())
        guard bytes.count == count * 8 else {
            throw WireError(
                .invalidRequest, "frame 'metrics' has \(bytes.count) bytes, expected \(count * 8): f64 [1, \(count)]")
        }
        UnsafeMutableRawBufferPointer(start: values, count: count * 8).copyBytes(from: bytes)
    }

    private func load(
        copy: Int, _ bytes: UnsafeRawBufferPointer, chanceSeed: UnsafePointer<UInt64>?
    ) -> argus_status {
        guard let buffers else { return fail("load before bind") }
        let received = PeerRows(
            specification, batch: 1, wantsLegal: !buffers.flags.contains(.withoutLegal),
            wantsState: !buffers.flags.contains(.withoutState))
        var request = PeerRequest(
            message: .load, flags: buffers.flags, batch: 1, meta: CopyRequest(copy: copy).encoded())
        request.frames = [bytes, UnsafeRawBufferPointer(start: chanceSeed, count: chanceSeed == nil ? 0 : 8)]
        do {
            let reply = try ask(request) { _, index, bytes in received.take(index, bytes) }
            if reply.header.status == .discarded {
                let error = (try? ErrorReports(bytes: reply.meta))?.errors.first
                report(ARGUS_FAILURE, error?.message ?? "not a state", copy: copy)
                return ARGUS_DISCARD
            }
            if let words = received.complaint(plan: nil) {
                throw WireError(.invalidRequest, "the reply to LOAD has \(words)")
            }
        } catch {
            return fail("\(error)")
        }
        texts.forget()
        buffers.ahead[copy] = nil
        buffers.finalMetrics[copy] = nil
        for role in [RowFrames.Role.observation, .legal, .acting, .state] {
            buffers.show(role, copy: copy, from: received.row(role), index: 0)
        }
        return ARGUS_OK
    }

    private func actJointly(
        baseline: Int, copy: Int, agents: UnsafePointer<UInt8>, actions: UnsafeMutableRawPointer, stride: Int
    ) throws {
        let environment = specification.specification
        let row = environment.actions.rowSize * 4
        let count = environment.agents.count
        var request = PeerRequest(
            message: .baseline, batch: count, meta: BaselineRequest.joint(baseline: baseline, copy: copy).encoded())
        request.frames = [UnsafeRawBufferPointer(start: agents, count: count)]
        let layout = BaselineFrames(joint: environment).reply.frames[0]
        _ = try ask(request) { _, index, bytes in
            guard index == 0, bytes.count == layout.byteCount, let source = bytes.baseAddress else {
                return "frame \(index) of the reply to BASELINE has \(bytes.count) bytes, expected \(layout.shapeText)"
            }
            for agent in 0..<count where agents[agent] != 0 {
                (actions + agent * stride).copyMemory(from: source + agent * row, byteCount: row)
            }
            return nil
        }
    }

    private func actLocally(
        baseline: Int, agent: Int, observation: UnsafePointer<Float>, legal: UnsafePointer<UInt8>?,
        memory: UnsafeMutableRawPointer?, action: UnsafeMutableRawPointer
    ) throws {
        let environment = specification.specification
        let memorySize = specification.baselines[baseline].memorySize
        var request = PeerRequest(
            message: .baseline, batch: 1, meta: BaselineRequest.local(baseline: baseline, agents: [agent]).encoded())
        request.frames = [
            UnsafeRawBufferPointer(start: observation, count: environment.observationSize * 4),
            UnsafeRawBufferPointer(start: legal, count: legal == nil ? 0 : environment.legalSize),
            UnsafeRawBufferPointer(start: memory, count: memory == nil ? 0 : memorySize),
        ]
        let layouts = BaselineFrames(local: environment, rows: 1, memorySize: memorySize).reply.frames
        _ = try ask(request) { _, index, bytes in
            guard index < 2, bytes.count == layouts[index].byteCount else {
                return "frame \(index) of the reply to BASELINE has \(bytes.count) bytes, expected "
                    + (index < 2 ? layouts[index].shapeText : "2 frames")
            }
            guard let source = bytes.baseAddress, bytes.count > 0 else { return nil }
            (index == 0 ? action : memory)?.copyMemory(from: source, byteCount: bytes.count)
            return nil
        }
    }
}
