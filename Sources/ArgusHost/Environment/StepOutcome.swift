/// What one step of a vector environment brought: rewards, ends, and the final rows of copies that ended.
///
/// Valid until the next step. A copy that ended has been reset already: the live rows are the next episode's first,
/// the `final…` rows the ended episode's last.
public final class StepOutcome {
    /// [copy, agent]: the team's reward or each agent's own, as the scenario's `reward` says.
    public let rewards: AlignedBuffer<Float>
    /// [copy, agent]: 1 once an agent is out by rule.
    public let terminated: AlignedBuffer<UInt8>
    /// [copy]: ``EpisodeEnd`` raw values.
    public let ended: AlignedBuffer<UInt8>
    /// [copy]: simulated time of this step.
    public let elapsed: AlignedBuffer<Float>
    /// [copy, agent, component]: rows of ended copies only.
    public let finalObservations: AlignedBuffer<Float>
    /// [copy, agent, choice]: rows of ended copies only.
    public let finalLegal: AlignedBuffer<UInt8>
    /// [copy, agent]: rows of ended copies only.
    public let finalActing: AlignedBuffer<UInt8>

    // Of the episode that ended in this step, for ended copies only.
    /// [copy]
    public let episodeSeeds: AlignedBuffer<UInt64>
    /// [copy]: which of the copy's episodes it was, from 0.
    public let episodeIndices: AlignedBuffer<Int>
    /// [copy]: steps.
    public let episodeLengths: AlignedBuffer<Int>
    /// [copy, group]: sums of the group's reward.
    public let episodeReturns: AlignedBuffer<Double>
    /// [copy, metric]
    public let episodeMetrics: AlignedBuffer<Double>

    init(copies: Int, agents: Int, groups: Int, metrics: Int, observationSize: Int, legalSize: Int) {
        rewards = AlignedBuffer(count: copies * agents, zero: 0)
        terminated = AlignedBuffer(count: copies * agents, zero: 0)
        ended = AlignedBuffer(count: copies, zero: 0)
        elapsed = AlignedBuffer(count: copies, zero: 1)
        finalObservations = AlignedBuffer(count: copies * agents * observationSize, zero: 0)
        finalLegal = AlignedBuffer(count: copies * agents * legalSize, zero: 1)
        finalActing = AlignedBuffer(count: copies * agents, zero: 1)
        episodeSeeds = AlignedBuffer(count: copies, zero: 0)
        episodeIndices = AlignedBuffer(count: copies, zero: 0)
        episodeLengths = AlignedBuffer(count: copies, zero: 0)
        episodeReturns = AlignedBuffer(count: copies * groups, zero: 0)
        episodeMetrics = AlignedBuffer(count: copies * metrics, zero: 0)
    }

    /// How the episode of `copy` stands after this step.
    @inline(__always)
    public func end(_ copy: Int) -> EpisodeEnd { EpisodeEnd(rawValue: ended[copy]) ?? .failed }
}
