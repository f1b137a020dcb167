import ArgusEnvAPI
import ArgusTensor
import Testing

struct TensorOperationTests {
    private func row(_ values: [Float]) throws -> Tensor { try Tensor(values) }

    @Test("Values, shape and type survive the way in and out")
    func roundTrip() throws {
        let floats = try Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
        #expect(floats.shape == [2, 3])
        #expect(floats.rank == 2)
        #expect(floats.count == 6)
        #expect(floats.scalarType == .float32)
        #expect(floats.device == .cpu)
        #expect(floats.isContiguous)
        #expect(try floats.values() == [1, 2, 3, 4, 5, 6])
        #expect(try floats.transposed().values() == [1, 4, 2, 5, 3, 6])
        #expect(try floats.transposed().isContiguous == false)
        #expect(try Tensor([1, -2] as [Int64]).values(as: Int64.self) == [1, -2])
        #expect(try Tensor([1, -2] as [Int32]).values(as: Int.self) == [1, -2])
        #expect(try Tensor([0, 255] as [UInt8]).values() == [0, 255])
        #expect(try Tensor([0.5] as [Double]).item() == 0.5)
        #expect(try Tensor([] as [Float]).values() == [])
        #expect(try Tensor.scalar(3).shape == [])
    }

    @Test("Borrowed memory is shared, not copied")
    func borrowing() throws {
        let memory = UnsafeMutablePointer<Float>.allocate(capacity: 4)
        defer { memory.deallocate() }
        memory.initialize(repeating: 1, count: 4)
        let tensor = try Tensor.borrowing(memory, shape: [2, 2], type: .float32)
        memory[3] = 9
        #expect(try tensor.values() == [1, 1, 1, 9])
        try tensor.multiplyInPlace(2)
        #expect(memory[3] == 18)
    }

    @Test("Arithmetic, comparisons and selections have their values")
    func elementwise() throws {
        let a = try row([1, -2, 3])
        let b = try row([4, 5, -6])
        #expect(try (a + b).values() == [5, 3, -3])
        #expect(try (a - b).values() == [-3, -7, 9])
        #expect(try (a * b).values() == [4, -10, -18])
        #expect(try (b / a).values() == [4, -2.5, -2])
        #expect(try (a * 2.0 + 1.0 - 3.0).values() == [0, -6, 4])
        #expect(try (-a).values() == [-1, 2, -3])
        #expect(try a.abs().values() == [1, 2, 3])
        #expect(try a.square().values() == [1, 4, 9])
        #expect(try a.square().squareRoot().values() == [1, 2, 3])
        #expect(try a.relu().values() == [1, 0, 3])
        #expect(try a.clamped(minimum: -1, maximum: 2).values() == [1, -1, 2])
        #expect(try a.clamped(minimum: 0).values() == [1, 0, 3])
        #expect(try a.clamped().values() == [1, -2, 3])
        #expect(try a.minimum(b).values() == [1, -2, -6])
        #expect(try a.maximum(b).values() == [4, 5, 3])
        let isPositive = try a.greater(than: 0)
        #expect(isPositive.scalarType == .bool)
        #expect(try isPositive.values(as: UInt8.self) == [1, 0, 1])
        #expect(try Tensor.choose(isPositive, a, b).values() == [1, 5, 3])
        #expect(try a.filled(where: isPositive.not(), with: 8).values() == [1, 8, 3])
        #expect(try a.less(than: b).and(isPositive).values() == [1, 0, 0])
        #expect(try a.isAllFinite())
        #expect(try row([1, .nan]).isAllFinite() == false)
        #expect(try row([1, .infinity]).isFinite().values() == [1, 0])
    }

    @Test("Reductions over one axis, several and all")
    func reductions() throws {
        let x = try Tensor([1, 2, 3, 4, 5, 7] as [Float], shape: [2, 3])
        #expect(try x.sum().item() == 22)
        #expect(try x.sum(axes: [0]).values() == [5, 7, 10])
        #expect(try x.mean(axes: [1], keep: true).shape == [2, 1])
        #expect(try x.max(axes: [1]).values() == [3, 7])
        #expect(try x.min().item() == 1)
        #expect(try x.argmax(axis: 1).values(as: Int.self) == [2, 2])
        #expect(abs(try x.narrowed(axis: 0, from: 0, count: 1).variance().item() - 2.0 / 3) < 1e-6)
    }

