import ArgusEnvAPI
import ArgusTensor
import Foundation
import Testing

@Suite struct LanguageOperationTests {
    private func random(_ shape: [Int], seed: UInt64) throws -> Tensor {
        var generator = SplitMix64(seed: seed)
        return try Tensor(
            (0..<shape.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &generator) }, shape: shape)
    }

    private func difference(_ left: Tensor, _ right: Tensor) throws -> Double {
        try (left - right).abs().max().item()
    }

    @Test("The linear layer for inference is the linear layer", arguments: [1, 7, 64])
    func linear(rows: Int) throws {
        let input = try random([rows, 48], seed: 1)
        let weight = try random([20, 48], seed: 2)
        let bias = try random([20], seed: 3)
        #expect(try difference(input.linearForInference(weight: weight), input.linear(weight: weight)) < 1e-5)
        #expect(
            try difference(
                input.linearForInference(weight: weight, bias: bias), input.linear(weight: weight, bias: bias)) < 1e-5)
        // A view with gaps.
        let part = try random([rows, 96], seed: 4).narrowed(axis: 1, from: 10, count: 48)
        #expect(try difference(part.linearForInference(weight: weight), part.linear(weight: weight)) < 1e-5)
        #expect(throws: TensorError.self) { try input.linearForInference(weight: random([20, 47], seed: 5)) }
    }

    @Test("Norm and rotation are the same with recorded gradients as without, and their gradients are right")
    func gradients() throws {
        let weight = try random([6], seed: 1)
        let angles = try random([5, 3], seed: 2)
        let cosine = try Tensor(angles.values().map { (angle: Float) in cos(angle) }, shape: [5, 3])
        let sine = try Tensor(angles.values().map { (angle: Float) in sin(angle) }, shape: [5, 3])
        let operations: [(Tensor) throws -> Tensor] = [
            { try $0.rootMeanSquareNorm(weight: weight, epsilon: 1e-5) },
            { try $0.rotated(cosine: cosine, sine: sine) },
            { try $0.gatedSilu($0) },
            {
                try $0.groupedAttention(
                    keys: [$0.narrowed(axis: 1, from: 0, count: 2)], values: [$0.narrowed(axis: 1, from: 2, count: 2)],
                    scale: 0.4)
            },
        ]
        let factors = try random([5, 4, 6], seed: 3)
        for operation in operations {
            let start: [Float] = try random([5, 4, 6], seed: 4).values()
            func objective(_ input: Tensor) throws -> Tensor {
                try (operation(input).reshaped(to: [5, 4, 6]) * factors).sum()
            }
            let leaf = try Tensor(start, shape: [5, 4, 6]).requiringGradient()
            let recorded = try objective(leaf)
            try recorded.backward()
            let gradient: [Float] = try #require(try leaf.gradient()).values()
            let plain = try objective(Tensor(start, shape: [5, 4, 6]))
            #expect(abs(try recorded.item() - plain.item()) < 1e-4)
            for index in stride(from: 0, to: start.count, by: 13) {
                var moved = start
                moved[index] += 0.01
                let above = try objective(Tensor(moved, shape: [5, 4, 6])).item()
                moved[index] -= 0.02
                let below = try objective(Tensor(moved, shape: [5, 4, 6])).item()
                #expect(abs((above - below) / 0.02 - Double(gradient[index])) < 5e-3)
            }
        }
    }

    @Test("Rotation turns pairs half a head apart by their angle")
    func rotation() throws {
        let input = try Tensor([1, 0, 0, 2] as [Float], shape: [1, 1, 4])
        let turned: [Float] = try input.rotated(
            cosine: Tensor([0, 1] as [Float], shape: [1, 2]), sine: Tensor([1, 0] as [Float], shape: [1, 2])
        ).values()
        #expect(turned == [0, 0, 1, 2])
    }

    @Test("Attention over parts is attention over all of it, with key heads shared and the mask at the end")
    func attention() throws {
        let (rows, heads, shared, size, length) = (3, 4, 2, 8, 7)
        let query = try random([rows, heads, size], seed: 1)
        let keys = try random([length, shared, size], seed: 2)
        let values = try random([length, shared, size], seed: 3)
        let mask = try Tensor([0, -.infinity, 0, 0, -1, 0] as [Float], shape: [3, 2])
        func parts(_ tensor: Tensor) throws -> [Tensor] {
            [try tensor.narrowed(axis: 0, from: 0, count: 4), try tensor.narrowed(axis: 0, from: 4, count: 3)]
        }
        let whole: [Float] = try query.groupedAttention(keys: [keys], values: [values], mask: mask, scale: 0.3).values()
        let joined: [Float] = try query.groupedAttention(
            keys: parts(keys), values: parts(values), mask: mask, scale: 0.3
        )
        .values()
        let (q, k, v, m): ([Float], [Float], [Float], [Float]) = (
            try query.values(), try keys.values(), try values.values(), try mask.values()
        )
        for row in 0..<rows {
            for head in 0..<heads {
                let group = head / (heads / shared)
                let scores = (0..<length).map { place in
                    (0..<size).reduce(Float(0)) {
                        $0 + q[(row * heads + head) * size + $1] * k[(place * shared + group) * size + $1]
                    } * 0.3 + (place >= 5 ? m[row * 2 + place - 5] : 0)
                }
                let weights = scores.map { exp($0) }
                for entry in 0..<size {
                    let expected =
                        (0..<length).reduce(Float(0)) { $0 + weights[$1] * v[($1 * shared + group) * size + entry] }
                        / weights.reduce(0, +)
                    let place = row * heads * size + head * size + entry
                    #expect(abs(whole[place] - expected) < 1e-5 && abs(joined[place] - expected) < 1e-5)
                }
            }
        }
        #expect(throws: TensorError.self) { try query.groupedAttention(keys: [], values: [], scale: 1) }
        #expect(throws: TensorError.self) {
            try query.groupedAttention(keys: [keys], values: [random([length, shared, 4], seed: 4)], scale: 1)
        }
        #expect(throws: TensorError.self) {
            try query.groupedAttention(keys: [keys], values: [values], mask: random([2, 2], seed: 5), scale: 1)
        }
    }

    @Test("A mapped file is read where it lies, in 16-bit floats too")
    func mapping() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "mapped-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let values: [Float] = [1, -0.5, 3.25, 65504]
        try SafetensorsFile.write(
            tensors: [
                ("a", try Tensor(values)), ("b", try Tensor(values).to(.float16)),
                ("c", try Tensor(values).to(.bfloat16)),
            ], to: path)
        let mapping = try MappedFile(path)
        let file = try SafetensorsFile(mapping: mapping)
        for (name, expected) in [("a", values), ("b", values), ("c", [1, -0.5, 3.25, 65536])] {
            let entry = try #require(file.entry(named: name))
            let tensor = try mapping.tensor(
                at: file.dataStart + entry.range.lowerBound, shape: [4], type: entry.type.scalarType)
            #expect(try tensor.to(.float32).values() == expected)
            #expect(try file.tensor(name).to(.float32).values() == expected)
        }
        #expect(throws: TensorError.self) { try mapping.tensor(at: mapping.count - 4, shape: [2], type: .float32) }
        #expect(throws: TensorError.self) { try mapping.tensor(at: 1, shape: [1], type: .float32) }
        #expect(throws: TensorError.self) { try mapping.tensor(at: 0, shape: [.max, 2], type: .float32) }
        #expect(throws: TensorError.self) { try MappedFile("/nowhere/at/all") }
        #expect(throws: TensorError.self) { try MappedFile("/tmp") }
    }
}
