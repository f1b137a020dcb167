import ArgusHost
import ArgusTensor

/// Writes down the running episode of every copy of an environment.
final class EpisodeRecorder {
    let layout: EpisodeLayout
    private var running: [Episode]
    /// [copy, agent]: 1 once an agent is out of the running episode.
    private var isOut: [UInt8]

    init(_ layout: EpisodeLayout, copies: Int) {
        self.layout = layout
        running = Array(repeating: Episode(), count: copies)
        isOut = Array(repeating: 0, count: copies * layout.agents)
    }

    /// Writes down what is seen before a step, and what was decided: [copy, agent, head].
    func recordDecision(_ environment: VectorEnvironment, choices: UnsafePointer<Int64>) {
        let local = environment.local
        for copy in running.indices where local.active[copy] != 0 {
            appendView(
                copy, observations: local.observations.baseAddress, legal: local.legal.baseAddress,
                acting: local.acting.baseAddress, states: environment.central.states.baseAddress)
            let count = layout.agents * layout.heads
            for index in copy * count..<(copy + 1) * count {
                running[copy].choices.append(Int32(truncatingIfNeeded: choices[index]))
            }
        }
    }

    /// Writes down what the step brought, and hands over the episodes that it ended; failed ones are dropped.
    func recordOutcome(_ environment: VectorEnvironment, finished: (Episode) -> Void) {
        let outcome = environment.outcome
        let agents = layout.agents
        for copy in running.indices where running[copy].observations.count > 0 {
            let rows = copy * agents..<(copy + 1) * agents
            running[copy].rewards.append(contentsOf: outcome.rewards.elements[rows])
            running[copy].elapsed.append(outcome.elapsed[copy])
            running[copy].steps += 1
            for row in rows { isOut[row] |= outcome.terminated.pointer[row] }
            let end = outcome.end(copy)
            guard end != .running else { continue }
            if end != .failed {
                appendView(
                    copy, observations: UnsafePointer(outcome.finalObservations.pointer),
                    legal: UnsafePointer(outcome.finalLegal.pointer),
                    acting: UnsafePointer(outcome.finalActing.pointer),
                    states: environment.central.finalStates.baseAddress)
                running[copy].end = end
                finished(running[copy])
            }
            running[copy].clear()
            for row in rows { isOut[row] = 0 }
        }
    }

    private func appendView(
        _ copy: Int, observations: UnsafePointer<Float>?, legal: UnsafePointer<UInt8>?, acting: UnsafePointer<UInt8>?,
        states: UnsafePointer<Float>?
    ) {
        func rows<Element>(_ base: UnsafePointer<Element>?, _ width: Int) -> UnsafeBufferPointer<Element> {
            UnsafeBufferPointer(start: base.map { $0 + copy * width }, count: base == nil ? 0 : width)
        }
        let agents = layout.agents
        running[copy].observations.append(contentsOf: rows(observations, agents * layout.observationSize))
        running[copy].legal.append(contentsOf: rows(legal, agents * layout.legalSize))
        if layout.stateSize > 0 { running[copy].states.append(contentsOf: rows(states, layout.stateSize)) }
        for (agent, acts) in rows(acting, agents).enumerated() {
            let status =
                acts != 0
                ? AgentStatus.acting : isOut[copy * agents + agent] != 0 ? AgentStatus.out : AgentStatus.waiting
            running[copy].status.append(status)
        }
    }

    // MARK: Checkpoints

    /// The running episodes, for a checkpoint.
    var bytes: [UInt8] {
        var bytes = isOut
        for var episode in running {
            // The row after the last step is yet to come; zeros stand for it, so that the sizes are an episode's.
            episode.observations += Array(repeating: 0, count: layout.agents * layout.observationSize)
            episode.states += Array(repeating: 0, count: layout.stateSize)
            episode.legal += Array(repeating: 0, count: layout.agents * layout.legalSize)
            episode.status += Array(repeating: 0, count: layout.agents)
            episode.append(to: &bytes)
        }
        return bytes
    }

    /// Goes on with the episodes that ``bytes`` gave.
    func restore(_ bytes: [UInt8]) throws(TensorError) {
        let damaged = TensorError(code: .fileFormat, message: "checkpoint: the running episodes are damaged")
        guard bytes.count >= isOut.count else { throw damaged }
        var offset = isOut.count
        var episodes: [Episode] = []
        for _ in running.indices {
            guard var episode = Episode(bytes, at: &offset, layout) else { throw damaged }
            episode.observations.removeLast(layout.agents * layout.observationSize)
            episode.states.removeLast(layout.stateSize)
            episode.legal.removeLast(layout.agents * layout.legalSize)
            episode.status.removeLast(layout.agents)
            episodes.append(episode)
        }
        guard offset == bytes.count else { throw damaged }
        running = episodes
        isOut = Array(bytes[..<isOut.count])
    }
}
