import CTorch

/// Adam (Kingma & Ba 2015) with bias correction: one fused call a step for all parameters.
public final class Adam {
    public struct Options: Sendable, Hashable {
        /// May be changed between steps, for annealing.
        public var learningRate: Double
        public var beta1: Double
        public var beta2: Double
        /// 1e-5, the default of the reference PPO codes (Engstrom et al. 2020; MAPPO, Yu et al. 2022), not the
        /// paper's 1e-8.
        public var epsilon: Double
        /// L2 penalty, added to the gradient.
        public var weightDecay: Double

        public init(
            learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-5,
            weightDecay: Double = 0
        ) {
            self.learningRate = learningRate
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
            self.weightDecay = weightDecay
        }
    }

    public var options: Options
    public let parameters: [(name: String, tensor: Tensor)]
    private let values: [Tensor]
    private let first: [Tensor]
    private let second: [Tensor]
    private let steps: [Tensor]
    // The handles of the lists above, in the form that the shim takes; the lists keep them alive.
    private let handles: (values: [Handle?], first: [Handle?], second: [Handle?], steps: [Handle?])

    /// - Parameter parameters: leaves that require a gradient, with unique names.
    public init(_ parameters: [(name: String, tensor: Tensor)], options: Options) throws(TensorError) {
        guard Set(parameters.map(\.name)).count == parameters.count else {
            throw TensorError(
                code: .invalidArgument,
                message: "Adam: found a parameter name twice among \(parameters.map(\.name)), expected unique names")
        }
        var first: [Tensor] = []
        var second: [Tensor] = []
        var steps: [Tensor] = []
        for (_, tensor) in parameters {
            let shape = tensor.shape
            let device = tensor.device
            first.append(try Tensor.zeros(shape, device: device))
            second.append(try Tensor.zeros(shape, device: device))
            steps.append(try Tensor.zeros([], device: device))
        }
        self.parameters = parameters
        self.options = options
        self.values = parameters.map(\.tensor)
        self.first = first
        self.second = second
        self.steps = steps
        handles = (values.map(\.handle), first.map(\.handle), second.map(\.handle), steps.map(\.handle))
    }

    /// Drops all gradients.
    public func clearGradients() throws(TensorError) {
        try TensorError.check(
            withExtendedLifetime(self) { ctorch_clear_gradients(handles.values, Int32(clamping: values.count)) })
    }

    /// Clips the joint gradient norm; see ``Gradients/clipNorm(of:maximum:)``.
    public func clipGradientNorm(maximum: Double) throws(TensorError) -> Double {
        var norm = 0.0
        try TensorError.check(
            withExtendedLifetime(self) {
                ctorch_clip_gradient_norm(handles.values, Int32(clamping: values.count), maximum, &norm)
            })
        return norm
    }

    /// Updates every parameter that has a gradient.
    public func step() throws(TensorError) {
        var settings = ctorch_adam_options(
            learning_rate: options.learningRate, beta1: options.beta1, beta2: options.beta2, epsilon: options.epsilon,
            weight_decay: options.weightDecay)
        try TensorError.check(
            withExtendedLifetime(self) {
                ctorch_adam_step(
                    handles.values, handles.first, handles.second, handles.steps, Int32(clamping: values.count),
                    &settings)
            })
    }

    /// The optimiser's memory for a checkpoint: for each parameter NAME its `first.NAME`, `second.NAME` (the moments)
    /// and `step.NAME` (a scalar). These are the tensors themselves, not copies.
    public var state: [(name: String, tensor: Tensor)] {
        parameters.indices.flatMap { index in
            let name = parameters[index].name
            return [("first.\(name)", first[index]), ("second.\(name)", second[index]), ("step.\(name)", steps[index])]
        }
    }
}
