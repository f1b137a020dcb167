public import ArgusEnvAPI

/// A contact centre as an environment of the host: ``ContactCentre`` with names, bounds, words and metrics.
///
/// Agents `expert_0…` of role "expert", one group with one reward. One copy's state is a value.
public struct CustomerServiceEnvironment: Environment {
    let configuration: ServiceConfiguration
    let layout: ServiceLayout
    let choices: ServiceChoices
    /// The episode.
    public internal(set) var centre: ContactCentre

    public init(parameters: ParameterValues) throws {
        configuration = try ServiceConfiguration(parameters: parameters)
        layout = ServiceLayout(configuration)
        choices = ServiceChoices(configuration)
        centre = ContactCentre(configuration: configuration)
    }

    public mutating func reset(seed: UInt64) { centre.reset(seed: seed) }

    public mutating func step(_ actions: Rows<Int32>, _ frame: Frame) {
        let seconds = centre.step(actions)
        frame.rewards[first: 0] = Float(centre.reward)
        frame.setElapsed(Float(seconds / configuration.timeUnit))
        if centre.isClosed { frame.end() }
    }

    public func observe(_ frame: Frame) {
        for expert in 0..<configuration.experts {
            frame.acting[first: expert] = centre.decides(expert) ? 1 : 0
            centre.observe(expert, layout, into: frame.observations[expert].pointer)
            if let legal = frame.legal { centre.writeLegalChoices(expert, into: legal[expert].pointer) }
        }
        if let state = frame.state { centre.writeState(into: state.pointer) }
    }
}
