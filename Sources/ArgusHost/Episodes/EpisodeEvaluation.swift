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
        var collected = CollectedEpisodes()
        try reset(.list(seeds))
        while hasActiveCopies {
            try act()
            collected.steps += activeCount
            try step()
            if collected.collect(self, positions: { $0 }) { try progress(collected.finished) }
        }
        collected.failed += failedAtReset
        return collected.result(metrics.map(\.name))
    }

    /// The same on two environments of one scenario: while one steps, the policies of the other compute.
    ///
    /// An episode depends on its seed alone, so that the result equals that of one environment.
    /// - Parameter act: writes the actions of one step of the environment that it is called with.
    public static func play(
        seeds: [UInt64], alternating environments: (VectorEnvironment, VectorEnvironment),
        act: (VectorEnvironment) throws(ArgusError) -> Void, progress: (Int) throws(ArgusError) -> Void = { _ in }
    ) throws(ArgusError) -> PlayedEpisodes {
        let both = [environments.0, environments.1]
        var collected = CollectedEpisodes()
        for (half, environment) in both.enumerated() {
            let own = stride(from: half, to: seeds.count, by: 2).map { seeds[$0] }
            try environment.reset(.list(own))
        }
        var isStepping = [false, false]
        // A step that was begun must end before its environment goes away, whatever happens.
        defer { for half in 0..<2 where isStepping[half] { try? both[half].finishStep() } }
        while true {
            for (half, environment) in both.enumerated() {
                if isStepping[half] {
                    isStepping[half] = false
                    try environment.finishStep()
                    if collected.collect(environment, positions: { $0 * 2 + half }) {
                        try progress(collected.finished)
                    }
                }
                guard environment.hasActiveCopies else { continue }
                try act(environment)
                collected.steps += environment.activeCount
                environment.beginStep()
                isStepping[half] = true
            }
            if !isStepping[0] && !isStepping[1] { break }
        }
        collected.failed += both[0].failedAtReset + both[1].failedAtReset
        return collected.result(both[0].metrics.map(\.name))
    }
}

/// Episodes as they finish, by their place in the list of seeds.
private struct CollectedEpisodes {
    struct Episode {
        var seed: UInt64
        var value: Double
        var length: Int
        var metrics: [Double]
    }

    var episodes: [Int: Episode] = [:]
    var finished = 0
    var failed = 0
    var steps = 0

    /// Takes what ended in the last step. True when anything did.
    ///
    /// - Parameter positions: from the environment's own list of seeds to the whole one.
    mutating func collect(_ environment: VectorEnvironment, positions: (Int) -> Int) -> Bool {
        let outcome = environment.outcome
        let copies = environment.copies
        let metrics = environment.metrics.count
        let groups = environment.specification.groups.count
        let finishedBefore = finished
        for copy in 0..<copies where outcome.end(copy) != .running {
            finished += 1
            if outcome.end(copy) == .failed {
                failed += 1
                continue
            }
            let group = copy * groups + environment.specification.agents[0].group
            episodes[positions(copy + outcome.episodeIndices[copy] * copies)] = Episode(
                seed: outcome.episodeSeeds[copy], value: outcome.episodeReturns[group],
                length: outcome.episodeLengths[copy],
                metrics: (0..<metrics).map { outcome.episodeMetrics[copy * metrics + $0] })
        }
        return finished != finishedBefore
    }

    func result(_ metrics: [String]) -> PlayedEpisodes {
        var result = PlayedEpisodes()
        result.failed = failed
        result.steps = steps
        for (_, episode) in episodes.sorted(by: { $0.key < $1.key }) {
            result.seeds.append(episode.seed)
            result.returns.append(episode.value)
            result.lengths.append(episode.length)
            for (index, metric) in metrics.enumerated() {
                result.metrics[metric, default: []].append(episode.metrics[index])
            }
        }
        return result
    }
}
