import ArgusHost
import ArgusTrain
import Testing

/// What happened: to one agent of one copy, or [step, copy, agent].
private struct Story {
    var copies = 1
    var agents = 1
    var rewards: [Float]
    var ended: [EpisodeEnd]
    var acting: [UInt8]?
    var terminated: [UInt8]?
    var elapsed: [Float]?

    func withTransitions(_ body: (Transitions) -> Void) {
        let steps = ended.count / copies
        let ends = ended.map(\.rawValue)
        let acting = acting ?? [UInt8](repeating: 1, count: rewards.count)
        let terminated =
            terminated ?? ended.flatMap { [UInt8](repeating: $0 == .terminated ? 1 : 0, count: agents) }
        let elapsed = elapsed ?? [Float](repeating: 1, count: ended.count)
        rewards.withUnsafeBufferPointer { rewards in
            acting.withUnsafeBufferPointer { acting in
                terminated.withUnsafeBufferPointer { terminated in
                    ends.withUnsafeBufferPointer { ends in
                        elapsed.withUnsafeBufferPointer { elapsed in
                            guard let rewards = rewards.baseAddress, let acting = acting.baseAddress,
                                let terminated = terminated.baseAddress, let ends = ends.baseAddress,
                                let elapsed = elapsed.baseAddress
                            else { return }
                            body(
                                Transitions(
                                    steps: steps, copies: copies, agents: agents, rewards: rewards, acting: acting,
                                    terminated: terminated, ended: ends, elapsed: elapsed))
                        }
                    }
                }
            }
        }
    }
}

