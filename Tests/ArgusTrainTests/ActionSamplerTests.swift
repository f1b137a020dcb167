import ArgusEnvAPI
import ArgusTrain
import Foundation
import Testing

@Suite("Action sampling")
struct ActionSamplerTests {
    @Test("Frequencies are those of the softmax, over legal choices only")
    func frequencies() {
        let sampler = ActionSampler(heads: [4])
        let logits: [Float] = [0, 1, 2, 3]
        let legal: [UInt8] = [1, 0, 1, 1]
        let weights = [exp(0.0), 0, exp(2.0), exp(3.0)]
        let sum = weights.reduce(0, +)
        var counts = [0, 0, 0, 0]
        let random = CounterRandom(run: 5, purpose: .action)
        let draws = 200_000
        for draw in 0..<draws {
            var action: Int32 = -1
            let logProbability = sampler.sample(
                logits, legal: legal, random: random.keyed(UInt64(draw)), into: &action)
            counts[Int(action)] += 1
            #expect(abs(Double(logProbability) - log(weights[Int(action)] / sum)) < 1e-5)
        }
        for choice in 0..<4 {
            let expected = weights[choice] / sum
            let deviation = (expected * (1 - expected) / Double(draws)).squareRoot()
            #expect(abs(Double(counts[choice]) / Double(draws) - expected) <= 5 * deviation)
        }
    }

    @Test("Greedy takes the most probable legal choice of each head")
    func greedy() {
        let sampler = ActionSampler(heads: [3, 2])
        var actions: [Int32] = [-1, -1]
        _ = sampler.sample(
            [1, 9, 2, 5, 4] as [Float], legal: [1, 0, 1, 1, 1] as [UInt8], greedy: true,
            random: CounterRandom(run: 1, purpose: .action), into: &actions)
        #expect(actions == [2, 0])
    }

    @Test("A head that an agent lacks takes its only choice, for certain")
    func absentHead() {
        let sampler = ActionSampler(heads: [2, 3])
        for draw in 0..<100 {
            var actions: [Int32] = [-1, -1]
            let logProbability = sampler.sample(
                [0, 0, -5, 9, 9] as [Float], legal: [1, 1, 1, 0, 0] as [UInt8],
                random: CounterRandom(run: 1, purpose: .action).keyed(UInt64(draw)), into: &actions)
            #expect(actions[1] == 0)
            #expect(abs(Double(logProbability) - log(0.5)) < 1e-6)
        }
    }

    @Test("Heads are drawn independently of each other")
    func independentHeads() {
        let sampler = ActionSampler(heads: [2, 2])
        let draws = 40_000
        var counts = [0, 0, 0, 0]
        for draw in 0..<draws {
            var actions: [Int32] = [-1, -1]
            _ = sampler.sample(
                [0, 0, 0, 0] as [Float], legal: nil,
                random: CounterRandom(run: 2, purpose: .action).keyed(UInt64(draw)), into: &actions)
            counts[Int(actions[0]) * 2 + Int(actions[1])] += 1
        }
        // Five standard deviations of a count.
        let limit = 5 * (Double(draws) * 3 / 16).squareRoot()
        for count in counts { #expect(abs(Double(count) - Double(draws) / 4) < limit) }
    }
}
