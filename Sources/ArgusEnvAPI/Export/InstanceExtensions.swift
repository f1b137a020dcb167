package import CArgusEnv

/// The extension structs of one instance.
enum InstanceExtensions {
    static func make(
        _ batch: any EnvironmentBatch, _ capabilities: Set<Capability>, _ memory: CMemory
    ) -> [(id: String, pointer: UnsafeRawPointer)] {
        capabilities.map { capability in
            let pointer: UnsafeRawPointer =
                switch capability {
                case .text: UnsafeRawPointer(memory.value(text(batch, memory)))
                case .snapshot: UnsafeRawPointer(memory.value(snapshot()))
                case .baseline: UnsafeRawPointer(memory.value(baselines(batch.baselines, memory)))
                case .render: UnsafeRawPointer(memory.value(render()))
                case .metrics: UnsafeRawPointer(memory.value(metrics(batch.metrics, memory)))
                }
            return (capability.rawValue, pointer)
        }
    }

    private static func text(_ batch: any EnvironmentBatch, _ memory: CMemory) -> argus_text {
        argus_text(
            struct_size: UInt32(MemoryLayout<argus_text>.size), reserved: 0, quanta: memory.array(batch.textQuanta()),
            rules: { instance, agent, buffer, capacity, needed in
                writeText(InstanceBox.of(instance).batch.textRules(agent: Int(agent)), buffer, capacity, needed)
            },
            situation: { instance, copy, agent, buffer, capacity, needed in
                let batch = InstanceBox.of(instance).batch
                return writeText(batch.textSituation(copy: Int(copy), agent: Int(agent)), buffer, capacity, needed)
            },
            action: { instance, copy, agent, choice, buffer, capacity, needed in
                let batch = InstanceBox.of(instance).batch
                let words = batch.textAction(copy: Int(copy), agent: Int(agent), choice: Int(choice))
                return writeText(words, buffer, capacity, needed)
            })
    }

    private static func snapshot() -> argus_snapshot {
        argus_snapshot(
            struct_size: UInt32(MemoryLayout<argus_snapshot>.size), reserved: 0,
            save: { instance, copy, buffer, capacity, needed in
                let box = InstanceBox.of(instance)
                return box.guarded(copy: Int(copy), status: ARGUS_ERROR) {
                    let bytes = try box.batch.snapshot(copy: Int(copy))
                    needed.pointee = bytes.count
                    if let buffer { buffer.update(from: bytes, count: min(capacity, bytes.count)) }
                }
            },
            load: { instance, copy, bytes, size, chanceSeed in
                let box = InstanceBox.of(instance)
                return box.guarded(copy: Int(copy), status: ARGUS_DISCARD) {
                    let state = [UInt8](UnsafeBufferPointer(start: bytes, count: size))
                    try box.batch.restore(copy: Int(copy), state, chanceSeed: chanceSeed?.pointee)
                }
            })
    }

    private static func baselines(_ descriptors: [BaselineDescriptor], _ memory: CMemory) -> argus_baselines {
        let list = memory.baselines(descriptors)
        return argus_baselines(
            struct_size: UInt32(MemoryLayout<argus_baselines>.size), count: UInt32(descriptors.count),
            baselines: list,
            act_jointly: { instance, baseline, copy, agents, actions, stride in
                InstanceBox.of(instance).batch.actJointly(
                    baseline: Int(baseline), copy: Int(copy), agents: agents, actions: actions, stride: stride)
                return ARGUS_OK
            },
            act_locally: { instance, baseline, agent, observation, legal, memory, action in
                InstanceBox.of(instance).batch.actLocally(
                    baseline: Int(baseline), agent: Int(agent), observation: observation, legal: legal,
                    memory: memory, action: action)
                return ARGUS_OK
            })
    }

    private static func render() -> argus_render {
        argus_render(
            struct_size: UInt32(MemoryLayout<argus_render>.size), reserved: 0,
            text: { instance, copy, color, buffer, capacity, needed in
                let batch = InstanceBox.of(instance).batch
                return writeText(batch.renderText(copy: Int(copy), color: color != 0), buffer, capacity, needed)
            })
    }

    private static func metrics(_ descriptors: [MetricDescriptor], _ memory: CMemory) -> argus_metrics {
        let list = memory.metrics(descriptors)
        return argus_metrics(
            struct_size: UInt32(MemoryLayout<argus_metrics>.size), count: UInt32(descriptors.count),
            metrics: list,
            values: { instance, copy, values in
                InstanceBox.of(instance).batch.writeMetrics(copy: Int(copy), values)
                return ARGUS_OK
            })
    }
}

/// Writes as the header's (buffer, capacity, needed) convention says.
package func writeText(
    _ text: String, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int, _ needed: UnsafeMutablePointer<Int>
) -> argus_status {
    var text = text
    text.withUTF8 { bytes in
        needed.pointee = bytes.count
        guard let buffer, let source = bytes.baseAddress else { return }
        UnsafeMutableRawPointer(buffer).copyMemory(from: source, byteCount: min(capacity, bytes.count))
    }
    return ARGUS_OK
}