private func estimate(
    rewards: [Float], values: [Float], final: Float = 0, acting: [UInt8]? = nil, terminated: [UInt8]? = nil,
    ended: [EpisodeEnd], elapsed: [Float]? = nil, discount: Double = 0.9, lambda: Double = 0.5,
    rewardsAreShared: Bool = false
) -> (advantages: [Float], returns: [Float], valid: [Float], valued: [Float]) {
    let steps = rewards.count
    var advantages = [Float](repeating: .nan, count: steps)
    var returns = [Float](repeating: .nan, count: steps)
    var valid = [Float](repeating: 9, count: steps)
    var valued = [Float](repeating: 9, count: steps)
    let finals = [Float](repeating: final, count: steps)
    let estimation = AdvantageEstimation(
        discount: discount, lambda: lambda, valuesArePerCopy: false, rewardsAreShared: rewardsAreShared)
    Story(rewards: rewards, ended: ended, acting: acting, terminated: terminated, elapsed: elapsed).withTransitions {
        estimation.run(
            $0, values: values, finalValues: finals, advantages: &advantages, returns: &returns, valid: &valid,
            valued: &valued)
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

    @Test("An agent that is out when the horizon cuts the episode gets no bootstrap of its own reward")
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

    @Test("An agent that is out and shares its team's rewards is valued as one that waits")
    func terminatedAgentWithSharedRewards() {
        let edge = estimate(
            rewards: [2, 1], values: [0.25, 50, 4], acting: [1, 0], terminated: [1, 1], ended: [.running, .running],
            rewardsAreShared: true)
        // R = 2 + 0.9·1, Γ = 0.81; A = R + 0.81·4 − 0.25; the row in which it is out: 1 + 0.9·4
        #expect(isClose(edge.advantages, [5.89, 0]))
        #expect(isClose(edge.returns, [6.14, 4.6]))
        #expect(edge.valid == [1, 0] && edge.valued == [1, 1])
        let horizon = estimate(
            rewards: [2], values: [0.25, 100], final: 4, terminated: [1], ended: [.truncated], rewardsAreShared: true)
        // 2 + 0.9·4 − 0.25
        #expect(isClose(horizon.advantages, [5.35]))
        // A rule's end has no future for anybody.
        let end = estimate(
            rewards: [2, 1], values: [0.25, 50, 100], acting: [1, 0], terminated: [1, 1],
            ended: [.running, .terminated], rewardsAreShared: true)
        #expect(isClose(end.returns, [2.9, 1]))
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

/// Discount 0.5, which makes exact numbers.
private func returns(
    of story: Story, n: Int, values: [Float], final: Float = 0, valuesArePerCopy: Bool = false,
    rewardsAreShared: Bool = false
) -> (returns: [Float], valid: [Float], valued: [Float]) {
    let rows = story.rewards.count
    var returns = [Float](repeating: .nan, count: rows)
    var valid = [Float](repeating: 9, count: rows)
    var valued = [Float](repeating: 9, count: rows)
    let finals = [Float](repeating: final, count: rows)
    story.withTransitions {
        NStepReturns(
            discount: 0.5, n: n, valuesArePerCopy: valuesArePerCopy, rewardsAreShared: rewardsAreShared
        ).run(
            $0, values: values, finalValues: finals, returns: &returns, valid: &valid, valued: &valued)
    }
    return (returns, valid, valued)
}

@Suite("n-step returns")
struct NStepReturnsTests {
    private static let running = [EpisodeEnd](repeating: .running, count: 4)

    @Test("n rewards, then the value there; at the rollout's edge what there is")
    func steps() {
        let story = Story(rewards: [1, 2, 4, 8], ended: Self.running)
        let values: [Float] = [100, 200, 16, 32, 64]
        // G(0) = 1 + 2/2 + 16/4, G(1) = 2 + 4/2 + 32/4, G(2) = 4 + 8/2 + 64/4, G(3) = 8 + 64/2
        #expect(returns(of: story, n: 2, values: values).returns == [6, 12, 24, 40])
        #expect(returns(of: story, n: 1, values: values).returns == [101, 10, 20, 40])
        // G(0) = 1 + 2/2 + 4/4 + 8/8 + 64/16
        #expect(returns(of: story, n: 9, values: values).returns[0] == 8)
        #expect(returns(of: story, n: 2, values: values).valid == [1, 1, 1, 1])
    }

    @Test("Nothing follows an end by rule; the horizon is bootstrapped from the final row")
    func ends() {
        var story = Story(rewards: [1, 2, 4, 8], ended: [.running, .terminated, .running, .running])
        let values: [Float] = [100, 200, 16, 32, 64]
        #expect(returns(of: story, n: 3, values: values, final: 7).returns == [2, 2, 24, 40])
        story.ended[1] = .truncated
        // G(0) = 1 + 2/2 + 12/4, G(1) = 2 + 12/2
        #expect(returns(of: story, n: 3, values: values, final: 12).returns == [5, 8, 24, 40])
    }

    @Test("Who is out has no value to bootstrap from, unless all share one, or its rewards; those go on adding up")
    func out() {
        let story = Story(
            rewards: [1, 2, 4, 8], ended: Self.running, acting: [1, 0, 0, 0], terminated: [1, 1, 1, 1])
        let values: [Float] = [100, 200, 16, 32, 64]
        let own = returns(of: story, n: 1, values: values)
        // 1 + 2/2 + 4/4 + 8/8
        #expect(own.returns == [4, 0, 0, 0] && own.valid == [1, 0, 0, 0] && own.valued == [1, 0, 0, 0])
        #expect(returns(of: story, n: 1, values: values, valuesArePerCopy: true).returns[0] == 101)
        // Its value is learnt, too: G(1) = 2 + 16/2, G(3) = 8 + 64/2
        let sharing = returns(of: story, n: 1, values: values, rewardsAreShared: true)
        #expect(sharing.returns == [101, 10, 20, 40])
        #expect(sharing.valid == [1, 0, 0, 0] && sharing.valued == [1, 1, 1, 1])
    }

    @Test("Time that passed unevenly discounts; who waits decides nothing, but its value is learnt")
    func waiting() {
        let story = Story(rewards: [1, 2, 4, 8], ended: Self.running, acting: [1, 0, 1, 1], elapsed: [3, 1, 2, 1])
        let result = returns(of: story, n: 2, values: [100, 200, 16, 32, 64])
        // G(0) = 1 + 2/8 + 16/16, G(1) = 2 + 4/2 + 32/8, G(2) = 4 + 8/4 + 64/8, G(3) = 8 + 64/2
        #expect(result.returns == [2.25, 8, 14, 40])
        #expect(result.valid == [1, 0, 1, 1] && result.valued == [1, 1, 1, 1])
    }

    @Test("Copies and agents are told apart")
    func rows() {
        // Two steps of two copies with two agents; the second copy's episode ends by rule after the first step.
        let story = Story(
            copies: 2, agents: 2, rewards: [1, 2, 3, 4, 5, 6, 7, 8],
            ended: [.running, .terminated, .running, .running])
        let values: [Float] = [0, 0, 0, 0, 0, 0, 0, 0, 16, 32, 64, 128]
        // (1, 2) + (5, 6)/2 + (16, 32)/4, then (3, 4) alone; (5, 6) + (16, 32)/2, (7, 8) + (64, 128)/2
        #expect(returns(of: story, n: 2, values: values).returns == [7.5, 13, 3, 4, 13, 22, 39, 72])
        // One value a copy: (1, 2) + (5, 6)/2 + 16/4; (5, 6) + 16/2, (7, 8) + 64/2
        let shared = returns(of: story, n: 2, values: [0, 0, 0, 0, 16, 64], valuesArePerCopy: true)
        #expect(shared.returns == [7.5, 9, 3, 4, 13, 14, 39, 40])
        #expect(shared.valid == Array(repeating: 1, count: 8))
    }

    @Test("Rows of a failed episode count for nothing, those before it do")
    func failed() {
        let story = Story(
            rewards: [1, .nan, 3, 8], ended: [.terminated, .running, .failed, .running], elapsed: [1, 1, .nan, 1])
        let result = returns(of: story, n: 2, values: [100, 200, 16, 32, 64])
        #expect(result.returns == [1, 0, 0, 40] && result.valid == [1, 0, 0, 1] && result.valued == [1, 0, 0, 1])
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
