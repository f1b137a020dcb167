import ArgusEnvAPI
import ArgusTensor
import Testing

/// Kernels for many short rows of float32 against libtorch's own operations, which take float64.
struct ShortRowTests {
    /// Values of `body` and the gradients of `leaves`, weighted unevenly, so that a gradient in the wrong place shows.
    private func evaluate(
        _ leaves: [(values: [Float], shape: [Int])], _ type: ScalarType, _ body: ([Tensor]) throws -> Tensor
    ) throws -> [[Double]] {
        let leaves = try leaves.map { try Tensor($0.values, shape: $0.shape).to(type).requiringGradient() }
        let out = try body(leaves)
        let count = out.shape.reduce(1, *)
        let weights = try Tensor((0..<count).map { Double($0 % 7) - 2.5 }, shape: out.shape).to(type)
        try (out * weights).sum().backward()
        return [try out.values(as: Double.self)]
            + (try leaves.map { try #require(try $0.gradient()).values(as: Double.self) })
    }

    private func expectSame(
        _ leaves: [(values: [Float], shape: [Int])], _ body: ([Tensor]) throws -> Tensor
    ) throws {
        let found = try evaluate(leaves, .float32, body)
        let expected = try evaluate(leaves, .float64, body)
        for (index, (found, expected)) in zip(found, expected).enumerated() {
            #expect(found.count == expected.count)
            // A gradient that is a sum over rows is as exact as its largest entries are.
            let scale = 1 + (expected.map(abs).max() ?? 0)
            for (a, b) in zip(found, expected) { #expect(abs(a - b) <= 1e-5 * scale, "leaf \(index - 1)") }
        }
    }

    private func draw(_ shape: [Int], _ generator: inout SplitMix64) -> (values: [Float], shape: [Int]) {
        ((0..<shape.reduce(1, *)).map { _ in Float.random(in: -3...3, using: &generator) }, shape)
    }

    @Test(
        "Layer normalisation equals libtorch's, values and gradients",
        arguments: [[1, 1], [3, 5], [2, 4, 16], [700, 33], [3000, 64]])
    func layerNormalisation(shape: [Int]) throws {
        var generator = SplitMix64(seed: 3)
        let size = try #require(shape.last)
        let leaves = [draw(shape, &generator), draw([size], &generator), draw([size], &generator)]
        try expectSame(leaves) { try $0[0].layerNorm(weight: $0[1], bias: $0[2]) }
        // Transposed, so that the rows are not side by side in memory.
        guard shape.count == 2, size > 1 else { return }
        let turned = [draw([size, shape[0]], &generator), leaves[1], leaves[2]]
        try expectSame(turned) { try $0[0].transposed(0, 1).layerNorm(weight: $0[1], bias: $0[2]) }
    }

    @Test("Rows of equal numbers are normalised to the bias, and far from zero nothing is lost")
    func constantRows() throws {
        let (weight, bias) = (try Tensor([2, 2, 2, 2] as [Float]), try Tensor([1, 2, 3, 4] as [Float]))
        let rows = try Tensor([7, 7, 7, 7, 1e4 - 1, 1e4 + 1, 1e4 - 1, 1e4 + 1] as [Float], shape: [2, 4])
        let values = try rows.layerNorm(weight: weight, bias: bias).values()
        let expected: [Float] = [1, 2, 3, 4, -1, 4, 1, 6]
        for (a, b) in zip(values, expected) { #expect(abs(a - b) < 1e-4) }
        #expect(try Tensor.zeros([0, 4]).layerNorm(weight: weight, bias: bias).shape == [0, 4])
        #expect(throws: TensorError.self) { try rows.layerNorm(weight: Tensor.ones([3]), bias: bias) }
    }

    @Test(
        "Attention pooling equals its definition, values and gradients",
        arguments: [(1, 1, 4, 4), (3, 2, 12, 4), (40, 5, 32, 4), (600, 3, 64, 4), (3000, 2, 20, 2), (9, 4, 33, 1)])
    func attentionPooling(rows: Int, count: Int, size: Int, parts: Int) throws {
        var generator = SplitMix64(seed: 4)
        let leaves = [draw([rows, count, size], &generator), draw([parts, size], &generator)]
        try expectSame(leaves) { try $0[0].attentionPooled(score: $0[1]) }
        // The definition itself.
        let things = try Tensor(leaves[0].values, shape: leaves[0].shape)
        let weights = try things.linear(weight: Tensor(leaves[1].values, shape: leaves[1].shape)).softmax(axis: 1)
        let expected = try (things.reshaped(to: [rows, count, parts, size / parts]) * weights.unsqueezed(3))
            .sum(axes: [1]).reshaped(to: [rows, size]).values()
        let found = try things.attentionPooled(score: Tensor(leaves[1].values, shape: leaves[1].shape)).values()
        for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-5 * 4) }
    }

    @Test("Large scores pick one thing; shapes that do not fit are refused")
    func pickingAndMisuse() throws {
        let things = try Tensor([1000, 1, -1000, 2] as [Float], shape: [1, 2, 2])
        let picked = try things.attentionPooled(score: Tensor([1, 0] as [Float], shape: [1, 2])).values()
        #expect(picked == [1000, 1])
        #expect(throws: TensorError.self) { try things.attentionPooled(score: Tensor.ones([1, 3])) }
        #expect(throws: TensorError.self) { try things.attentionPooled(score: Tensor.ones([3, 2])) }
        let thing = try things.selected(axis: 0, index: 0)
        #expect(throws: TensorError.self) { try thing.attentionPooled(score: .ones([1, 2])) }
    }
}
