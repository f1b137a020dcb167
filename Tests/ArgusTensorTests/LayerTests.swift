import ArgusEnvAPI
import ArgusTensor
import Glibc
import Testing

struct LayerTests {
    @Test("The recurrent cell equals its gates computed by hand")
    func recurrentCell() throws {
        let (inputs, hidden, batch) = (3, 4, 2)
        var generator = SplitMix64(seed: 11)
        let cell = try GatedRecurrentCell(inputs: inputs, hidden: hidden, using: &generator)
        try withoutGradient {
            try cell.inputBias.copyInPlace(from: Tensor((0..<12).map { Float($0) * 0.05 }))
            try cell.hiddenBias.copyInPlace(from: Tensor((0..<12).map { 0.3 - Float($0) * 0.04 }))
        }
        let x = (0..<(batch * inputs)).map { Float($0) * 0.3 - 0.7 }
        let h = (0..<(batch * hidden)).map { 0.5 - Float($0) * 0.2 }
        let found = try cell(Tensor(x, shape: [batch, inputs]), hidden: Tensor(h, shape: [batch, hidden])).values()
        let (wi, wh) = (try cell.inputWeight.values(), try cell.hiddenWeight.values())
        let (bi, bh) = (try cell.inputBias.values(), try cell.hiddenBias.values())
        func sigmoid(_ value: Float) -> Float { 1 / (1 + exp(-value)) }
        for n in 0..<batch {
            func input(_ row: Int) -> Float {
                (0..<inputs).reduce(bi[row]) { $0 + wi[row * inputs + $1] * x[n * inputs + $1] }
            }
            func recurrent(_ row: Int) -> Float {
                (0..<hidden).reduce(bh[row]) { $0 + wh[row * hidden + $1] * h[n * hidden + $1] }
            }
            for k in 0..<hidden {
                let reset = sigmoid(input(k) + recurrent(k))
                let update = sigmoid(input(hidden + k) + recurrent(hidden + k))
                let new = tanh(input(2 * hidden + k) + reset * recurrent(2 * hidden + k))
                let expected = (1 - update) * new + update * h[n * hidden + k]
                #expect(abs(found[n * hidden + k] - expected) < 1e-5)
            }
        }
    }

    @Test("A sequence of the recurrent cell has the values and gradients of its steps, one by one")
    func recurrentSequence() throws {
        let (steps, rows, inputs, hidden) = (5, 3, 4, 6)
        var generator = SplitMix64(seed: 12)
        func draw(_ shape: [Int]) throws -> Tensor {
            try Tensor(
                (0..<shape.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &generator) }, shape: shape)
        }
        let cell = try GatedRecurrentCell(inputs: inputs, hidden: hidden, using: &generator)
        try withoutGradient {
            try cell.inputBias.copyInPlace(from: draw([3 * hidden]))
            try cell.hiddenBias.copyInPlace(from: draw([3 * hidden]))
        }
        let x = try draw([steps, rows, inputs]).requiringGradient()
        let first = try draw([rows, hidden]).requiringGradient()
        // Row 1 begins an episode at step 0, row 2 at step 3.
        var keeps = [Float](repeating: 1, count: steps * rows)
        keeps[1] = 0
        keeps[3 * rows + 2] = 0
        let keep = try Tensor(keeps, shape: [steps, rows, 1])
        let weights = try draw([steps * rows, hidden])
        let leaves = [("x", x), ("first", first)] + cell.parameters.map { ($0.name, $0.tensor) }

