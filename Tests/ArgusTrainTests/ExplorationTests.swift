import ArgusEnvAPI
import ArgusTrain
import Foundation
import Testing

@Suite("Exploration")
struct ExplorationTests {
    @Test("ε-greedy takes the best legal choice, and any legal one with probability ε, in each head by itself")
    func epsilonGreedy() {
        let sampler = ActionSampler(heads: [4, 2])
        let values: [Float] = [9, 1, 3, 2, 0, 1]
        let legal: [UInt8] = [0, 1, 1, 1, 1, 1]
        let random = CounterRandom(run: 5, purpose: .action)
        var counts = [0, 0, 0, 0, 0, 0]
        let draws = 100_000
        for draw in 0..<draws {
            var actions: [Int64] = [-1, -1]
            sampler.explore(
                values, legal: legal, exploration: 0.3, random: random.keyed(UInt64(draw)), into: &actions)
            counts[Int(actions[0])] += 1
            counts[4 + Int(actions[1])] += 1
        }
        let expected = [0, 0.1, 0.8, 0.1, 0.15, 0.85]
        for (count, probability) in zip(counts, expected) {
            let deviation = (probability * (1 - probability) / Double(draws)).squareRoot()
            #expect(abs(Double(count) / Double(draws) - probability) <= 5 * deviation)
        }
    }

    @Test("Without exploration it is greedy; padding without a legal choice gives choice 0")
    func greedy() {
        let sampler = ActionSampler(heads: [3])
        var action: Int32 = -1
        for run in 0..<50 {
            let random = CounterRandom(run: UInt64(run), purpose: .action)
            sampler.explore([1, 5, 9] as [Float], legal: [1, 1, 0], exploration: 0, random: random, into: &action)
            #expect(action == 1)
            sampler.explore([1, 5, 9] as [Float], legal: [0, 0, 0], exploration: 1, random: random, into: &action)
            #expect(action == 0)
        }
    }

    @Test("A Gaussian's draws have its moments, their log-density is exact, and actions are clipped to the bounds")
    func gaussian() {
        let sampler = GaussianSampler(bounds: Bounds(low: [-1, 10, -.infinity], high: [1, 30, .infinity]))
        let means: [Float] = [0.2, -0.5, 3]
        let logDeviations: [Float] = [-0.5, 0.3, 0]
        var (sums, squares) = ([0.0, 0, 0], [0.0, 0, 0])
        let draws = 50_000
        for draw in 0..<draws {
            var deviates: [Float] = [0, 0, 0]
            let logDensity = sampler.sample(
                means, logDeviations: logDeviations, components: 3,
                random: CounterRandom(run: UInt64(draw), purpose: .action), into: &deviates)
            var expected = 0.0
            for component in 0..<3 {
                let deviation = exp(Double(logDeviations[component]))
                let distance = (Double(deviates[component]) - Double(means[component])) / deviation
                expected += -distance * distance / 2 - log(deviation * (2 * Double.pi).squareRoot())
                sums[component] += distance
                squares[component] += distance * distance
            }
            #expect(abs(Double(logDensity) - expected) < 1e-4)
            var action: [Float] = [0, 0, 0]
            sampler.write(deviates, to: &action)
            #expect(action[0] == min(max(deviates[0], -1), 1))
            #expect(abs(action[1] - min(max(20 + 10 * deviates[1], 10), 30)) < 1e-4)
            #expect(action[2] == deviates[2])
        }
        for component in 0..<3 {
            #expect(abs(sums[component] / Double(draws)) < 5 / Double(draws).squareRoot())
            #expect(abs(squares[component] / Double(draws) - 1) < 5 * (2 / Double(draws)).squareRoot())
        }
    }

    @Test("Greedy takes the means; padding stays 0 and out of the density")
    func gaussianPadding() {
        let sampler = GaussianSampler(bounds: Bounds(-1...1, count: 2))
        var deviates: [Float] = [9, 9]
        let density = sampler.sample(
            [0.5, 0.7], logDeviations: [0, 0], components: 1, random: nil, into: &deviates)
        #expect(deviates == [0.5, 0])
        #expect(abs(Double(density) + 0.5 * log(2 * Double.pi)) < 1e-6)
    }
}
