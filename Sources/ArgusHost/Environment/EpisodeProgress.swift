/// Where each copy stands in its episode.
final class EpisodeProgress {
    /// Which episodes are played; set at reset.
    var episodes: EpisodeSeeds = .stream(run: 0)
    /// [copy]: 1 while the copy has an episode to play.
    let active: AlignedBuffer<UInt8>
    /// [copy]: index of the copy's episode since reset.
    let episode: AlignedBuffer<Int>
    /// [copy]: seed of the running episode.
    let seeds: AlignedBuffer<UInt64>
    /// [copy]: steps made in the running episode.
    let steps: AlignedBuffer<Int>
    /// [copy]: 1 when the live rows are an episode's first.
    let starts: AlignedBuffer<UInt8>
    /// [copy, group]: sums of rewards so far.
    let returns: AlignedBuffer<Double>
    /// [copy]: 1 when the running episode is to end as failed with the next step.
    let discarded: AlignedBuffer<UInt8>
    /// [copy]: episodes that could not begin.
    let failedAtReset: AlignedBuffer<Int>
    /// [copy, component]: native states of ended copies.
    let finalState: AlignedBuffer<Float>

    init(copies: Int, groups: Int, stateSize: Int) {
        active = AlignedBuffer(count: copies, zero: 0)
        episode = AlignedBuffer(count: copies, zero: -1)
        seeds = AlignedBuffer(count: copies, zero: 0)
        steps = AlignedBuffer(count: copies, zero: 0)
        starts = AlignedBuffer(count: copies, zero: 0)
        returns = AlignedBuffer(count: copies * groups, zero: 0)
        discarded = AlignedBuffer(count: copies, zero: 0)
        failedAtReset = AlignedBuffer(count: copies, zero: 0)
        finalState = AlignedBuffer(count: copies * stateSize, zero: 0)
    }
}
