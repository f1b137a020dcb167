/// The return of one entry on one scenario, with the interval that fits how it came about.
///
/// A trained entry varies from one training run to the next, so its unit is the run: the mean over seeds of each seed's
/// mean over its evaluation episodes. An entry that is not trained (random, scripted, a language model as it is) has no
/// such spread, and its unit is the episode. One single training run leaves episodes as the only unit too; its interval
/// then says nothing about other training seeds, and a report must say so.
public struct ReturnEstimate: Sendable, Hashable {
    /// What the values of the interval are.
    public enum Unit: String, Sendable, Hashable {
        /// One value a training run: the mean of its episodes.
        case trainingRun = "training run"
        /// One value an episode.
        case episode
    }

    /// Under so many training runs a result is a smoke test and not a claim.
    public static let minimumTrainingRuns = 5

    /// The mean and its interval.
    public let interval: MeanInterval
    /// What `interval` counts.
    public let unit: Unit
    /// The mean return of each seed, or block of evaluation episodes, in the order given.
    public let seedMeans: [Double]
    /// How many runs were trained: 0 for an entry that is not trained.
    public let trainingRuns: Int
    /// How many episodes there are in all.
    public let episodes: Int

    /// Whether there are too few training runs for a claim about a trained entry.
    public var isSmokeTest: Bool {
        (1..<Self.minimumTrainingRuns).contains(trainingRuns)
    }

    /// The estimate from episode returns.
    ///
    /// - Parameters:
    ///   - episodeReturns: The returns of finished episodes, by seed. Failed episodes have no return and are left out.
    ///   - isTrained: Whether each seed is a training run of its own.
    ///   - confidence: The nominal coverage of the interval.
    /// - Throws: ``StatisticsError`` if there is no seed, a seed has no episode, or a return is not finite.
    public init(
        episodeReturns: [[Double]],
        isTrained: Bool,
        confidence: Double = 0.95
    ) throws(StatisticsError) {
        guard !episodeReturns.isEmpty else {
            throw StatisticsError(.empty, "episode returns: found no seed, expected at least one.")
        }
        var means: [Double] = []
        for (index, returns) in episodeReturns.enumerated() {
            try requireUsable(returns, "episode returns of seed number \(index)")
            means.append(SampleMoments(returns).mean)
        }
        seedMeans = means
        episodes = episodeReturns.reduce(0) { $0 + $1.count }
        trainingRuns = isTrained ? means.count : 0
        unit = isTrained && means.count > 1 ? .trainingRun : .episode
        let values = unit == .trainingRun ? means : episodeReturns.flatMap { $0 }
        interval = try MeanInterval(of: values, confidence: confidence)
    }
}
