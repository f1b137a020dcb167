import ArgusHost
import ArgusTrain
import Testing

/// One copy, one agent: arrays in, advantages and returns out.
private func estimate(
    rewards: [Float], values: [Float], final: Float = 0, acting: [UInt8]? = nil, terminated: [UInt8]? = nil,
    ended: [EpisodeEnd], elapsed: [Float]? = nil, discount: Double = 0.9, lambda: Double = 0.5
) -> (advantages: [Float], returns: [Float], valid: [UInt8], valued: [UInt8]) {
    let steps = rewards.count
    var advantages = [Float](repeating: .nan, count: steps)
    var returns = [Float](repeating: .nan, count: steps)
    var valid = [UInt8](repeating: 9, count: steps)
    var valued = [UInt8](repeating: 9, count: steps)
    let finals = [Float](repeating: final, count: steps)
    let ends = ended.map(\.rawValue)
    let acting = acting ?? [UInt8](repeating: 1, count: steps)
    let terminated = terminated ?? ended.map { $0 == .terminated ? 1 : 0 }
    let elapsed = elapsed ?? [Float](repeating: 1, count: steps)
    let estimation = AdvantageEstimation(
        discount: discount, lambda: lambda, steps: steps, copies: 1, agents: 1, valuesArePerCopy: false)
    rewards.withUnsafeBufferPointer { rewards in
        acting.withUnsafeBufferPointer { acting in
            terminated.withUnsafeBufferPointer { terminated in
                ends.withUnsafeBufferPointer { ends in
                    elapsed.withUnsafeBufferPointer { elapsed in
                        guard let rewards = rewards.baseAddress, let acting = acting.baseAddress,
                            let terminated = terminated.baseAddress, let ends = ends.baseAddress,
                            let elapsed = elapsed.baseAddress
                        else { return }
                        estimation.run(
                            values: values, finalValues: finals,
                            AdvantageEstimation.Transitions(
                                rewards: rewards, acting: acting, terminated: terminated, ended: ends, elapsed: elapsed),
                            advantages: &advantages, returns: &returns, valid: &valid, valued: &valued)
                    }
                }
            }
        }
    }
    return (advantages, returns, valid, valued)
}

private func isClose(_ first: [Float], _ second: [Float]) -> Bool {
    first.count == second.count && zip(first, second).allSatisfy { abs($0 - $1) < 1e-5 }
}

@Suite("Advantage estimation")
struct AdvantageEstimationTests {
    @Test("An episode that goes on is bootstrapped with the value after the last step")
    func runningEpisode() {
        let result = estimate(rewards: [1, 2], values: [0.5, 0.25, 4], ended: [.running, .running])
        // δ₁ = 2 + 0.9·4 − 0.25 = 5.35;  δ₀ = 1 + 0.9·0.25 − 0.5 = 0.725;  A₀ = 0.725 + 0.45·5.35
        #expect(isClose(result.advantages, [3.1325, 5.35]))
        #expect(isClose(result.returns, [3.6325, 5.6]))
        #expect(result.valid == [1, 1])
    }

    @Test("Termination has no future; the next episode's rows do not leak back")
    func termination() {
        let result = estimate(
            rewards: [1, 2, 7], values: [0.5, 0.25, 3, 100], final: 55, ended: [.running, .terminated, .running])
        // δ₁ = 2 − 0.25 = 1.75;  A₀ = 0.725 + 0.45·1.75
        #expect(isClose([result.advantages[0], result.advantages[1]], [1.5125, 1.75]))
    }

    @Test("Truncation is bootstrapped from the final observation, not from the reset one")
    func truncation() {
        let result = estimate(
            rewards: [1, 2, 7], values: [0.5, 0.25, 3, 100], final: 4, ended: [.running, .truncated, .running])
        #expect(isClose([result.advantages[0], result.advantages[1]], [3.1325, 5.35]))
    }

    @Test("An agent that is out when the horizon cuts the episode gets no bootstrap")
    func terminatedAgentAtTruncation() {
        let result = estimate(
            rewards: [2], values: [0.25, 100], final: 4, terminated: [1], ended: [.truncated])
        #expect(isClose(result.advantages, [1.75]))
    }

