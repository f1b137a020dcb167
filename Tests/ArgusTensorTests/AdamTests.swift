import ArgusTensor
import Testing

struct AdamTests {
    @Test("Five fused steps equal Adam computed by hand", arguments: [0.0, 0.1])
    func equalsHandComputedAdam(weightDecay: Double) throws {
        let start: [Double] = [1, -2, 0.5]
        let slopes: [[Double]] = [[1, 2, 3], [-1, 0.5, 0], [0.1, 0.1, -4], [2, 2, 2], [0, 0, 1]]
        let parameter = try Tensor(start.map { Float($0) }).requiringGradient()
        let options = Adam.Options(learningRate: 0.01, weightDecay: weightDecay)
        let adam = try Adam([("x", parameter)], options: options)
        var (value, first, second) = (start, [0.0, 0.0, 0.0], [0.0, 0.0, 0.0])
        for (index, slope) in slopes.enumerated() {
            try adam.clearGradients()
            try (parameter * Tensor(slope.map { Float($0) })).sum().backward()
            // The rate changes on the way, as annealing does.
            adam.options.learningRate = 0.01 / Double(index + 1)
            try adam.step()
            for i in 0..<3 {
                let gradient = slope[i] + weightDecay * value[i]
                first[i] = 0.9 * first[i] + 0.1 * gradient
                second[i] = 0.999 * second[i] + 0.001 * gradient * gradient
                var (power1, power2) = (1.0, 1.0)
                for _ in 0...index {
                    power1 *= 0.9
                    power2 *= 0.999
                }
                let denominator = (second[i] / (1 - power2)).squareRoot() + 1e-5
                value[i] -= adam.options.learningRate * (first[i] / (1 - power1)) / denominator
            }
            for (found, expected) in zip(try parameter.values(as: Double.self), value) {
                #expect(abs(found - expected) < 1e-6)
            }
        }
    }

    @Test("A parameter without gradient is left alone")
    func unusedParameter() throws {
        let used = try Tensor.scalar(1).requiringGradient()
        let unused = try Tensor.scalar(1).requiringGradient()
        let adam = try Adam([("used", used), ("unused", unused)], options: Adam.Options(learningRate: 0.1))
        try used.square().backward()
        try adam.step()
        #expect(try used.item() < 1)
        #expect(try unused.item() == 1)
        let steps = try adam.state.filter { $0.name.hasPrefix("step.") }.map { try $0.tensor.item() }
        #expect(steps == [1, 0])
    }

    @Test("A restored optimiser continues bit for bit")
    func restoring() throws {
        func train(_ parameter: Tensor, _ adam: Adam, steps: Int) throws {
            for _ in 0..<steps {
                try adam.clearGradients()
                try parameter.exp().sum().backward()
                try adam.step()
            }
        }
        let whole = try Tensor([0.3, -0.4] as [Float]).requiringGradient()
        let wholeAdam = try Adam([("x", whole)], options: Adam.Options(learningRate: 0.1))
        try train(whole, wholeAdam, steps: 3)
        let resumed = try whole.detached().cloned().requiringGradient()
        let resumedAdam = try Adam([("x", resumed)], options: Adam.Options(learningRate: 0.1))
        try restoreTensors(
            resumedAdam.state, from: Dictionary(uniqueKeysWithValues: wholeAdam.state.map { ($0.name, $0.tensor) }),
            owner: "optimiser state")
        try train(whole, wholeAdam, steps: 3)
        try train(resumed, resumedAdam, steps: 3)
        #expect(try whole.values() == resumed.values())
    }

    @Test("A state that lacks a tensor or has another shape is refused by name")
    func badState() throws {
        let parameter = try Tensor([0.3, -0.4] as [Float]).requiringGradient()
        let adam = try Adam([("x", parameter)], options: Adam.Options(learningRate: 0.1))
        var state = Dictionary(uniqueKeysWithValues: adam.state.map { ($0.name, $0.tensor) })
        state["second.x"] = try Tensor.zeros([3])
        #expect { try restoreTensors(adam.state, from: state, owner: "state") } throws: {
            "\($0)".contains("'second.x'")
        }
        state["second.x"] = nil
        #expect { try restoreTensors(adam.state, from: state, owner: "state") } throws: {
            "\($0)".contains("'second.x' is missing")
        }
    }

    @Test("A name used twice is refused")
    func duplicateNames() throws {
        let parameter = try Tensor.scalar(1).requiringGradient()
        #expect(throws: TensorError.self) {
            try Adam([("x", parameter), ("x", parameter)], options: Adam.Options(learningRate: 0.1))
        }
    }
}
