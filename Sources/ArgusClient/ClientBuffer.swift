import ArgusHost
internal import CArgusClient

/// Where the buffers of each role are, and their shapes.
extension ClientEnvironment {
    func buffer(_ role: UInt32) throws(ClientFailure) -> argus_client_buffer {
        let copies = environment.copies
        let specification = environment.specification
        let agents = specification.agents.count
        let size = specification.observationSize
        let legal = specification.legalSize
        let local = environment.local
        let outcome = environment.outcome
        switch role {
        case ARGUS_CLIENT_ACTIONS:
            let shape = [copies, agents, specification.actions.rowSize]
            if case .discrete = specification.actions {
                return described(environment.actions.allDiscrete.baseAddress, ARGUS_CLIENT_I32, shape)
            }
            return described(environment.actions.allContinuous.baseAddress, ARGUS_CLIENT_F32, shape)
        case ARGUS_CLIENT_OBSERVATIONS:
            return described(local.observations.baseAddress, ARGUS_CLIENT_F32, [copies, agents, size])
        case ARGUS_CLIENT_LEGAL: return described(local.legal.baseAddress, ARGUS_CLIENT_BOOL, [copies, agents, legal])
        case ARGUS_CLIENT_ACTING: return described(acting, ARGUS_CLIENT_BOOL, [copies, agents])
        case ARGUS_CLIENT_STATE:
            let central = environment.central
            return described(central.states.baseAddress, ARGUS_CLIENT_F32, [copies, central.size])
        case ARGUS_CLIENT_ACTIVE: return described(local.active.baseAddress, ARGUS_CLIENT_BOOL, [copies])
        case ARGUS_CLIENT_SEEDS: return described(local.seeds.baseAddress, ARGUS_CLIENT_U64, [copies])
        case ARGUS_CLIENT_STEPS: return described(local.steps.baseAddress, ARGUS_CLIENT_I64, [copies])
        case ARGUS_CLIENT_REWARDS: return described(outcome.rewards, ARGUS_CLIENT_F32, [copies, agents])
        case ARGUS_CLIENT_AGENT_TERMINATED: return described(agentTerminated, ARGUS_CLIENT_BOOL, [copies, agents])
        case ARGUS_CLIENT_TERMINATED: return described(terminated, ARGUS_CLIENT_BOOL, [copies])
        case ARGUS_CLIENT_TRUNCATED: return described(truncated, ARGUS_CLIENT_BOOL, [copies])
        case ARGUS_CLIENT_FAILED: return described(failed, ARGUS_CLIENT_BOOL, [copies])
        case ARGUS_CLIENT_ELAPSED: return described(outcome.elapsed, ARGUS_CLIENT_F32, [copies])
        case ARGUS_CLIENT_FINAL_OBSERVATIONS:
            return described(outcome.finalObservations, ARGUS_CLIENT_F32, [copies, agents, size])
        case ARGUS_CLIENT_FINAL_LEGAL: return described(outcome.finalLegal, ARGUS_CLIENT_BOOL, [copies, agents, legal])
        case ARGUS_CLIENT_FINAL_ACTING: return described(finalActing, ARGUS_CLIENT_BOOL, [copies, agents])
        case ARGUS_CLIENT_FINAL_STATE:
            let central = environment.central
            return described(central.finalStates.baseAddress, ARGUS_CLIENT_F32, [copies, central.size])
        case ARGUS_CLIENT_EPISODE_SEEDS: return described(outcome.episodeSeeds, ARGUS_CLIENT_U64, [copies])
        case ARGUS_CLIENT_EPISODE_LENGTHS: return described(outcome.episodeLengths, ARGUS_CLIENT_I64, [copies])
        case ARGUS_CLIENT_EPISODE_RETURNS:
            return described(outcome.episodeReturns, ARGUS_CLIENT_F64, [copies, specification.groups.count])
        case ARGUS_CLIENT_EPISODE_METRICS:
            return described(outcome.episodeMetrics, ARGUS_CLIENT_F64, [copies, environment.metrics.count])
        default:
            throw .argument("unknown role of a buffer", at: scenario, found: "\(role)", expected: "1 to 22")
        }
    }

    private func described<Element>(
        _ buffer: AlignedBuffer<Element>, _ dtype: UInt32, _ shape: [Int]
    ) -> argus_client_buffer {
        described(UnsafePointer(buffer.pointer), dtype, shape)
    }

    /// The caller may write what the host only reads, and is told not to.
    private func described(_ start: UnsafeRawPointer?, _ dtype: UInt32, _ shape: [Int]) -> argus_client_buffer {
        let entry = { (axis: Int) in UInt64(axis < shape.count ? shape[axis] : 1) }
        return argus_client_buffer(
            data: UnsafeMutableRawPointer(mutating: start), dtype: dtype, rank: UInt32(shape.count),
            shape: (entry(0), entry(1), entry(2)))
    }
}