    @Test("An agent that is out at the rollout's edge gets no bootstrap from rows that nobody learns the value of")
    func terminatedAgentAtTheEdge() {
        let result = estimate(
            rewards: [2, 1], values: [0.25, 50, 100], acting: [1, 0], terminated: [1, 1], ended: [.running, .running])
        // R = 2 + 0.9·1; A = R − 0.25
        #expect(isClose([result.advantages[0]], [2.65]))
    }

    @Test("Numbers of a failed episode, its elapsed time included, are not passed on")
    func failedEpisodeWithBadNumbers() {
        let result = estimate(
            rewards: [1, 2, 3], values: [0, 0, 0, 1], ended: [.terminated, .running, .failed],
            elapsed: [1, 1, .nan])
        #expect(result.valid == [1, 0, 0])
        #expect(isClose(result.advantages, [1, 0, 0]))
        #expect(isClose(result.returns, [1, 0, 0]))
    }

    @Test("A waiting agent's rewards accumulate, discounted by elapsed time, to its decision")
    func waiting() {
        let result = estimate(
            rewards: [1, 2, 3], values: [0.5, 9, 0.25, 4], acting: [1, 0, 1], ended: [.running, .running, .running],
            elapsed: [1, 2, 1])
        // At step 2: δ = 3 + 0.9·4 − 0.25 = 6.35. At step 0: R = 1 + 0.9·2, Γ = 0.9·0.81,
        // δ = 2.8 + 0.729·0.25 − 0.5 = 2.48225, A = 2.48225 + 0.729·0.5·6.35
        #expect(isClose([result.advantages[0], result.advantages[2]], [4.796825, 6.35]))
        #expect(result.valid == [1, 0, 1])
        // The critic learns what waiting is worth: 2 + 0.81·(0.25 + 0.5·6.35)
        #expect(result.valued == [1, 1, 1])
        #expect(isClose([result.returns[1]], [4.77425]))
    }

    @Test("Nobody learns the value of an agent that is out; in the next episode it counts again")
    func outIsNotWaiting() {
        let result = estimate(
            rewards: [1, 1, 1, 1, 1], values: [0, 0, 0, 0, 0, 0], acting: [1, 0, 0, 0, 1], terminated: [1, 1, 1, 0, 0],
            ended: [.running, .running, .terminated, .running, .running])
        #expect(result.valid == [1, 0, 0, 0, 1])
        #expect(result.valued == [1, 0, 0, 1, 1])
    }

    @Test("Rows of a failed episode count for nothing, those before it do")
    func failedEpisode() {
        let result = estimate(
            rewards: [1, 2, 3, 4], values: [0, 0, 0, 0, 1],
            ended: [.terminated, .running, .failed, .running])
        #expect(result.valid == [1, 0, 0, 1])
        #expect(result.valued == [1, 0, 0, 1])
        #expect(isClose([result.advantages[0]], [1]))
    }
}

@Suite("Value normalisation")
struct ValueNormalizerTests {
    @Test("The first update is not biased towards zero")
    func biasCorrection() {
        var normalizer = ValueNormalizer(decay: 0.99)
        #expect(normalizer.center == 0 && normalizer.deviation == 1)
        normalizer.update(mean: 5, meanOfSquares: 29)
        #expect(abs(normalizer.center - 5) < 1e-9)
        #expect(abs(normalizer.deviation - 2) < 1e-9)
    }

    @Test("Values keep what they say when the moments move")
    func conversion() {
        var before = ValueNormalizer(decay: 0.9)
        for round in 0..<3 {
            var after = before
            after.update(mean: 4 - Double(round), meanOfSquares: 40)
            let (ratio, shift) = after.conversion(from: before)
            for value in [-1.5, 0, 2.0] {
                let converted = ratio * value + shift
                #expect(
                    abs(converted * after.deviation + after.center - (value * before.deviation + before.center)) < 1e-9)
            }
            before = after
        }
    }

    @Test("A long time without reward does not make the first reward enormous")
    func floor() {
        var normalizer = ValueNormalizer(decay: 0.99)
        for _ in 0..<10_000 { normalizer.update(mean: 0, meanOfSquares: 0) }
        #expect(abs(normalizer.deviation - 0.1) < 1e-9)
    }
}
