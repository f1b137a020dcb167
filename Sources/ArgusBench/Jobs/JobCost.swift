import ArgusHost

/// What a job will take, estimated before it runs: time and disk.
public struct JobCost: Sendable, Hashable {
    /// Environment steps a second and thread that training is assumed to make before anything is measured.
    public static let assumedTrainingRate = 15_000.0
    /// The same for playing without learning.
    public static let assumedEvaluationRate = 50_000.0
    /// The same where language models play.
    public static let assumedModelRate = 1.0

    /// What an estimate of time comes from.
    public enum Basis: String, Sendable {
        case finishedJobs = "finished jobs"
        /// Training for a moment.
        case trial = "a trial"
        case assumption = "an assumed speed"
    }

    /// Seconds of wall time, on threads of its own.
    public var seconds: Double
    /// Bytes on disk.
    public var bytes: Int
    /// What `seconds` comes from.
    public var basis: Basis

    /// - Parameter measured: What finished and running jobs and trials tell.
    public static func estimate(of job: Job, measured: Measured) -> JobCost {
        let horizon = Double(job.task.scenario.horizon)
        let measurement = job.measurement
        let cores = Double(max(1, job.threads))
        var episodes = Double(measurement.absoluteEpisodes)
        var seconds = 0.0
        // Name, seed and metrics of an episode are some 80 bytes; a checkpoint of a small network under 2 MB.
        var bytes = 0.0
        let trialRate = measured.trialRate(of: job)
        if job.entry.isTrained {
            // Sampled and greedy, and four times as many that choose the best checkpoint; the first before any training.
            episodes += Double(measurement.evaluations + 1) * Double(measurement.evaluationEpisodes) * 6
            episodes += Double(measurement.absoluteEpisodes)
            seconds += Double(job.steps) / (trialRate ?? assumedTrainingRate * cores)
            bytes += 2_000_000 + Double(job.steps) / 20
        }
        seconds +=
            episodes * horizon / (job.entry.usesLanguageModels ? assumedModelRate : assumedEvaluationRate * cores)
        bytes += 10_000 + episodes * 80
        let known = measured.seconds(of: job)
        return JobCost(
            seconds: known ?? seconds, bytes: Int(min(bytes, 1e18)),
            basis: known != nil ? .finishedJobs : trialRate != nil ? .trial : .assumption)
    }

    /// Wall seconds of finished jobs, what running ones expect, and rates of trials, by scenario and entry.
    public struct Measured: Sendable, Hashable {
        private struct Key: Hashable {
            var scenario: String
            var entry: String

            init(_ job: Job) {
                scenario = job.task.scenario.id
                entry = job.entry.name
            }
        }
        private var seconds: [Key: [Double]] = [:]
        private var trialRates: [Key: Double?] = [:]

        public init() {}

        /// Tries the training of a job that nothing is known of yet; `rate` gives environment steps a second, or nil.
        mutating func addTrial(of job: Job, rate: (Job) throws(ArgusError) -> Double?) throws(ArgusError) {
            guard job.entry.isTrained, seconds(of: job) == nil, trialRates[Key(job)] == nil else { return }
            trialRates[Key(job)] = .some(try rate(job))
        }

        /// Environment steps a second of the trial of a training; nil where there was none.
        func trialRate(of job: Job) -> Double? { trialRates[Key(job)] ?? nil }

        public mutating func add(_ wallSeconds: Double, for job: Job) {
            guard wallSeconds.isFinite, wallSeconds >= 0 else { return }
            seconds[Key(job), default: []].append(wallSeconds)
        }

        /// What a running job says of itself tells more about the next seed's than any assumption.
        public mutating func add(_ progress: JobProgress?, for job: Job) {
            guard let progress, let left = progress.secondsLeft, left > 0 else { return }
            add(left / (1 - progress.fraction), for: job)
        }

        /// The mean over jobs that differ in the seed alone; nil before there is one.
        public func seconds(of job: Job) -> Double? {
            seconds[Key(job)].map { $0.reduce(0, +) / Double($0.count) }
        }
    }

    /// Wall time of jobs that start one after another, in order, on so many slots; `busy` are the seconds after which
    /// the slots that are in use get free.
    public static func wallSeconds(of jobs: [Double], slots: Int, busy: [Double] = []) -> Double {
        var free = busy + [Double](repeating: 0, count: max(0, slots - busy.count))
        for seconds in jobs {
            guard let next = free.indices.min(by: { free[$0] < free[$1] }) else { break }
            free[next] += seconds
        }
        return free.max() ?? 0
    }
}
