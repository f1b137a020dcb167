public import ArgusHost

/// What `argus bench` was asked to do.
public struct BenchOptions {
    /// A suite's id or file; may be nil when resuming.
    public var suite: String?
    /// The result folder; nil: `results/SUITE-DATE-TIME`.
    public var out: String?
    /// Jobs side by side; nil: as many as there are cores for.
    public var jobs: Int?
    /// Threads of each job. One, unless said otherwise: a training's numbers depend on how many there are, and should not
    /// depend on how many cores a machine has.
    public var threads: Int
    /// A result folder to go on with.
    public var resume: String?
    /// Which of the suite's jobs to run.
    public var selection: JobSelection
    /// A file from which all replies of language models come; nil: models are asked.
    public var replay: String?
    /// Only lists the jobs, with an estimate of time and disk.
    public var dryRun: Bool
    /// Prints JSON instead of tables.
    public var json: Bool
    /// The program that does a job; nil: the running one.
    public var executable: String?
    /// The names that `train:` may have; nil accepts any.
    public var algorithms: [String]?
    /// The fingerprint of a scenario as runs record it in `run.json`.
    public var scenarioHash: (Scenario) throws(ArgusError) -> String
    /// Called for each entry and scenario before the first job, so that a misspelt hyperparameter or policy is told at
    /// once and not hours later.
    public var check: (Suite.Entry, Scenario) throws(ArgusError) -> Void
    /// Environment steps a second that an entry's training makes on a scenario on so many threads, tried for a moment; nil
    /// where that cannot be told. For `dryRun`.
    public var trialRate: (Suite.Entry, Scenario, Int) throws(ArgusError) -> Double?

    /// Takes what is printed on standard output.
    public var output: (String) -> Void
    /// Shows progress, on standard error.
    public var display: ProgressDisplay

    public init(
        suite: String? = nil, out: String? = nil, jobs: Int? = nil, threads: Int = 1, resume: String? = nil,
        selection: JobSelection = JobSelection(), replay: String? = nil, dryRun: Bool = false, json: Bool = false,
        executable: String? = nil, algorithms: [String]? = nil,
        scenarioHash: @escaping (Scenario) throws(ArgusError) -> String,
        check: @escaping (Suite.Entry, Scenario) throws(ArgusError) -> Void = { (_, _) throws(ArgusError) in },
        trialRate: @escaping (Suite.Entry, Scenario, Int) throws(ArgusError) -> Double? = {
            (_, _, _) throws(ArgusError) in nil
        },
        output: @escaping (String) -> Void = Report.standardOutput, display: ProgressDisplay = .standardError()
    ) {
        self.suite = suite
        self.out = out
        self.jobs = jobs
        self.threads = threads
        self.resume = resume
        self.selection = selection
        self.replay = replay
        self.dryRun = dryRun
        self.json = json
        self.executable = executable
        self.algorithms = algorithms
        self.scenarioHash = scenarioHash
        self.check = check
        self.trialRate = trialRate
        self.output = output
        self.display = display
    }
}
