import Glibc

/// Generalised advantage estimation (Schulman et al. 2016, eq. 16) over rows in which an agent may be waiting.
///
/// For an agent that acts at step t and next at t′: R = Σ γ^(elapsed so far)·r from t to t′, Γ = γ^(elapsed from t to t′),
///
///     δ = R + Γ·V(t′) − V(t),   A(t) = δ + Γ·λ·A(t′),   return(t) = A(t) + V(t)
///
/// which is the usual recursion where every agent acts at every step and time passes evenly. V(t′) is 0 where an episode
/// ended by rule and the value of the *final* observation where it was cut by the horizon. Failed episodes count for
/// nothing: their rows are marked invalid.
///
/// While an agent waits, at step u between t and t′, it decides nothing, but its value is bootstrapped from where a
/// rollout or an episode is cut off just then. So the critic learns it: return(u) = R + Γ·(V(t′) + λ·A(t′)), with R and Γ
/// from u to t′.
///
/// An agent that is out for the rest of an episode has no V(t′), unless it goes on sharing its team's rewards: then they
/// are what its last decision led to, and the critic learns them as it does for one that waits, as in JaxMARL (Rutherford
/// et al. 2024). A value that all agents share goes on without it either way.
package struct AdvantageEstimation {
    package var discount: Double
    package var lambda: Double
    /// One value a copy for all agents, or one an agent.
    package var valuesArePerCopy: Bool
    /// All agents of a team have one reward, those that are out among them.
    package var rewardsAreShared: Bool

    package init(discount: Double, lambda: Double, valuesArePerCopy: Bool, rewardsAreShared: Bool) {
        self.discount = discount
        self.lambda = lambda
        self.valuesArePerCopy = valuesArePerCopy
        self.rewardsAreShared = rewardsAreShared
    }

    /// - Parameters: `values`: [step + 1, copy, value row]; `finalValues`: [step, copy, value row], read where an episode
    ///   was truncated; `advantages`, `returns`: [step, copy, agent], written; so are `valid`, 1 where an agent of a valid
    ///   episode decides, and `valued`, 1 where it decides or waits, or has a value though it is out.
    package func run(
        _ transitions: Transitions, values: UnsafePointer<Float>, finalValues: UnsafePointer<Float>,
        advantages: UnsafeMutablePointer<Float>, returns: UnsafeMutablePointer<Float>,
        valid: UnsafeMutablePointer<Float>, valued: UnsafeMutablePointer<Float>
    ) {
        let (steps, copies, agents) = (transitions.steps, transitions.copies, transitions.agents)
        let valueRows = valuesArePerCopy ? 1 : agents
        let outHasValue = rewardsAreShared && !valuesArePerCopy
        let outHasFuture = rewardsAreShared || valuesArePerCopy
        let gamma = Float(discount)
        let lambda = Float(self.lambda)
        for copy in 0..<copies {
            for agent in 0..<agents {
                let valueIndex = valuesArePerCopy ? 0 : agent
                var nextValue = values[(steps * copies + copy) * valueRows + valueIndex]
                var nextAdvantage: Float = 0
                var discountToNext: Float = 1
                var rewardToNext: Float = 0
                var isValid: Float = 1
                for step in stride(from: steps - 1, through: 0, by: -1) {
                    let place = step * copies + copy
                    let row = place * agents + agent
                    switch transitions.end(place) {
                    case .running:
                        if step == steps - 1, transitions.terminated[row] != 0, !outHasFuture { nextValue = 0 }
                    case .terminated:
                        (nextValue, nextAdvantage, discountToNext, rewardToNext, isValid) = (0, 0, 1, 0, 1)
                    case .truncated:
                        let hasFuture = transitions.terminated[row] == 0 || outHasFuture
                        let final = hasFuture ? finalValues[place * valueRows + valueIndex] : 0
                        (nextValue, nextAdvantage, discountToNext, rewardToNext, isValid) = (final, 0, 1, 0, 1)
                    case .failed:
                        (nextValue, nextAdvantage, discountToNext, rewardToNext, isValid) = (0, 0, 1, 0, 0)
                    }
                    let elapsed = transitions.elapsed[place]
                    let stepDiscount = elapsed == 1 ? gamma : pow(gamma, elapsed)
                    rewardToNext = transitions.rewards[row] + stepDiscount * rewardToNext
                    discountToNext *= stepDiscount
                    valid[row] = transitions.acting[row] != 0 ? isValid : 0
                    let hasValue = outHasValue || !transitions.isOut(step: step, copy: copy, agent: agent)
                    valued[row] = hasValue ? isValid : 0
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
