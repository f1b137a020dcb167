/// The global state: what a central critic sees in training, and no policy ever.
///
/// With `state: native` it is the environment's own; with `state: concat` it is all agents' observations one after the
/// other, which is the observation tensor itself (no copy).
public struct CentralView {
    let layout: EnvironmentLayout
    let tensors: EnvironmentTensors
    let progress: EpisodeProgress
    let outcome: StepOutcome

    /// Components of the state.
    public var size: Int { layout.stateSize > 0 ? layout.stateSize : layout.agents * layout.observationSize }

    /// [copy, component]: all states, contiguous.
    public var states: UnsafeBufferPointer<Float> {
        layout.stateSize > 0
            ? UnsafeBufferPointer(tensors.state.elements) : UnsafeBufferPointer(tensors.observations.elements)
    }

    /// [copy, component]: the last states of the copies that ended in the last step; other rows are old.
    public var finalStates: UnsafeBufferPointer<Float> {
        layout.stateSize > 0
            ? UnsafeBufferPointer(progress.finalState.elements)
            : UnsafeBufferPointer(outcome.finalObservations.elements)
    }
}
