import ArgusEnvAPI

/// Which episodes the copies of a vector environment play.
public enum EpisodeSeeds: Sendable, Hashable {
    /// Without end: copy c's episode e is fixed by (run, c, e).
    case stream(run: UInt64)
    /// Without end: copy c's first episode has seed first[c], the later ones are fixed by it. One entry a copy.
    case streams(first: [UInt64])
    /// Exactly one episode for each seed; copy c plays the seeds c, c + copies, c + 2·copies, … and then rests.
    case list([UInt64])

    /// The seed of `copy`'s `episode`-th episode, or nil when there is none left.
    ///
    /// Stream seeds have 50 bits: they pass through JSON unchanged, and ``EvaluationSeeds`` are disjoint from them.
    @inline(__always)
    func seed(copy: Int, episode: Int, copies: Int) -> UInt64? {
        switch self {
        case .stream(let run):
            return CounterRandom(run: run, purpose: .episodeSeed).keyed(UInt64(copy)).bits(UInt64(episode)) >> 14
        case .streams(let first):
            guard copy < first.count else { return nil }
            if episode == 0 { return first[copy] }
            return CounterRandom(run: first[copy], purpose: .episodeSeed).bits(UInt64(episode)) >> 14
        case .list(let seeds):
            let index = copy + episode * copies
            return index < seeds.count ? seeds[index] : nil
        }
    }
}
