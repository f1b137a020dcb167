import ArgusTensor
import ArgusTrain
import Foundation
import Testing

/// A minibatch in plain numbers, and the loss computed from the paper's formula in double precision.
private struct Example {
    var logits: [[Double]] = [[0.2, -0.4, 1.0], [0.0, 0.5, -1.0], [2.0, 0.1, 0.3], [-0.3, 0.8, 0.2]]
    var legal: [[UInt8]] = [[1, 1, 1], [1, 1, 0], [1, 1, 1], [0, 1, 1]]
    var actions: [Int64] = [2, 0, 1, 1]
    var oldLogProbabilities: [Double] = [-0.9, -1.2, -1.7, -0.3]
    var advantages: [Double] = [1.5, -0.7, 2.0, -1.1]
    var weights: [Double] = [1, 1, 0, 1]
    var values: [Double] = [0.4, -0.2, 1.4, 0.0]
    var oldValues: [Double] = [0.1, -0.1, 1.0, 0.6]
    var returns: [Double] = [1.0, -0.5, 0.2, 0.1]

    func expected(_ configuration: PPOConfiguration, entropyCoefficient: Double) -> (
        policy: Double, entropy: Double, value: Double, total: Double
    ) {
        var policy = 0.0
        var entropy = 0.0
        var value = 0.0
        for row in 0..<4 where weights[row] == 1 {
            let exponentials = (0..<3).map { legal[row][$0] == 1 ? exp(logits[row][$0]) : 0 }
            let sum = exponentials.reduce(0, +)
            let probabilities = exponentials.map { $0 / sum }
            let ratio = probabilities[Int(actions[row])] / exp(oldLogProbabilities[row])
            let clipped = min(max(ratio, 1 - configuration.clip), 1 + configuration.clip)
            policy -= min(ratio * advantages[row], clipped * advantages[row]) / 3
            entropy -= probabilities.reduce(0) { $0 + ($1 > 0 ? $1 * log($1) : 0) } / 3
            func error(_ prediction: Double) -> Double {
                let distance = abs(prediction - returns[row])
                return distance <= configuration.huberDelta
                    ? distance * distance / 2
                    : configuration.huberDelta * (distance - configuration.huberDelta / 2)
            }
            let change = min(max(values[row] - oldValues[row], -configuration.clip), configuration.clip)
            value += max(error(values[row]), error(oldValues[row] + change)) / 3
        }
        let total = policy - entropyCoefficient * entropy + configuration.valueCoefficient * value
        return (policy, entropy, value, total)
    }

    func floats(_ values: [Double]) throws -> Tensor { try Tensor(values.map { Float($0) }) }

    func minibatch() throws -> Minibatch {
        Minibatch(
            decisions: try Tensor(actions, shape: [4, 1]), legal: try Tensor(legal.flatMap { $0 }, shape: [4, 3]),
            logProbabilities: try floats(oldLogProbabilities), advantages: try floats(advantages),
            weights: try floats(weights), returns: try floats(returns), oldValues: try floats(oldValues),
            valueWeights: try floats(weights))
    }
}

@Suite("PPO loss")
struct PPOLossTests {
    @Test("Equals the paper's formula, with masks, weights, ratio and value clipping", arguments: [10.0, 0.3])
    func formula(huberDelta: Double) throws {
        let example = Example()
        var configuration = PPOConfiguration()
        configuration.huberDelta = huberDelta
        let loss = PPOLoss(configuration: configuration, entropyCoefficient: 0.02, rule: .categorical(heads: [3]))
        let terms = try loss(
            outputs: Tensor(example.logits.flatMap { $0.map { Float($0) } }, shape: [4, 3]),
            values: example.floats(example.values), batch: example.minibatch())
        let expected = example.expected(configuration, entropyCoefficient: 0.02)
        #expect(abs(try terms.policy.item() - expected.policy) < 1e-5)
        #expect(abs(try terms.entropy.item() - expected.entropy) < 1e-5)
        #expect(abs(try terms.value.item() - expected.value) < 1e-5)
        #expect(abs(try terms.total.item() - expected.total) < 1e-5)
    }

    @Test("Gradients of the logits and values equal numerical ones")
    func gradients() throws {
        let example = Example()
        let configuration = PPOConfiguration()
        let loss = PPOLoss(configuration: configuration, entropyCoefficient: 0.02, rule: .categorical(heads: [3]))
        let logits = try Tensor(example.logits.flatMap { $0.map { Float($0) } }, shape: [4, 3]).requiringGradient()
        let values = try example.floats(example.values).requiringGradient()
        try loss(outputs: logits, values: values, batch: example.minibatch()).total.backward()
        let logitGradient = try #require(try logits.gradient()).values()
        let valueGradient = try #require(try values.gradient()).values()
        let step = 1e-5
        for row in 0..<4 {
            for choice in 0..<3 {
                var above = example
                var below = example
                above.logits[row][choice] += step
                below.logits[row][choice] -= step
                let slope =
                    (above.expected(configuration, entropyCoefficient: 0.02).total
                        - below.expected(configuration, entropyCoefficient: 0.02).total) / (2 * step)
                #expect(abs(Double(logitGradient[row * 3 + choice]) - slope) < 1e-4)
            }
            var above = example
            var below = example
            above.values[row] += step
            below.values[row] -= step
            let slope =
                (above.expected(configuration, entropyCoefficient: 0.02).total
                    - below.expected(configuration, entropyCoefficient: 0.02).total) / (2 * step)
            #expect(abs(Double(valueGradient[row]) - slope) < 1e-4)
        }
    }
}
