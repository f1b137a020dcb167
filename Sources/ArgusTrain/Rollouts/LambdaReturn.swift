package import ArgusHost
import Glibc

/// λ-returns (Sutton & Barto 2018, eq. 12.18), from the end of a sequence to its start:
///
///     y(t) = κ·r(t) − c·Δt + γ^Δt·[(1−λ)·V(t+1) + λ·y(t+1)]
///
/// with κ a scale of rewards and c the cost of a step.
///
/// Nothing follows an episode that ended by rule; one that was cut by the horizon, and a rollout's edge, go on with V.
/// Where nobody decides at t+1 there is nothing to bootstrap from, and λ is 1: rewards until the next decision add up.
package struct LambdaReturn {
    let discount: Float
    let lambda: Float
    let rewardScale: Float
    let stepCost: Float
    /// y(t+1); nil at a rollout's edge.
    private var later: Float?

    package init(discount: Double, lambda: Double, rewardScale: Double = 1, stepCost: Double = 0) {
        self.discount = Float(discount)
        self.lambda = Float(lambda)
        self.rewardScale = Float(rewardScale)
        self.stepCost = Float(stepCost)
    }

    /// y(t). Called from the last step to the first.
    ///
    /// - Parameters: `end`: how the episode stands after the step; `next`: V(t+1), of the final row where the episode was
    ///   truncated; `decidesNext`: whether somebody decides there.
    @inline(__always)
    package mutating func step(
        reward: Float, elapsed: Float, end: EpisodeEnd, next: Float, decidesNext: Bool
    ) -> Float {
        let future: Float
        switch end {
        case .running:
            let lambda = decidesNext ? lambda : 1
            future = later.map { (1 - lambda) * next + lambda * $0 } ?? next
        case .truncated: future = next
        case .terminated, .failed: future = 0
        }
        let decay = elapsed == 1 ? discount : pow(discount, elapsed)
        let result = rewardScale * reward - stepCost * elapsed + decay * future
        later = result
        return result
    }
}
