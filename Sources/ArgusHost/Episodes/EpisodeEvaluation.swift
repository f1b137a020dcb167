import ArgusEnvAPI

/// Episodes that were played for a list of seeds, in the order of the list.
public struct PlayedEpisodes: Sendable, Hashable {
    /// Seeds whose episode was valid, in the order of the request.
    public var seeds: [UInt64] = []
    /// Return of the first agent's group in each episode.
    public var returns: [Double] = []
    public var lengths: [Int] = []
    /// Name and each episode's value; NaN where undefined.
    public var metrics: [String: [Double]] = [:]
    public var failed = 0
    /// Steps over all copies.
    public var steps = 0

    public init() {}
}

extension VectorEnvironment {
    /// Plays exactly one episode for each seed and waits for all of them.
    ///
    /// Averaging over the first episodes to finish would favour short ones; here every listed seed counts once.
    /// - Parameters: `act`: writes the actions of one step; `progress`: called with the number of finished episodes; may
    ///   throw to stop early.
    /// - Throws: ``ArgusError`` from the policies, the environment or `progress`.
    public func play(
        seeds: [UInt64], act: () throws(ArgusError) -> Void, progress: (Int) throws(ArgusError) -> Void = { _ in }
    ) throws(ArgusError) -> PlayedEpisodes {
        struct Episode {
            var seed: UInt64
            var value: Double
            var length: Int
            var metrics: [Double]
        }
        var episodes: [Int: Episode] = [:]
        var result = PlayedEpisodes()
        var finished = 0
        try reset(.list(seeds))
        while hasActiveCopies {
            try act()
            result.steps += activeCount
            try step()
            let finishedBefore = finished
            for copy in 0..<copies where outcome.end(copy) != .running {
                finished += 1
                if outcome.end(copy) == .failed {
                    result.failed += 1
                    continue
                }
                let group = copy * specification.groups.count + specification.agents[0].group
                episodes[copy + outcome.episodeIndices[copy] * copies] = Episode(
                    seed: outcome.episodeSeeds[copy], value: outcome.episodeReturns[group],
                    length: outcome.episodeLengths[copy],
                    metrics: metrics.indices.map { outcome.episodeMetrics[copy * metrics.count + $0] })
            }
            if finished != finishedBefore { try progress(finished) }
        }
        result.failed += failedAtReset
        for (_, episode) in episodes.sorted(by: { $0.key < $1.key }) {
            result.seeds.append(episode.seed)
            result.returns.append(episode.value)
            result.lengths.append(episode.length)
            for (index, metric) in metrics.enumerated() {
                result.metrics[metric.name, default: []].append(episode.metrics[index])
            }
        }
        return result
    }
}
