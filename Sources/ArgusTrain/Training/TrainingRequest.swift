public import ArgusHost

/// What is to be trained, and where the results go.
public struct TrainingRequest: Sendable {
    public var scenario: Scenario
    public var algorithm: Algorithm
    /// The algorithm with its hyperparameters.
    public var configured: Algorithm.Configured
    /// Environment steps, summed over copies.
    public var steps: Int
    public var seed: UInt64
    /// Name in tables.
    public var entry: String
    /// Episodes of each evaluation.
    public var evaluationEpisodes: Int
    /// Evaluations after the first (which is of the untrained policy), at equal intervals.
    public var evaluations: Int
    /// Episodes of the absolute metric.
    public var absoluteEpisodes: Int
    /// Threads of learning and of stepping.
    public var threads: Int
    /// See ``TrainingDevice``; the request does not change it, it is written beside the results.
    public var device: String
    public var folder: String
    /// Go on from the folder's checkpoint.
    public var resume: Bool

    public init(
        scenario: Scenario, algorithm: Algorithm, configured: Algorithm.Configured, steps: Int, seed: UInt64,
        entry: String,
        evaluationEpisodes: Int, evaluations: Int, absoluteEpisodes: Int, threads: Int, device: String = "cpu",
        folder: String, resume: Bool
    ) {
        self.scenario = scenario
        self.algorithm = algorithm
        self.configured = configured
        self.steps = steps
        self.seed = seed
        self.entry = entry
        self.evaluationEpisodes = evaluationEpisodes
        self.evaluations = evaluations
        self.absoluteEpisodes = absoluteEpisodes
        self.threads = threads
        self.device = device
        self.folder = folder
        self.resume = resume
    }
}
