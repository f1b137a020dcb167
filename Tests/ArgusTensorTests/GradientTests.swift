import ArgusTensor
import Testing

struct GradientTests {
    @Test("The gradient of a linear layer's squared error equals the closed form")
    func linearClosedForm() throws {
        // L = sum((x Wᵀ + b - y)²): dL/dW = 2 (x Wᵀ + b - y)ᵀ x, dL/db = the column sums of 2 (x Wᵀ + b - y).
        let x: [[Float]] = [[1, 2, -1], [0.5, -1, 3]]
        let w: [[Float]] = [[0.1, 0.2, 0.3], [-0.4, 0.5, 0.6]]
        let b: [Float] = [0.5, -0.5]
        let y: [[Float]] = [[1, 0], [0, 1]]
        let weight = try Tensor(w.flatMap { $0 }, shape: [2, 3]).requiringGradient()
        let bias = try Tensor(b).requiringGradient()
        let input = try Tensor(x.flatMap { $0 }, shape: [2, 3])
        let target = try Tensor(y.flatMap { $0 }, shape: [2, 2])
        try input.linear(weight: weight, bias: bias).squaredError(to: target).sum().backward()
        var expectedWeight = [Float](repeating: 0, count: 6)
        var expectedBias = [Float](repeating: 0, count: 2)
        for n in 0..<2 {
            for o in 0..<2 {
                let error = 2 * ((0..<3).reduce(b[o]) { $0 + x[n][$1] * w[o][$1] } - y[n][o])
                expectedBias[o] += error
                for i in 0..<3 { expectedWeight[o * 3 + i] += error * x[n][i] }
            }
        }
        let weightGradient = try #require(try weight.gradient()).values()
        let biasGradient = try #require(try bias.gradient()).values()
        for (found, expected) in zip(weightGradient, expectedWeight) {
            #expect(abs(found - expected) < 1e-5)
        }
        for (found, expected) in zip(biasGradient, expectedBias) {
            #expect(abs(found - expected) < 1e-5)
        }
    }

    @Test("Gradients accumulate until they are cleared")
    func accumulation() throws {
        let x = try Tensor.scalar(3).requiringGradient()
        #expect(try x.gradient() == nil)
        try x.square().backward()
        try x.square().backward()
        #expect(try x.gradient()?.item() == 12)
        try Gradients.clear([x])
        #expect(try x.gradient() == nil)
    }

    @Test("Nothing is recorded inside withoutGradient, and recording resumes after an error")
    func withoutRecording() throws {
        let x = try Tensor.scalar(3).requiringGradient()
        let inside = try withoutGradient { try x.square() }
        #expect(!inside.requiresGradient)
        #expect(throws: TensorError.self) { try inside.backward() }
        #expect(throws: TensorError.self) {
            try withoutGradient { _ = try x.reshaped(to: [5]) }
        }
        #expect(try x.square().requiresGradient)
        #expect(throws: TensorError.self) { try x.fillInPlace(0) }
        try withoutGradient { try x.fillInPlace(0) }
        #expect(try x.item() == 0)
    }

    @Test("A detached tensor stops the gradient")
    func detaching() throws {
        let x = try Tensor.scalar(2).requiringGradient()
        try (x.detached() * x).backward()
        #expect(try x.gradient()?.item() == 2)
    }

    @Test("Clipping returns the joint norm and scales to the limit")
    func clipping() throws {
        let a = try Tensor([0, 0] as [Float]).requiringGradient()
        let b = try Tensor([0] as [Float]).requiringGradient()
        let unused = try Tensor([0] as [Float]).requiringGradient()
        let scale = try Tensor([3, 0] as [Float])
        try ((a * scale).sum() + (b * 4.0).sum()).backward()
        #expect(abs(try Gradients.clipNorm(of: [a, b, unused], maximum: 10) - 5) < 1e-6)
        #expect(try a.gradient()?.values() == [3, 0])
        #expect(abs(try Gradients.clipNorm(of: [a, b, unused], maximum: 1) - 5) < 1e-6)
        let clipped = try #require(try b.gradient()).item()
        #expect(abs(clipped - 0.8) < 1e-5)
    }

    @Test("A norm that is not finite is returned and scales nothing")
    func clippingNaN() throws {
        let a = try Tensor([0, 0] as [Float]).requiringGradient()
        try (a * Tensor([.nan, 1] as [Float])).sum().backward()
        #expect(try Gradients.clipNorm(of: [a], maximum: 0.5).isNaN)
        #expect(try a.gradient()?.values()[1] == 1)
    }
}
