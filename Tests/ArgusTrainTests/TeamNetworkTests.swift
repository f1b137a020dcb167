import ArgusEnvAPI
import ArgusTensor
import ArgusTrain
import Foundation
import Testing

@Suite("Networks of a team")
struct TeamNetworkTests {
    private func numbers(_ count: Int, _ seed: UInt64) -> [Float] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in Float.random(in: -1...1, using: &generator) }
    }

    @Test("Separate networks decide each for its agent, stepping and in sequences", arguments: [true, false])
    func separate(recurrent: Bool) throws {
        let (steps, groups, agents) = (4, 2, 3)
        var generator = SplitMix64(seed: 3)
        let team = try TeamNetwork(
            Network.Shape(
                inputs: 5, hidden: 8, layers: 2, outputs: 2, activation: "relu", layerNorm: .none, recurrent: recurrent
            ), agents: agents, isShared: false, outputGain: 1, using: &generator)
        let inputs = numbers(steps * groups * agents * 5, 9)
        var starts = [Float](repeating: 0, count: steps * groups * agents)
        for row in 0..<groups * agents { starts[row] = 1 }
        try withoutGradient {
            let sequence = try team.sequence(
                Tensor(inputs, shape: [steps, groups * agents, 5]),
                hidden: team.initialHidden(rows: groups * agents),
                starts: Tensor(starts, shape: [steps, groups * agents, 1])
            ).outputs.values(as: Float.self)
            var hidden = try team.initialHidden(rows: groups * agents)
            for step in 0..<steps {
                let rows = step * groups * agents
                let (output, next) = try team.step(
                    Tensor(Array(inputs[rows * 5..<(rows + groups * agents) * 5]), shape: [groups * agents, 5]),
                    hidden: hidden,
                    starts: Tensor(Array(starts[rows..<rows + groups * agents]), shape: [groups * agents, 1]))
                hidden = next
                for (index, value) in try output.values(as: Float.self).enumerated() {
                    #expect(abs(value - sequence[rows * 2 + index]) < 1e-5)
                }
            }
            // The first step, row by row with the agent's own network.
            for row in 0..<groups * agents {
                let own = try team.networks[row % agents].step(
                    Tensor(Array(inputs[row * 5..<(row + 1) * 5]), shape: [1, 5]),
                    hidden: team.networks[0].initialHidden(rows: 1), starts: Tensor.ones([1, 1])
                ).outputs.values(as: Float.self)
                #expect(abs(own[0] - sequence[row * 2]) < 1e-5 && abs(own[1] - sequence[row * 2 + 1]) < 1e-5)
            }
        }
    }

    @Test("A mixture never falls when an agent's value rises, and depends on the state")
    func monotonic() throws {
        var generator = SplitMix64(seed: 4)
        let mixer = try MonotonicMixer(agents: 3, stateSize: 6, using: &generator)
        let values = try Tensor(numbers(50 * 3, 1), shape: [50, 3]).requiringGradient()
        let states = try Tensor(numbers(50 * 6, 2), shape: [50, 6])
        let mixed = try mixer(values, states: states)
        try mixed.sum().backward()
        let gradient = try #require(try values.gradient()).values(as: Float.self)
        #expect(gradient.allSatisfy { $0 >= 0 })
        #expect(gradient.contains { $0 > 0.01 })
        let elsewhere = try mixer(values, states: Tensor(numbers(50 * 6, 3), shape: [50, 6]))
        #expect(try mixed.values(as: Float.self) != elsewhere.values(as: Float.self))
    }

    @Test("A mixer that maps states gives of s what another gives of what s is mapped to")
    func mappedState() throws {
        func mixture(_ states: [Float], _ input: MonotonicMixer.StateInput) throws -> [Float] {
            var generator = SplitMix64(seed: 4)
            let mixer = try MonotonicMixer(agents: 2, stateSize: 4, stateInput: input, using: &generator)
            return try mixer(Tensor(numbers(2 * 2, 1), shape: [2, 2]), states: Tensor(states, shape: [2, 4]))
                .values(as: Float.self)
        }
        let (scale, shift): ([Float], [Float]) = ([1 / 16, 1 / 16, 1 / 4, 1], [0, 1 / 16, 0, 0])
        let mapped = MonotonicMixer.StateInput.mapped(
            scale: try Tensor(scale, shape: [1, 4]), shift: try Tensor(shift, shape: [1, 4]))
        let found = try mixture([8, 3, -2, 50, 0, 15, 4, 7], mapped)
        #expect(try found == mixture([0.5, 0.25, -0.5, 50, 0, 1, 1, 7], .asIs))
        #expect(try found != mixture([8, 3, -2, 50, 0, 15, 4, 7], .asIs))
    }

    @Test("A mixer that compresses states gives of s what another gives of sign(s)·log(1 + |s|)")
    func compressedState() throws {
        func mixture(_ states: [Float], compresses: Bool) throws -> [Float] {
            var generator = SplitMix64(seed: 4)
            let mixer = try MonotonicMixer(
                agents: 2, stateSize: 4, stateInput: compresses ? .compressed : .asIs, using: &generator)
            return try mixer(Tensor(numbers(2 * 2, 1), shape: [2, 2]), states: Tensor(states, shape: [2, 4]))
                .values(as: Float.self)
        }
        let states: [Float] = [0, 31.5, -48, 0.25, 1, -0.5, 1000, 7]
        let compressed = states.map { ($0 < 0 ? -1 : 1) * log1p(abs($0)) }
        let (found, expected) = (
            try mixture(states, compresses: true), try mixture(compressed, compresses: false)
        )
        for (found, expected) in zip(found, expected) { #expect(abs(found - expected) < 1e-4) }
        #expect(try mixture(states, compresses: false) != found)
    }
}
