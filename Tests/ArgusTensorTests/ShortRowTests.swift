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

    private func draw(
        _ shape: [Int], upTo bound: Float = 3, _ generator: inout SplitMix64
    ) -> (values: [Float], shape: [Int]) {
        ((0..<shape.reduce(1, *)).map { _ in Float.random(in: -bound...bound, using: &generator) }, shape)
    }

    /// A layer's rows, inputs and outputs, and how many rows each group has that is added.
    private static let layers = [
        (1, 1, 1, 1), (3, 5, 2, 3), (64, 3, 9, 4), (140, 33, 10, 7), (130, 16, 16, 1), (2100, 3, 32, 3),
        (500, 71, 17, 2), (90, 64, 1, 5), (300, 7, 64, 2), (150, 9, 128, 1),
    ]

    @Test(
        "A layer equals its operations, values and gradients",
        arguments: [Activation?.none, .relu, .tanh], LayerNormPlacement.allCases)
    func layer(activation: Activation?, placement: LayerNormPlacement) throws {
        var generator = SplitMix64(seed: 3)
        for (rows, inputs, outputs, groupRows) in Self.layers {
            // A tanh of large numbers is all ±1.
            let bound = 1 / Float(inputs).squareRoot()
            let leaves = [
                draw([rows, inputs], upTo: 1, &generator), draw([outputs, inputs], upTo: bound, &generator),
                draw([outputs], upTo: 1, &generator), draw([rows / groupRows, outputs], upTo: 1, &generator),
                draw([outputs], &generator), draw([outputs], &generator),
            ]
            // A normalised row of one number is the shift, and one of two is ±1: what they tell is rounding.
            guard placement == .none || outputs > 2 else { continue }
            for addsGroups in [false, true] {
                func layer(_ x: Tensor, _ leaves: [Tensor]) throws -> Tensor {
                    guard x.scalarType == .float64 else {
                        return try x.layer(
                            weight: leaves[1], bias: leaves[2], adding: addsGroups ? leaves[3] : nil,
                            activation: activation, norm: placement == .none ? nil : (leaves[4], leaves[5]), placement)
                    }
                    var flow = try x.linear(weight: leaves[1], bias: leaves[2])
                    if addsGroups {
                        let each = try leaves[3].unsqueezed(1).expanded(to: [rows / groupRows, groupRows, outputs])
                        flow = try flow + each.reshaped(to: flow.shape)
                    }
                    if placement == .beforeActivation { flow = try flow.layerNorm(weight: leaves[4], bias: leaves[5]) }
                    if let activation { flow = try activation(flow) }
                    if placement == .afterActivation { flow = try flow.layerNorm(weight: leaves[4], bias: leaves[5]) }
                    return flow
                }
                // Each leaf has a say, or it would have no gradient.
                func all(_ out: Tensor, _ leaves: [Tensor]) throws -> Tensor {
                    try leaves[3...].reduce(out) { try $0 + $1.sum() }
                }
                try expectSame(leaves) { try all(layer($0[0], $0), $0) }
                let shape = [rows / groupRows, groupRows, inputs]
                try expectSame(leaves) { try all(layer($0[0].reshaped(to: shape), $0), $0) }
                // Transposed, so that the rows are not side by side in memory.
                let turned = [draw([inputs, rows], upTo: 1, &generator)] + leaves[1...]
                try expectSame(turned) { try all(layer($0[0].transposed(0, 1), $0), $0) }
                let columns = [draw([rows, inputs + 3], upTo: 1, &generator)] + leaves[1...]
                try expectSame(columns) { try all(layer($0[0].narrowed(axis: 1, from: 2, count: inputs), $0), $0) }
            }
        }
    }

    @Test("Weights that are not trained get no gradient, and inputs that are not are none the worse")
    func frozenLayer() throws {
        let rows = try Tensor([1, -2, 3, 4] as [Float], shape: [2, 2])
        let (weight, bias) = (try Tensor([1, 2, -1, 1] as [Float], shape: [2, 2]), try Tensor([0, 1] as [Float]))
        let input = try rows.cloned().requiringGradient()
        try input.layer(weight: weight, bias: bias, activation: .relu).sum().backward()
        // 1·1 + 2·(-2) = -3 is cut off, -1 - 2 + 1 = -2 too; 3 + 8 = 11 and -3 + 4 + 1 = 2 are not.
        #expect(try #require(try input.gradient()).values() == [0, 0, 0, 3])
        #expect(try weight.gradient() == nil)
        let trained = try weight.cloned().requiringGradient()
        try rows.layer(weight: trained, bias: bias, activation: .relu).sum().backward()
        #expect(try #require(try trained.gradient()).values() == [3, 4, 3, 4])
        #expect(try rows.gradient() == nil)
    }

    @Test("Rows of equal numbers are normalised to the shift, and far from zero nothing is lost")
    func constantRows() throws {
        let norm = (try Tensor([2, 2, 2, 2] as [Float]), try Tensor([1, 2, 3, 4] as [Float]))
        let one = try Tensor((0..<16).map { Float($0 % 5 == 0 ? 1 : 0) }, shape: [4, 4])
        let zero = try Tensor.zeros([4])
        let rows = try Tensor([7, 7, 7, 7, 1e4 - 1, 1e4 + 1, 1e4 - 1, 1e4 + 1] as [Float], shape: [2, 4])
        let values = try rows.layer(weight: one, bias: zero, norm: norm, .beforeActivation).values()
        let expected: [Float] = [1, 2, 3, 4, -1, 4, 1, 6]
        for (a, b) in zip(values, expected) { #expect(abs(a - b) < 1e-4) }
    }

    @Test("No rows make no rows, what is not a number stays visible, and shapes that do not fit are refused")
    func layersOfNothing() throws {
        let (weight, bias) = (try Tensor.ones([3, 2]), try Tensor.zeros([3]))
        let norm = (weight: try Tensor.ones([3]), bias: try Tensor.zeros([3]))
        let nothing = try Tensor.zeros([0, 2]).layer(weight: weight, bias: bias, norm: norm, .afterActivation)
        #expect(nothing.shape == [0, 3])
        let groups = try Tensor.zeros([0, 3])
        #expect(try Tensor.zeros([0, 2]).layer(weight: weight, bias: bias, adding: groups).shape == [0, 3])
        let bad = try Tensor([.nan, 1] as [Float], shape: [1, 2]).layer(weight: weight, bias: bias, activation: .relu)
        #expect(try bad.values().allSatisfy(\.isNaN))
        let rows = try Tensor.ones([4, 2])
        #expect(throws: TensorError.self) { try Tensor.ones([4, 3]).layer(weight: weight, bias: bias) }
        #expect(throws: TensorError.self) { try rows.layer(weight: weight, bias: .zeros([2])) }
        for groups in [[3, 3], [2, 2], [2, 1], [0, 3], [2]] {
            #expect(throws: TensorError.self) { try rows.layer(weight: weight, bias: bias, adding: .zeros(groups)) }
        }
        let short = (weight: try Tensor.ones([2]), bias: norm.bias)
        #expect(throws: TensorError.self) {
            try rows.layer(weight: weight, bias: bias, norm: short, .beforeActivation)
        }
        #expect(throws: TensorError.self) { try rows.layer(weight: weight, bias: bias, norm: norm) }
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

    @Test("Large scores pick one thing; what is not a number stays visible; shapes that do not fit are refused")
    func pickingAndMisuse() throws {
        let things = try Tensor([1000, 1, -1000, 2] as [Float], shape: [1, 2, 2])
        let picked = try things.attentionPooled(score: Tensor([1, 0] as [Float], shape: [1, 2])).values()
        #expect(picked == [1000, 1])
        let bad = try Tensor([.nan, 1, 3, 2] as [Float], shape: [1, 2, 2])
        #expect(try bad.attentionPooled(score: .ones([1, 2])).values().allSatisfy(\.isNaN))
        #expect(throws: TensorError.self) { try things.attentionPooled(score: Tensor.ones([1, 3])) }
        #expect(throws: TensorError.self) { try things.attentionPooled(score: Tensor.ones([3, 2])) }
        let thing = try things.selected(axis: 0, index: 0)
        #expect(throws: TensorError.self) { try thing.attentionPooled(score: .ones([1, 2])) }
    }
}
