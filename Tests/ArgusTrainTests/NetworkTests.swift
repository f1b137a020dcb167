import ArgusEnvAPI
import ArgusHost
import ArgusTensor
import ArgusTrain
import Testing

@Suite("Networks")
struct NetworkTests {
    private func makeNetwork(recurrent: Bool) throws -> Network {
        var generator = SplitMix64(seed: 3)
        return try Network(
            Network.Shape(
                inputs: 5, hidden: 8, layers: 2, outputs: 3, activation: "relu", layerNorm: .afterActivation,
                recurrent: recurrent),
            outputGain: 1, using: &generator)
    }

    @Test("A sequence gives what stepping gives, episodes that begin within it included", arguments: [true, false])
    func sequenceEqualsStepping(recurrent: Bool) throws {
        let (steps, rows) = (6, 4)
        let network = try makeNetwork(recurrent: recurrent)
        var generator = SplitMix64(seed: 9)
        let inputs = (0..<steps * rows * 5).map { _ in Float.random(in: -1...1, using: &generator) }
        // Row 1 begins an episode at step 0, row 2 at step 3, row 3 at steps 2 and 5; row 0 only goes on.
        var starts = [Float](repeating: 0, count: steps * rows)
        for (step, row) in [(0, 1), (3, 2), (2, 3), (5, 3)] { starts[step * rows + row] = 1 }

        try withoutGradient {
            // Memory that is not zero at the first step, as in the middle of an episode.
            let fresh = try network.initialHidden(rows: rows)
            let first = try network.step(
                Tensor(Array(inputs.suffix(rows * 5)), shape: [rows, 5]), hidden: fresh,
                starts: Tensor.zeros([rows, 1])
            ).hidden
            let whole = try network.sequence(
                Tensor(inputs, shape: [steps, rows, 5]), hidden: first, starts: Tensor(starts, shape: [steps, rows, 1])
            ).outputs.values()
            var hidden = first
            for step in 0..<steps {
                let (output, next) = try network.step(
                    Tensor(Array(inputs[step * rows * 5..<(step + 1) * rows * 5]), shape: [rows, 5]), hidden: hidden,
                    starts: Tensor(Array(starts[step * rows..<(step + 1) * rows]), shape: [rows, 1]))
                hidden = next
                for (index, value) in try output.values().enumerated() {
                    #expect(abs(value - whole[step * rows * 3 + index]) < 1e-5)
                }
            }
        }
    }

    @Test("Where an episode begins, nothing of the one before is left")
    func startForgets() throws {
        let network = try makeNetwork(recurrent: true)
        try withoutGradient {
            let input = try Tensor([0.1, -0.2, 0.3, 0.4, -0.5] as [Float], shape: [1, 5])
            let start = try Tensor.ones([1, 1])
            let fresh = try network.step(input, hidden: network.initialHidden(rows: 1), starts: start).outputs
            let old = try network.step(input, hidden: Tensor.full(0.7, shape: [1, 8]), starts: start).outputs
            let going = try network.step(input, hidden: Tensor.full(0.7, shape: [1, 8]), starts: Tensor.zeros([1, 1]))
            #expect(try fresh.values() == old.values())
            #expect(try fresh.values() != going.outputs.values())
        }
    }
}

@Suite("Memory of a training")
struct TrainingMemoryTests {
    @Test("Sizes that cannot fit are refused by name, others pass")
    func refused() throws {
        try TrainingMemory.require(networks: [1000], .rollout, bytes: 1000, available: 17_000)
        func message(
            networks: [Double], bytes: Double, _ experience: TrainingMemory.Experience = .rollout
        ) -> String {
            do {
                try TrainingMemory.require(networks: networks, experience, bytes: bytes, available: 1e9)
                return ""
            } catch {
                return error.description
            }
        }
        #expect(message(networks: [10], bytes: 1e12).contains("rollout_steps"))
        #expect(message(networks: [1e9, 1e9], bytes: 10).contains("hidden"))
        #expect(message(networks: [10], bytes: 1e12, .replay).contains("buffer_megabytes"))
    }
}
