package import CArgusEnv

/// A specification as the C interface shows it.
package struct CSpecification {
    package let memory = CMemory()
    package let pointer: UnsafePointer<argus_specification>

    package init(_ specification: EnvironmentSpecification) {
        let heads: [Int]
        var continuousSize = 0
        switch specification.actions {
        case .discrete(let sizes): heads = sizes
        case .continuous(let size, _):
            heads = []
            continuousSize = size
        }
        let memory = self.memory
        let agents = specification.agents.map { agent in
            let sizes = agent.actionSizes ?? (heads.isEmpty ? [continuousSize] : heads)
            return argus_agent(
                struct_size: UInt32(MemoryLayout<argus_agent>.size), group: UInt32(agent.group),
                name: memory.string(agent.name), role: memory.string(agent.role),
                observation_size: UInt32(agent.observationSize ?? specification.observationSize),
                head_sizes: heads.isEmpty ? nil : memory.array(sizes.map(UInt32.init)),
                action_size: heads.isEmpty ? UInt32(sizes.first ?? 0) : 0, reserved: 0)
        }
        pointer = memory.value(
            argus_specification(
                struct_size: UInt32(MemoryLayout<argus_specification>.size), agent_count: UInt32(agents.count),
                agents: memory.nonEmptyArray(agents), group_count: UInt32(specification.groups.count),
                tensor_count: UInt32(CSpecification.tensors(specification, memory).count),
                groups: memory.nonEmptyArray(specification.groups.map(memory.string)),
                tensors: memory.nonEmptyArray(CSpecification.tensors(specification, memory)),
                action_heads: UInt32(heads.count),
                observation_segment_count: UInt32(specification.observationSegments.count),
                head_sizes: memory.array(heads.map(UInt32.init)),
                action_names: memory.strings(specification.actionNames),
                observation_segments: CSpecification.segments(specification.observationSegments, memory),
                state_segments: CSpecification.segments(specification.state?.segments ?? [], memory),
                state_segment_count: UInt32(specification.state?.segments.count ?? 0),
                suggested_horizon: UInt32(specification.suggestedHorizon ?? 0)))
    }

    private static func segments(_ segments: [Segment], _ memory: CMemory) -> UnsafePointer<argus_segment>? {
        memory.array(
            segments.map {
                argus_segment(
                    struct_size: UInt32(MemoryLayout<argus_segment>.size), offset: UInt32($0.offset),
                    count: UInt32($0.count), reserved: 0, name: memory.string($0.name),
                    description: memory.string($0.description))
            })
    }

    private static func tensors(_ specification: EnvironmentSpecification, _ memory: CMemory) -> [argus_tensor] {
        func tensor(
            _ role: UInt32, _ type: UInt32, _ rows: UInt32, _ width: Int, _ bounds: Bounds? = nil
        ) -> argus_tensor {
            argus_tensor(
                struct_size: UInt32(MemoryLayout<argus_tensor>.size), role: role, dtype: type, rows: rows,
                width: UInt32(width), reserved: 0, low: bounds.flatMap { memory.array($0.low) },
                high: bounds.flatMap { memory.array($0.high) })
        }
        let agent = UInt32(ARGUS_ROWS_AGENT)
        let copy = UInt32(ARGUS_ROWS_COPY)
        let float = UInt32(ARGUS_F32)
        let byte = UInt32(ARGUS_U8)
        var tensors = [
            tensor(
                UInt32(ARGUS_OBSERVATION), float, agent, specification.observationSize, specification.observationBounds)
        ]
        switch specification.actions {
        case .discrete(let heads):
            tensors.append(tensor(UInt32(ARGUS_ACTION), UInt32(ARGUS_I32), agent, heads.count))
            tensors.append(tensor(UInt32(ARGUS_LEGAL), byte, agent, specification.legalSize))
        case .continuous(let size, let bounds):
            tensors.append(tensor(UInt32(ARGUS_ACTION), float, agent, size, bounds))
        }
        tensors.append(tensor(UInt32(ARGUS_ACTING), byte, agent, 1))
        tensors.append(tensor(UInt32(ARGUS_TERMINATED), byte, agent, 1))
        tensors.append(tensor(UInt32(ARGUS_REWARD), float, specification.rewardScope.rawValue, 1))
        if let state = specification.state {
            tensors.append(tensor(UInt32(ARGUS_STATE), float, copy, state.size, state.bounds))
        }
        tensors.append(tensor(UInt32(ARGUS_ENDED), byte, copy, 1))
        tensors.append(tensor(UInt32(ARGUS_ELAPSED), float, copy, 1))
        return tensors
    }
}