        func gradients(of memories: Tensor) throws -> [[Float]] {
            try (memories.reshaped(to: [steps * rows, hidden]) * weights).sum().backward()
            return try leaves.map { name, leaf in
                let gradient = try leaf.gradient()
                return try #require(gradient, "\(name)").values()
            }
        }
        var memory = first
        var memories: [Tensor] = []
        for step in 0..<steps {
            memory = try cell(
                x.selected(axis: 0, index: step), hidden: memory * keep.selected(axis: 0, index: step))
            memories.append(memory)
        }
        let one = try Tensor.stack(memories)
        let whole = try cell.sequence(x, hidden: first, keeps: keep)
        for (found, expected) in zip(try whole.values(), try one.values()) { #expect(abs(found - expected) < 1e-6) }
        let expected = try gradients(of: one)
        try Adam(leaves.map { (name: $0.0, tensor: $0.1) }, options: Adam.Options(learningRate: 1)).clearGradients()
        let found = try gradients(of: whole)
        for (index, (name, _)) in leaves.enumerated() {
            #expect(expected[index].contains { abs($0) > 0.01 })
            for (found, expected) in zip(found[index], expected[index]) {
                #expect(abs(found - expected) < 1e-5, "\(name)")
            }
        }
        #expect(throws: TensorError.self) { try cell.sequence(x, hidden: first, keeps: Tensor.ones([steps, 1])) }
        #expect(throws: TensorError.self) { try cell.sequence(x, hidden: x, keeps: keep) }
    }

    @Test(
        "A perceptron equals its layers applied one by one", arguments: Activation.allCases, LayerNormPlacement.allCases
    )
    func perceptron(activation: Activation, placement: LayerNormPlacement) throws {
        var generator = SplitMix64(seed: 5)
        let network = try MultilayerPerceptron(
            sizes: [3, 8, 8, 2], activation: activation, layerNorm: placement, outputGain: 0.01, using: &generator)
        #expect(network.parameters.count == (placement == .none ? 6 : 10))
        #expect(Set(network.parameters.map(\.name)).count == network.parameters.count)
        let input = try Tensor([0.1, -0.2, 0.3] as [Float], shape: [1, 3])
        var flow = input
        for index in 0..<2 {
            let norm = placement == .none ? nil : network.norms[index]
            flow = try flow.linear(weight: network.layers[index].weight, bias: network.layers[index].bias)
            if placement == .beforeActivation { flow = try flow.layerNorm(weight: norm?.weight, bias: norm?.bias) }
            flow = try activation(flow)
            if placement == .afterActivation { flow = try flow.layerNorm(weight: norm?.weight, bias: norm?.bias) }
        }
        let expected = try network.layers[2](flow).values()
        for (a, b) in zip(try network(input).values(), expected) { #expect(abs(a - b) < 1e-6) }
        let activated = try network(input, activatesOutput: true).values()
        for (a, b) in zip(activated, try activation(Tensor(expected)).values()) { #expect(abs(a - b) < 1e-6) }
        let (output, memory) = (try Tensor.zeros([1, 2]), try Tensor.zeros([1, 0]))
        let inference = NetworkInference(body: network)
        for _ in 0..<2 {
            try inference.step(input, starts: memory, hidden: memory, into: output)
            for (a, b) in zip(try output.values(), expected) { #expect(abs(a - b) < 1e-6) }
        }
        #expect(!output.requiresGradient)
        for shape in [[2, 2], [1, 3], [2]] {
            let other = try Tensor.zeros(shape)
            #expect(throws: TensorError.self) {
                try inference.step(input, starts: memory, hidden: memory, into: other)
            }
        }
    }

    @Test("Target networks take over all of, or part of, the parameters")
    func targetUpdates() throws {
        var generator = SplitMix64(seed: 5)
        let online = try MultilayerPerceptron(sizes: [3, 4, 2], using: &generator)
        let target = try MultilayerPerceptron(sizes: [3, 4, 2], using: &generator)
        let before = try target.parameters[0].tensor.values()
        let goal = try online.parameters[0].tensor.values()
        try moveParameters(target.parameters, to: online.parameters, weight: 0.25)
        for (found, (old, new)) in zip(try target.parameters[0].tensor.values(), zip(before, goal)) {
            #expect(abs(found - (old + 0.25 * (new - old))) < 1e-6)
        }
        try moveParameters(target.parameters, to: online.parameters, weight: 1)
        #expect(try target.parameters[0].tensor.values() == goal)
    }

    @Test("Impossible sizes are refused")
    func impossibleSizes() {
        var generator = SplitMix64(seed: 5)
        #expect(throws: TensorError.self) { try MultilayerPerceptron(sizes: [3], using: &generator) }
        #expect(throws: TensorError.self) { try MultilayerPerceptron(sizes: [3, 0, 1], using: &generator) }
    }
}
