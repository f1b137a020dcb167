import ArgusEnvAPI
import ArgusHost
import ArgusTensor
import Dispatch

/// Playing: rollouts with the current actor.
extension PPOLearner {
    /// Plays `rollout_steps` steps of every copy with the current actor and stores them.
    func collect() throws -> RolloutSummary {
        storage.begin()
        firstActorHidden = actorHidden
        firstCriticHidden = criticHidden
        var summary = RolloutSummary()
        try withoutGradient {
            for step in 0..<steps {
                let begin = DispatchTime.now()
                storage.storeObservations(environment, encoding, step: step)
                try act(step)
                if configuration.recurrent { try valueStep(step) }
                let acted = DispatchTime.now()
                summary.actingSeconds += begin.seconds(to: acted)
                try environment.step()
                summary.steppingSeconds += acted.seconds(to: .now())
                storage.storeOutcome(environment, encoding, step: step)
                if configuration.recurrent { try valueFinals(from: step) }
                count(&summary)
            }
            storage.storeObservations(environment, encoding, step: steps)
        }
        return summary
    }

    func count(_ summary: inout RolloutSummary) {
        let groups = environment.specification.groups.count
        let group = environment.specification.agents[0].group
        for copy in 0..<copies {
            switch environment.outcome.end(copy) {
            case .running: break
            case .failed: summary.failed += 1
            case .terminated, .truncated:
                summary.episodes += 1
                summary.sumOfReturns += environment.outcome.episodeReturns[copy * groups + group]
            }
        }
    }

    func act(_ step: Int) throws {
        let rows = copies * agents
        let inputs = try Tensor.borrowing(
            storage.inputs.pointer + step * rows * encoding.inputSize, shape: [rows, encoding.inputSize], type: .float32
        )
        if configuration.recurrent {
            let (output, hidden) = try actor.step(
                inputs, hidden: actorHidden, starts: starts(step, rowsPerCopy: agents))
            actorHidden = hidden
            try output.copy(to: logits.elements)
        } else {
            try actor.infer(inputs, into: logitsTensor)
        }
        let legalSize = storage.legalSize
        let actions = environment.actions.allDiscrete
        let local = environment.local
        for copy in 0..<copies {
            let episode = sampling.keyed(local.seeds[copy]).keyed(UInt64(local.steps[copy]))
            for agent in 0..<agents {
                let row = copy * agents + agent
                let stored = step * rows + row
                let action = storage.actions.pointer + stored * heads.count
                storage.logProbabilities.pointer[stored] = sampler.sample(
                    logits.pointer + row * legalSize,
                    legal: usesMasks ? UnsafePointer(storage.legal.pointer + stored * legalSize) : nil,
                    random: episode.keyed(UInt64(agent)), into: action)
                for head in 0..<heads.count {
                    actions[row * heads.count + head] = Int32(truncatingIfNeeded: action[head])
                }
            }
        }
    }

    /// [copy · rowsPerCopy, 1]: 1 where an episode begins at `step`.
    func starts(_ step: Int, rowsPerCopy: Int) throws -> Tensor {
        let starts = try Tensor.borrowing(storage.starts.pointer + step * copies, shape: [copies, 1], type: .float32)
        return try starts.expanded(to: [copies, rowsPerCopy]).reshaped(to: [copies * rowsPerCopy, 1])
    }
}
