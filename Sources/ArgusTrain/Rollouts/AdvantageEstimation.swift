import ArgusHost
import Glibc

/// Generalised advantage estimation (Schulman et al. 2016, eq. 16) over rows in which an agent may be waiting.
///
/// For an agent that acts at step t and next at t′: R = Σ γ^(elapsed so far)·r from t to t′, Γ = γ^(elapsed from t to t′),
///
///     δ = R + Γ·V(t′) − V(t),   A(t) = δ + Γ·λ·A(t′),   return(t) = A(t) + V(t)
///
/// which is the usual recursion where every agent acts at every step and time passes evenly. V(t′) is 0 where an episode
/// ended by rule and the value of the *final* observation where it was cut by the horizon. An agent that is out for the
/// rest of an episode has no V(t′) of its own either; a value that all agents share goes on without it, as do their
/// rewards. Failed episodes count for nothing: their rows are marked invalid.
///
/// While an agent waits, at step u between t and t′, it decides nothing, but its value is bootstrapped from where a
/// rollout or an episode is cut off just then. So the critic learns it: return(u) = R + Γ·(V(t′) + λ·A(t′)), with R and Γ
/// from u to t′.
package struct AdvantageEstimation {
    package var discount: Double
    package var lambda: Double
    package var steps: Int
    package var copies: Int
    package var agents: Int
    /// One value a copy for all agents, or one an agent.
    package var valuesArePerCopy: Bool

    package init(
        discount: Double, lambda: Double, steps: Int, copies: Int, agents: Int, valuesArePerCopy: Bool
    ) {
        self.discount = discount
        self.lambda = lambda
        self.steps = steps
        self.copies = copies
        self.agents = agents
        self.valuesArePerCopy = valuesArePerCopy
    }

    /// What happened: [step, copy, agent] or, where said so, [step, copy].
    package struct Transitions {
        package var rewards: UnsafePointer<Float>
        package var acting: UnsafePointer<UInt8>
        package var terminated: UnsafePointer<UInt8>
        /// [step, copy]: ``EpisodeEnd`` raw values.
        package var ended: UnsafePointer<UInt8>
        /// [step, copy]
        package var elapsed: UnsafePointer<Float>

        package init(
            rewards: UnsafePointer<Float>, acting: UnsafePointer<UInt8>, terminated: UnsafePointer<UInt8>,
            ended: UnsafePointer<UInt8>, elapsed: UnsafePointer<Float>
        ) {
            self.rewards = rewards
            self.acting = acting
            self.terminated = terminated
            self.ended = ended
            self.elapsed = elapsed
        }

        /// Whether an agent that is not acting is out for the rest of the episode, not waiting. What came before the
        /// rollout's first step is not stored; there, who is out after the step may as well have been before.
        func isOut(step: Int, copy: Int, agent: Int, copies: Int, agents: Int) -> Bool {
            if acting[(step * copies + copy) * agents + agent] != 0 { return false }
            let before = max(0, step - 1) * copies + copy
            if step > 0, ended[before] != EpisodeEnd.running.rawValue { return false }
            return terminated[before * agents + agent] != 0
        }
    }

    /// - Parameters: `values`: [step + 1, copy, value row]; `finalValues`: [step, copy, value row], read where an episode
    ///   was truncated; `advantages`, `returns`: [step, copy, agent], written; so are `valid`, 1 where an agent of a valid
    ///   episode decides, and `valued`, 1 where it decides or waits.
    package func run(
        values: UnsafePointer<Float>, finalValues: UnsafePointer<Float>, _ storage: Transitions,
        advantages: UnsafeMutablePointer<Float>, returns: UnsafeMutablePointer<Float>,
        valid: UnsafeMutablePointer<UInt8>, valued: UnsafeMutablePointer<UInt8>
    ) {
        let valueRows = valuesArePerCopy ? 1 : agents
        let gamma = Float(discount)
        let lambda = Float(self.lambda)
        for copy in 0..<copies {
            for agent in 0..<agents {
                let valueIndex = valuesArePerCopy ? 0 : agent
                var nextValue = values[(steps * copies + copy) * valueRows + valueIndex]
                var nextAdvantage: Float = 0
                var discountToNext: Float = 1
                var rewardToNext: Float = 0
                var isValid: UInt8 = 1
                for step in stride(from: steps - 1, through: 0, by: -1) {
                    let place = step * copies + copy
                    let row = place * agents + agent
                    switch EpisodeEnd(rawValue: storage.ended[place]) ?? .failed {
                    case .running:
                        // At the rollout's edge the critic was never shown what an agent that is out sees.
                        if step == steps - 1, storage.terminated[row] != 0, !valuesArePerCopy { nextValue = 0 }
                    case .terminated:
                        (nextValue, nextAdvantage, discountToNext, rewardToNext, isValid) = (0, 0, 1, 0, 1)
                    case .truncated:
                        let isOut = storage.terminated[row] != 0 && !valuesArePerCopy
                        let final = isOut ? 0 : finalValues[place * valueRows + valueIndex]
                        (nextValue, nextAdvantage, discountToNext, rewardToNext, isValid) = (final, 0, 1, 0, 1)
                    case .failed:
                        (nextValue, nextAdvantage, discountToNext, rewardToNext, isValid) = (0, 0, 1, 0, 0)
                    }
                    let elapsed = storage.elapsed[place]
                    let stepDiscount = elapsed == 1 ? gamma : pow(gamma, elapsed)
                    rewardToNext = storage.rewards[row] + stepDiscount * rewardToNext
                    discountToNext *= stepDiscount
                    valid[row] = storage.acting[row] != 0 ? isValid : 0
                    valued[row] =
                        storage.isOut(step: step, copy: copy, agent: agent, copies: copies, agents: agents)
                        ? 0 : isValid
                    // A failed episode's numbers, its elapsed time among them, may be anything, so none is passed on.
                    guard valid[row] != 0 else {
                        advantages[row] = 0
                        returns[row] =
                            valued[row] != 0
                            ? rewardToNext + discountToNext * (nextValue + lambda * nextAdvantage) : 0
                        continue
                    }
                    let value = values[place * valueRows + valueIndex]
                    let delta = rewardToNext + discountToNext * nextValue - value
                    let advantage = delta + discountToNext * lambda * nextAdvantage
                    advantages[row] = advantage
                    returns[row] = advantage + value
                    (nextValue, nextAdvantage, discountToNext, rewardToNext) = (value, advantage, 1, 0)
                }
            }
        }
    }
}
