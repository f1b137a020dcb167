import ArgusHost

/// What happened in a rollout, as advantages and returns are made of it: [step, copy, agent] or, where said so,
/// [step, copy].
package struct Transitions {
    package var steps: Int
    package var copies: Int
    package var agents: Int
    package var rewards: UnsafePointer<Float>
    package var acting: UnsafePointer<UInt8>
    package var terminated: UnsafePointer<UInt8>
    /// [step, copy]: ``EpisodeEnd`` raw values.
    package var ended: UnsafePointer<UInt8>
    /// [step, copy]
    package var elapsed: UnsafePointer<Float>

    package init(
        steps: Int, copies: Int, agents: Int, rewards: UnsafePointer<Float>, acting: UnsafePointer<UInt8>,
        terminated: UnsafePointer<UInt8>, ended: UnsafePointer<UInt8>, elapsed: UnsafePointer<Float>
    ) {
        self.steps = steps
        self.copies = copies
        self.agents = agents
        self.rewards = rewards
        self.acting = acting
        self.terminated = terminated
        self.ended = ended
        self.elapsed = elapsed
    }

    /// How the episode stands after the step at `place`, [step, copy].
    func end(_ place: Int) -> EpisodeEnd { EpisodeEnd(rawValue: ended[place]) ?? .failed }

    /// Whether an agent that is not acting is out for the rest of the episode, not waiting. What came before the
    /// rollout's first step is not stored; there, who is out after the step may as well have been before.
    func isOut(step: Int, copy: Int, agent: Int) -> Bool {
        if acting[(step * copies + copy) * agents + agent] != 0 { return false }
        let before = max(0, step - 1) * copies + copy
        if step > 0, ended[before] != EpisodeEnd.running.rawValue { return false }
        return terminated[before * agents + agent] != 0
    }
}
