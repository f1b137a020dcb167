import ArgusEnvAPI
import ArgusTensor
import Testing

@Suite struct MemoryTests {
    private static func train(steps: Int, keeping kept: inout [Tensor], leak: Bool) throws {
        var generator = SplitMix64(seed: 1)
        let network = try MultilayerPerceptron(sizes: [16, 32, 4], using: &generator)
        let adam = try Adam(network.parameters, options: Adam.Options(learningRate: 1e-3))
        let input = try Tensor.ones([8, 16])
        for step in 0..<steps {
            try adam.clearGradients()
            let output = try network(input)
            try output.square().mean().backward()
            _ = try adam.clipGradientNorm(maximum: 1)
            try adam.step()
            if leak { kept.append(output) }
            // Errors must not leak either; they are slow to make, hence not in every step.
            guard step % 50 == 0 else { continue }
            do throws(TensorError) {
                _ = try output.reshaped(to: [7])
                Issue.record("a reshape to another element count was accepted")
            } catch {}
        }
    }

    @Test("Ten thousand training steps with caught errors between them leave the heap as it was")
    func noGrowth() async {
        // Heap bytes are the process's, hence one of its own: tests beside this one hold memory too.
        await #expect(processExitsWith: .success) {
            try TorchThreads.set(1)
            var kept: [Tensor] = []
            try MemoryTests.train(steps: 1000, keeping: &kept, leak: false)
            let before = TorchInfo.heapBytes
            try MemoryTests.train(steps: 10_000, keeping: &kept, leak: false)
            let growth = TorchInfo.heapBytes - before
            #expect(growth < 10_000 * 100, "the heap grew by \(growth) bytes")
            // The control: the same measure sees one small tensor kept a step.
            let controlBefore = TorchInfo.heapBytes
            try MemoryTests.train(steps: 10_000, keeping: &kept, leak: true)
            #expect(TorchInfo.heapBytes - controlBefore > 10_000 * 100)
            #expect(kept.count == 10_000)
        }
    }
}
