/// The host's memory for one copy at one step: where an environment writes what agents and trainer will read.
public struct Frame {
    /// [agent][component], f32.
    public let observations: Rows<Float>
    /// [agent][choice], 1 legal, 0 illegal, heads one after the other. Nil when the host wants no masks or actions are
    /// continuous.
    public let legal: Rows<UInt8>?
    /// [agent][0], 1 if the agent decides at the next step. 1 unless written.
    public let acting: Rows<UInt8>
    /// [agent][0], 1 once the agent is out for the rest of the episode. 0 unless written.
    public let terminated: Rows<UInt8>
    /// [agent][0] or [group][0] as the specification's reward scope says. 0 unless written.
    public let rewards: Rows<Float>
    /// The global state. Nil when the host does not want it or there is none.
    public let state: Row<Float>?
    @usableFromInline let ended: UnsafeMutablePointer<UInt8>
    @usableFromInline let elapsedTime: UnsafeMutablePointer<Float>

    /// For tests of rules and for hosts; an environment is handed its frames. `ended` and `elapsedTime` point at one
    /// element each.
    @inlinable
    public init(
        observations: Rows<Float>, legal: Rows<UInt8>?, acting: Rows<UInt8>, terminated: Rows<UInt8>,
        rewards: Rows<Float>, state: Row<Float>?, ended: UnsafeMutablePointer<UInt8>,
        elapsedTime: UnsafeMutablePointer<Float>
    ) {
        self.observations = observations
        self.legal = legal
        self.acting = acting
        self.terminated = terminated
        self.rewards = rewards
        self.state = state
        self.ended = ended
        self.elapsedTime = elapsedTime
    }

    /// Ends the episode by rule: every agent is terminated. (Time limits are the host's.)
    @inlinable
    public func end() { ended.pointee = 1 }

    /// Simulated time that this step took; 1 unless written.
    @inlinable
    public func setElapsed(_ time: Float) { elapsedTime.pointee = time }
}
