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
    /// One value a copy for all agents, or one an agent.
    package var valuesArePerCopy: Bool

    package init(discount: Double, lambda: Double, valuesArePerCopy: Bool) {
        self.discount = discount
        self.lambda = lambda
        self.valuesArePerCopy = valuesArePerCopy
    }

    /// - Parameters: `values`: [step + 1, copy, value row]; `finalValues`: [step, copy, value row], read where an episode
    ///   was truncated; `advantages`, `returns`: [step, copy, agent], written; so are `valid`, 1 where an agent of a valid
    ///   episode decides, and `valued`, 1 where it decides or waits.
    package func run(
        _ transitions: Transitions, values: UnsafePointer<Float>, finalValues: UnsafePointer<Float>,
        advantages: UnsafeMutablePointer<Float>, returns: UnsafeMutablePointer<Float>,
        valid: UnsafeMutablePointer<UInt8>, valued: UnsafeMutablePointer<UInt8>
    ) {
        let (steps, copies, agents) = (transitions.steps, transitions.copies, transitions.agents)
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
                    switch transitions.end(place) {
                    case .running:
                        // At the rollout's edge the critic was never shown what an agent that is out sees.
                        if step == steps - 1, transitions.terminated[row] != 0, !valuesArePerCopy { nextValue = 0 }
                    case .terminated:
                        (nextValue, nextAdvantage, discountToNext, rewardToNext, isValid) = (0, 0, 1, 0, 1)
                    case .truncated:
                        let isOut = transitions.terminated[row] != 0 && !valuesArePerCopy
                        let final = isOut ? 0 : finalValues[place * valueRows + valueIndex]
                        (nextValue, nextAdvantage, discountToNext, rewardToNext, isValid) = (final, 0, 1, 0, 1)
                    case .failed:
                        (nextValue, nextAdvantage, discountToNext, rewardToNext, isValid) = (0, 0, 1, 0, 0)
                    }
                    let elapsed = transitions.elapsed[place]
                    let stepDiscount = elapsed == 1 ? gamma : pow(gamma, elapsed)
                    rewardToNext = transitions.rewards[row] + stepDiscount * rewardToNext
                    discountToNext *= stepDiscount
                    valid[row] = transitions.acting[row] != 0 ? isValid : 0
                    valued[row] = transitions.isOut(step: step, copy: copy, agent: agent) ? 0 : isValid
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
