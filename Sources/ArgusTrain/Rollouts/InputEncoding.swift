import ArgusEnvAPI

/// How an observation row becomes a network's input: components scaled by their declared bounds, then a one-hot agent id.
public struct InputEncoding: Sendable, Hashable, Codable {
    public let observationSize: Int
    public let agents: Int
    public let agentIds: Bool
    let scaling: BoundsScaling

    init(_ specification: EnvironmentSpecification, _ configuration: NetworkConfiguration) {
        observationSize = specification.observationSize
        agents = specification.agents.count
        agentIds = configuration.agentIds && agents > 1
        scaling = BoundsScaling(
            size: observationSize, bounds: configuration.scaleObservations ? specification.observationBounds : nil,
            narrowRange: configuration.unscaledRange)
    }

    /// True unless it was read from a damaged file: scaling covers exactly the observation.
    var isConsistent: Bool {
        scaling.scale.count == observationSize && scaling.shift.count == observationSize && (!agentIds || agents > 1)
    }

    /// Components of an input.
    public var inputSize: Int { observationSize + (agentIds ? agents : 0) }

    /// Encodes `rows` contiguous rows of one copy after the other, whose agents come in order from `firstAgent`.
    func encode(
        _ observations: UnsafePointer<Float>, rows: Int, firstAgent: Int = 0,
        into inputs: UnsafeMutablePointer<Float>
    ) {
        scaling.apply(observations, rows: rows, into: inputs, resultStride: inputSize)
        guard agentIds else { return }
        for row in 0..<rows {
            let ids = inputs + row * inputSize + observationSize
            let agent = (firstAgent + row) % agents
            for other in 0..<agents { ids[other] = other == agent ? 1 : 0 }
        }
    }
}