    @Test("Shape operations move the right elements")
    func shapes() throws {
        let x = try Tensor((0..<6).map { Float($0) }, shape: [2, 3])
        #expect(try x.narrowed(axis: 1, from: 1, count: 2).values() == [1, 2, 4, 5])
        #expect(try x.selected(axis: 0, index: 1).values() == [3, 4, 5])
        #expect(try x.gatheredRows(Tensor([1, 1, 0] as [Int64])).values() == [3, 4, 5, 3, 4, 5, 0, 1, 2])
        let picks = try Tensor([2, 0] as [Int64], shape: [2, 1])
        #expect(try x.gathered(axis: 1, indices: picks).values() == [2, 3])
        #expect(try Tensor.stack([x, x], axis: 1).shape == [2, 2, 3])
        #expect(try Tensor.concatenate([x, x], axis: 1).shape == [2, 6])
        #expect(try x.unsqueezed(0).expanded(to: [4, -1, -1]).shape == [4, 2, 3])
        #expect(try x.unsqueezed(0).permuted([2, 0, 1]).shape == [3, 1, 2])
        #expect(try x.unsqueezed(0).squeezed(0).shape == [2, 3])
        #expect(try x.reshaped(to: [3, -1]).shape == [3, 2])
    }

    @Test("Softmax, layer norm, losses and activations equal their formulas")
    func networks() throws {
        let x = try row([0, 1, 2])
        let probabilities = try x.softmax().values()
        #expect(abs(probabilities[2] - 0.66524096) < 1e-6)
        #expect(abs(try x.logSoftmax().exp().sum().item() - 1) < 1e-6)
        #expect(try x.reshaped(to: [1, 3]).layerNorm().values().map { abs($0) }.max() ?? 0 < 1.2248)
        #expect(try x.huberLoss(to: row([0, 0, -10]), delta: 1).values() == [0, 0.5, 11.5])
        #expect(try x.squaredError(to: row([1, 1, 1])).values() == [1, 0, 1])
        #expect(abs(try row([-1]).elu().item() + 0.6321206) < 1e-6)
        #expect(abs(try row([1]).gelu().item() - 0.8413447) < 1e-6)
        #expect(abs(try row([1]).sigmoid().item() - 0.7310586) < 1e-6)
        #expect(abs(try row([0, 0]).logSumExp().item() - 0.6931472) < 1e-6)
    }

    @Test(
        "Orthogonal weights are orthonormal times the gain, and repeat from their seed",
        arguments: [(4, 9), (9, 4), (5, 5)])
    func orthogonal(rows: Int, columns: Int) throws {
        var generator = SplitMix64(seed: 3)
        var again = SplitMix64(seed: 3)
        let weight = try Tensor.orthogonal(rows: rows, columns: columns, gain: 2, using: &generator)
        #expect(weight.shape == [rows, columns])
        let other = try Tensor.orthogonal(rows: rows, columns: columns, gain: 2, using: &again)
        #expect(try weight.values() == other.values())
        let turned = rows <= columns ? weight : try weight.transposed()
        let product = try turned.matmul(turned.transposed()).values()
        let side = min(rows, columns)
        for i in 0..<side {
            for j in 0..<side {
                #expect(abs(product[i * side + j] - (i == j ? 4 : 0)) < 1e-5)
            }
        }
    }

    @Test("In-place operations change the tensor itself")
    func inPlace() throws {
        let x = try row([1, 2])
        try x.addInPlace(row([1, 1]), scale: 3)
        #expect(try x.values() == [4, 5])
        try x.lerpInPlace(to: row([0, 0]), weight: 0.5)
        #expect(try x.values() == [2, 2.5])
        try x.fillInPlace(7)
        try x.copyInPlace(from: Tensor([9] as [Int64]))
        #expect(try x.values() == [9, 9])
    }
}
