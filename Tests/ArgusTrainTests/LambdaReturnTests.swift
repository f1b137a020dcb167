import ArgusHost
import ArgusTrain
import Testing

struct LambdaReturnTests {
    /// y of steps given from first to last, each with V of what follows; the last ends as `end` says.
    private func returns(
        _ steps: [(reward: Float, elapsed: Float, next: Float)], end: EpisodeEnd, discount: Double = 0.9,
        lambda: Double, rewardScale: Double = 1, stepCost: Double = 0
    ) -> [Float] {
        var returns = LambdaReturn(
            discount: discount, lambda: lambda, rewardScale: rewardScale, stepCost: stepCost)
        var result: [Float] = []
        for (index, step) in steps.enumerated().reversed() {
            let value = returns.step(
                reward: step.reward, elapsed: step.elapsed, end: index == steps.count - 1 ? end : .running,
                next: step.next, decidesNext: true)
            result.insert(value, at: 0)
        }
        return result
    }

    private func expectClose(_ found: [Float], _ expected: [Float]) {
        #expect(found.count == expected.count)
        for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-5) }
    }

    @Test("Rewards are scaled, and every environment step of a decision costs")
    func scaleAndCost() {
        let steps: [(reward: Float, elapsed: Float, next: Float)] = [(1, 1, 7), (0, 3, 7), (2, 1, 7)]
        let last: Float = 10 * 2 - 0.5
        let middle: Float = -1.5 + 0.729 * last
        let first: Float = 10 - 0.5 + 0.9 * middle
        expectClose(
            returns(steps, end: .terminated, lambda: 1, rewardScale: 10, stepCost: 0.5), [first, middle, last])
        // Waiting where there are no rewards is worth less than nothing.
        expectClose(returns([(0, 1, 0)], end: .truncated, lambda: 0, rewardScale: 10, stepCost: 0.5), [-0.5])
    }

    @Test("λ = 0 looks one decision ahead, and a horizon's end is gone over with V")
    func bootstrapping() {
        let steps: [(reward: Float, elapsed: Float, next: Float)] = [(1, 1, 5), (2, 2, 3)]
        expectClose(returns(steps, end: .truncated, lambda: 0), [1 + 0.9 * 5, 2 + 0.81 * 3])
        expectClose(returns(steps, end: .terminated, lambda: 0), [1 + 0.9 * 5, 2])
        expectClose(returns(steps, end: .truncated, lambda: 0.5), [1 + 0.9 * (2.5 + 0.5 * 4.43), 4.43])
    }
}
