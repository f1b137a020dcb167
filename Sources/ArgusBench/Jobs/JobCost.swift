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

    /// - Parameters:
    ///   - measured: Wall seconds of finished jobs, and what running ones expect.
    ///   - trialRate: Environment steps a second of a trial of the job's training; nil: there was none.
    public static func estimate(of job: Job, measured: Measured, trialRate: Double? = nil) -> JobCost {
        let horizon = Double(job.task.scenario.horizon)
        let measurement = job.measurement
        let cores = Double(max(1, job.threads))
        var episodes = Double(measurement.absoluteEpisodes)
        var seconds = 0.0
        // Name, seed and metrics of an episode are some 80 bytes; a checkpoint of a small network under 2 MB.
        var bytes = 0.0
        if job.entry.isTrained {
            // Sampled and greedy; the best checkpoint is chosen on episodes of its own.
            episodes += Double(measurement.evaluations) * Double(measurement.evaluationEpisodes) * 2
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

    /// Wall seconds of finished jobs, and what running ones expect, by scenario and entry.
    public struct Measured: Sendable, Hashable {
        private struct Key: Hashable {
            var scenario: String
            var entry: String
        }
        private var seconds: [Key: [Double]] = [:]

        public init() {}

        public mutating func add(_ wallSeconds: Double, for job: Job) {
            guard wallSeconds.isFinite, wallSeconds >= 0 else { return }
            seconds[Key(scenario: job.task.scenario.id, entry: job.entry.name), default: []].append(wallSeconds)
        }

        /// What a running job says of itself tells more about the next seed's than any assumption.
        public mutating func add(_ progress: JobProgress?, for job: Job) {
            guard let progress, let left = progress.secondsLeft, left > 0 else { return }
            add(left / (1 - progress.fraction), for: job)
        }

        /// The mean over jobs that differ in the seed alone; nil before there is one.
        public func seconds(of job: Job) -> Double? {
            seconds[Key(scenario: job.task.scenario.id, entry: job.entry.name)].map {
                $0.reduce(0, +) / Double($0.count)
            }
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
