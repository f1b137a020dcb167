import ArgusTensor

/// What networks are shown at each step, as tensors that are made once, so that acting makes none: borrowed memory on the
/// CPU. Another device gets a copy of the step's rows each time.
struct StepTensors {
    private let memory: UnsafeMutablePointer<Float>
    private let shape: [Int]
    /// One a step; empty on another device.
    private let views: [Tensor]

    /// - Parameters: `memory`: [step, row, input], which must outlive this; `shape`: of a step, [row, input].
    init(_ memory: UnsafeMutablePointer<Float>, steps: Int, shape: [Int]) throws {
        self.memory = memory
        self.shape = shape
        let size = shape.reduce(1, *)
        views =
            Device.current == .cpu
            ? try (0..<steps).map { try Tensor.borrowing(memory + $0 * size, shape: shape, type: .float32) } : []
    }

    /// The rows of a step: [row, input].
    func callAsFunction(_ step: Int) throws -> Tensor {
        guard views.isEmpty else { return views[step] }
        return try Tensor.borrowing(memory + step * shape.reduce(1, *), shape: shape, type: .float32)
    }
}
