import Glibc

/// n-step returns of a rollout (Sutton & Barto 2018, eq. 12.1; Mnih et al. 2016 for advantages made of them):
///
///     G(t) = Σ_{k<n} γ^(time from t)·r(t+k) + γ^(time to t+n)·V(t+n)
///
/// Nothing follows an episode that ended by rule; one that was cut by the horizon is bootstrapped from its final row, the
/// rollout's edge from the row after it. An agent that is out at t+n has no value of its own to bootstrap from, and its
/// rewards go on adding up, unless it goes on sharing its team's: see ``AdvantageEstimation``.
package struct NStepReturns {
    let discount: Double
    let n: Int
    /// One value a copy for all agents, or one an agent.
    let valuesArePerCopy: Bool
    /// All agents of a team have one reward, those that are out among them.
    let rewardsAreShared: Bool

    package init(discount: Double, n: Int, valuesArePerCopy: Bool, rewardsAreShared: Bool) {
        self.discount = discount
        self.n = n
        self.valuesArePerCopy = valuesArePerCopy
        self.rewardsAreShared = rewardsAreShared
    }

    /// - Parameters: `values`: [step + 1, copy, value row]; `finalValues`: [step, copy, value row], read where an episode
    ///   was truncated; `returns`: [step, copy, agent], written, as are `valid`, 1 where an agent of a valid episode
    ///   decides, and `valued`, 1 where it decides or waits, or has a value though it is out.
    package func run(
        _ transitions: Transitions, values: UnsafePointer<Float>, finalValues: UnsafePointer<Float>,
        returns: UnsafeMutablePointer<Float>, valid: UnsafeMutablePointer<Float>,
        valued: UnsafeMutablePointer<Float>
    ) {
        for copy in 0..<transitions.copies {
            for agent in 0..<transitions.agents {
                var isFailed = false
                for step in stride(from: transitions.steps - 1, through: 0, by: -1) {
                    let place = step * transitions.copies + copy
                    let end = transitions.end(place)
                    if end != .running { isFailed = end == .failed }
                    let row = place * transitions.agents + agent
                    let hasValue =
                        rewardsAreShared && !valuesArePerCopy
                        || !transitions.isOut(step: step, copy: copy, agent: agent)
                    valid[row] = transitions.acting[row] != 0 && !isFailed ? 1 : 0
                    valued[row] = hasValue && !isFailed ? 1 : 0
                    returns[row] =
                        valued[row] != 0 ? value(transitions, step, copy, agent, values, finalValues) : 0
                }
            }
        }
    }

    private func value(
        _ transitions: Transitions, _ first: Int, _ copy: Int, _ agent: Int, _ values: UnsafePointer<Float>,
        _ finalValues: UnsafePointer<Float>
    ) -> Float {
        let (copies, agents) = (transitions.copies, transitions.agents)
        let valueRows = valuesArePerCopy ? 1 : agents
        let column = valuesArePerCopy ? 0 : agent
        var sum: Float = 0
        var factor: Float = 1
        var step = first
        while true {
            let place = step * copies + copy
            let row = place * agents + agent
            sum += factor * transitions.rewards[row]
            let elapsed = transitions.elapsed[place]
            factor *= elapsed == 1 ? Float(discount) : pow(Float(discount), elapsed)
            let hasFuture = valuesArePerCopy || rewardsAreShared || transitions.terminated[row] == 0
            switch transitions.end(place) {
            case .terminated, .failed: return sum
            case .truncated: return sum + (hasFuture ? factor * finalValues[place * valueRows + column] : 0)
            case .running: break
            }
            step += 1
            guard step < transitions.steps else {
                return sum + (hasFuture ? factor * values[(step * copies + copy) * valueRows + column] : 0)
            }
            if step - first >= n, hasFuture {
                return sum + factor * values[(step * copies + copy) * valueRows + column]
            }
        }
    }
}
