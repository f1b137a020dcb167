import ArgusEnvAPI
import ArgusTensor
import Testing

struct CategoricalTests {
    /// Values and the logits' gradient, in one precision. float64 is composed from single operations.
    private func evaluate(
        _ logits: [Float], rows: Int, legal: [UInt8]?, actions: [Int64], type: ScalarType
    ) throws -> (logProbability: [Double], entropy: [Double], gradient: [Double]) {
        let columns = logits.count / rows
        let x = try Tensor(logits, shape: [rows, columns]).to(type).requiringGradient()
        let mask = try legal.map { try Tensor($0, shape: [rows, columns]) }
        let (logProbability, entropy) = try Categorical.evaluate(logits: x, legal: mask, actions: Tensor(actions))
        // Uneven weights, so that a gradient in the wrong row shows.
        let weights = try Tensor((0..<rows).map { Double($0) + 1 }).to(type)
        try ((logProbability * weights).sum() + (entropy * weights).sum() * 0.3).backward()
        return (
            try logProbability.values(as: Double.self), try entropy.values(as: Double.self),
            try #require(try x.gradient()).values(as: Double.self)
        )
    }

    private func expectClose(_ found: [Double], _ expected: [Double]) {
        #expect(found.count == expected.count)
        for (a, b) in zip(found, expected) { #expect(abs(a - b) <= 1e-5 * (1 + abs(b))) }
    }

    @Test("The fused pass equals the composed one, values and gradients", arguments: [false, true])
    func fusedEqualsComposed(masked: Bool) throws {
        var generator = SplitMix64(seed: 9)
        let (rows, columns) = (40, 7)
        let logits = (0..<(rows * columns)).map { _ in Float.random(in: -20...20, using: &generator) }
        let actions = (0..<rows).map { _ in Int64.random(in: 0..<Int64(columns), using: &generator) }
        var legal = logits.map { _ in UInt8.random(in: 0...1, using: &generator) }
        for (row, action) in actions.enumerated() where row > 0 { legal[row * columns + Int(action)] = 1 }
        for column in 0..<columns { legal[column] = 0 }  // row 0 is padding
        let mask = masked ? legal : nil
        let fused = try evaluate(logits, rows: rows, legal: mask, actions: actions, type: .float32)
        let composed = try evaluate(logits, rows: rows, legal: mask, actions: actions, type: .float64)
        expectClose(fused.logProbability, composed.logProbability)
        expectClose(fused.entropy, composed.entropy)
        expectClose(fused.gradient, composed.gradient)
        if masked {
            #expect(fused.logProbability[0] == 0)
            #expect(fused.entropy[0] == 0)
            #expect(fused.gradient.prefix(columns).allSatisfy { $0 == 0 })
            #expect(zip(fused.gradient, legal).allSatisfy { $1 == 1 || $0 == 0 })
        }
    }

    @Test("A uniform distribution has the entropy log n, an illegal choice the log-probability -1e10")
    func knownValues() throws {
        let legal: [UInt8] = [1, 1, 0]
        for type in [ScalarType.float32, .float64] {
            let found = try evaluate([1, 1, 9], rows: 1, legal: legal, actions: [2], type: type)
            expectClose(found.logProbability, [-1e10])
            expectClose(found.entropy, [0.6931472])
            #expect(found.gradient.allSatisfy { $0.isFinite })
        }
    }

    @Test("Extreme logits give finite values and gradients")
    func extremes() throws {
        let found = try evaluate([1e30, -1e30, 0, 88, -88, 0], rows: 2, legal: nil, actions: [0, 0], type: .float32)
        #expect((found.logProbability + found.entropy + found.gradient).allSatisfy { $0.isFinite })
    }

    @Test("A legal choice whose probability is too small for a float still has its gradient")
    func underflow() throws {
        for type in [ScalarType.float32, .float64] {
            let found = try evaluate([0, 120], rows: 1, legal: nil, actions: [0], type: type)
            expectClose(found.logProbability, [-120])
            expectClose(found.gradient, [1, -1])
        }
    }

    @Test("An action out of range, and tensors of the wrong shape or type, are refused")
    func misuse() throws {
        let logits = try Tensor.zeros([2, 3])
        for actions: [Int64] in [[0, 3], [-1, 0], [0]] {
            #expect(throws: TensorError.self) { try Categorical.evaluate(logits: logits, actions: Tensor(actions)) }
        }
        let good = try Tensor([0, 1] as [Int64])
        #expect(throws: TensorError.self) {
            try Categorical.evaluate(logits: logits, legal: Tensor.ones([2, 2], type: .uint8), actions: good)
        }
        #expect(throws: TensorError.self) {
            try Categorical.evaluate(logits: logits, legal: Tensor.ones([2, 3]), actions: good)
        }
        #expect(throws: TensorError.self) { try Categorical.evaluate(logits: logits, actions: Tensor.zeros([2])) }
    }
}
