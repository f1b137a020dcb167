public import ArgusEnvAPI

/// What agents see, and nothing else: the source of the rows that decentralised policies are handed.
public struct LocalView {
    let layout: EnvironmentLayout
    let tensors: EnvironmentTensors
    let progress: EpisodeProgress
    /// Nil without communication.
    let channels: Channels?

    /// The rows of one agent over all copies.
    @inline(__always)
    public func rows(agent: Int) -> LocalRows {
        precondition(agent >= 0 && agent < layout.agents, "agent out of range")
        return LocalRows(
            agent: agent, copies: layout.copies,
            observationBase: UnsafePointer(tensors.observations.pointer + agent * layout.observationSize),
            observationSize: layout.observationSize,
            legalBase: layout.isDiscrete
                ? UnsafePointer(tensors.legal.pointer + agent * layout.legalSize) : nil,
            legalSize: layout.legalSize, actingBase: UnsafePointer(tensors.acting.pointer + agent),
            agents: layout.agents, active: UnsafePointer(progress.active.pointer),
            starts: UnsafePointer(progress.starts.pointer), steps: UnsafePointer(progress.steps.pointer),
            seeds: UnsafePointer(progress.seeds.pointer), channels: channels)
    }

    // For trainers, which learn for all agents at once: [copy, agent, …], contiguous.

    /// [copy, agent, component]
    public var observations: UnsafeBufferPointer<Float> { UnsafeBufferPointer(tensors.observations.elements) }
    /// [copy, agent, choice]; empty for continuous actions.
    public var legal: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(tensors.legal.elements) }
    /// [copy, agent]
    public var acting: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(tensors.acting.elements) }
    /// [copy]: 1 while the copy has an episode to play.
    public var active: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(progress.active.elements) }
    /// [copy]: 1 when the live rows are an episode's first.
    public var starts: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(progress.starts.elements) }
    /// [copy]: steps made in the running episode.
    public var steps: UnsafeBufferPointer<Int> { UnsafeBufferPointer(progress.steps.elements) }
    /// [copy]: seed of the running episode; keys the randomness of action sampling.
    public var seeds: UnsafeBufferPointer<UInt64> { UnsafeBufferPointer(progress.seeds.elements) }
}

/// One agent's rows over all copies: everything that a decentralised policy may know.
///
/// The type has no way to reach another agent's rows or the global state.
public struct LocalRows {
    public let agent: Int
    public let copies: Int
    let observationBase: UnsafePointer<Float>
    public let observationSize: Int
    let legalBase: UnsafePointer<UInt8>?
    public let legalSize: Int
    let actingBase: UnsafePointer<UInt8>
    let agents: Int
    let active: UnsafePointer<UInt8>
    let starts: UnsafePointer<UInt8>
    let steps: UnsafePointer<Int>
    let seeds: UnsafePointer<UInt64>
    let channels: Channels?

    /// [component]
    @inline(__always)
    public func observation(_ copy: Int) -> UnsafeBufferPointer<Float> {
        check(copy)
        return UnsafeBufferPointer(start: observationBase + copy * agents * observationSize, count: observationSize)
    }

    /// [choice], heads one after the other; nil for continuous actions.
    @inline(__always)
    public func legal(_ copy: Int) -> UnsafeBufferPointer<UInt8>? {
        check(copy)
        return legalBase.map { UnsafeBufferPointer(start: $0 + copy * agents * legalSize, count: legalSize) }
    }

    /// True when the agent decides at the next step of this copy.
    @inline(__always)
    public func isActing(_ copy: Int) -> Bool {
        check(copy)
        return active[copy] != 0 && actingBase[copy * agents] != 0
    }

    /// True at the first step of an episode: memory starts anew.
    @inline(__always)
    public func isStart(_ copy: Int) -> Bool {
        check(copy)
        return starts[copy] != 0
    }

    /// Randomness for this decision: depends on the run, the episode, the step and the agent, on nothing else.
    @inline(__always)
    public func random(_ run: CounterRandom, _ copy: Int) -> CounterRandom {
        check(copy)
        return run.keyed(seeds[copy]).keyed(UInt64(steps[copy])).keyed(UInt64(agent))
    }

    @inline(__always)
    private func check(_ copy: Int) { precondition(copy >= 0 && copy < copies, "copy out of range") }
}
