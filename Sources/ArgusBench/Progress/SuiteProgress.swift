import ArgusHost

/// How far a suite is, at one moment.
public struct SuiteProgress: Sendable, Hashable {
    /// A job that runs.
    public struct Running: Sendable, Hashable {
        public var scenario: String
        public var entry: String
        public var seed: UInt64
        /// Seconds since its process started.
        public var elapsed: Double
        /// The last thing it said; nil before it said anything.
        public var progress: JobProgress?

        public init(scenario: String, entry: String, seed: UInt64, elapsed: Double, progress: JobProgress?) {
            self.scenario = scenario
            self.entry = entry
            self.seed = seed
            self.elapsed = elapsed
            self.progress = progress
        }
    }

    /// Jobs of the suite.
    public var total: Int
    /// Of them finished, those of an earlier start included.
    public var finished: Int
    public var failed: Int
    public var running: [Running]
    /// Seconds since this start.
    public var elapsed: Double
    /// Estimated seconds until all are done; nil before there is anything to estimate from.
    public var secondsLeft: Double?

    public init(
        total: Int, finished: Int, failed: Int, running: [Running], elapsed: Double, secondsLeft: Double?
    ) {
        self.total = total
        self.finished = finished
        self.failed = failed
        self.running = running
        self.elapsed = elapsed
        self.secondsLeft = secondsLeft
    }
}
