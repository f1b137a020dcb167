import Foundation

/// A mean with its interval, as it stands in JSON and tables.
public struct MeanRecord: Codable, Sendable, Hashable {
    public var mean: Double
    /// [low, high]; nil when one value tells no interval.
    public var ci95: [Double]?
    /// Number of values that the mean is over.
    public var n: Int

    public init(mean: Double, ci95: [Double]?, n: Int) {
        self.mean = mean
        self.ci95 = ci95
        self.n = n
    }
}

/// A line of `evaluations.jsonl`: one evaluation, every episode of it.
public struct EvaluationRecord: Codable, Sendable, Hashable {
    /// Environment steps of training when the evaluation was made.
    public var step: Int
    /// `selection`, `curve` or `absolute`.
    public var purpose: String
    /// `sampled` or `greedy`.
    public var mode: String
    /// Episode seeds in the order of `returns`; an episode that failed is left out of both.
    public var seeds: [UInt64]
    public var returns: [Double]
    /// Steps of each episode.
    public var lengths: [Int]
    /// Each metric's value in each episode; NaN where undefined.
    public var metrics: [String: [Double]]
    public var failed: Int
    public var wallSeconds: Double
    /// What each episode's decisions by language models cost: `calls`, `prompt_tokens`, `parse_ok`, …; nil without any.
    public var costs: [String: [Double]]?

    public init(
        step: Int, purpose: String, mode: String, seeds: [UInt64], returns: [Double], lengths: [Int],
        metrics: [String: [Double]], failed: Int, wallSeconds: Double, costs: [String: [Double]]? = nil
    ) {
        self.step = step
        self.purpose = purpose
        self.mode = mode
        self.seeds = seeds
        self.returns = returns
        self.lengths = lengths
        self.metrics = metrics
        self.failed = failed
        self.wallSeconds = wallSeconds
        self.costs = costs
    }

    enum CodingKeys: String, CodingKey {
        case step, purpose, mode, seeds, returns, lengths, metrics, failed, costs
        case wallSeconds = "wall_seconds"
    }
}

/// `result.json`: what one run came to. Its presence means that the run is done.
public struct RunResult: Codable, Sendable, Hashable {
    /// One evaluation mode's outcome over the absolute metric's episodes.
    public struct Outcome: Codable, Sendable, Hashable {
        /// Mean over episodes, with the interval over episodes.
        public var `return`: MeanRecord
        /// The scenario's score of this run, 0 at the floor and 1 at the ceiling.
        public var score: Double
        /// Mean of each metric over the episodes in which it is defined.
        public var metrics: [String: Double]
        public var episodes: Int
        public var failed: Int

        public init(return: MeanRecord, score: Double, metrics: [String: Double], episodes: Int, failed: Int) {
            self.`return` = `return`
            self.score = score
            self.metrics = metrics
            self.episodes = episodes
            self.failed = failed
        }
    }

    public var scenario: String
    public var scenarioHash: String
    public var entry: String
    public var seed: UInt64
    /// Nil for untrained entries.
    public var algorithm: String?
    /// Nil for trained entries.
    public var team: String?
    /// True when some policy sees the state or decides for several agents at once.
    public var centralised: Bool
    /// Environment steps of training; 0 for untrained entries.
    public var step: Int
    /// The headline mode: a key of `outcomes`.
    public var mode: String
    public var outcomes: [String: Outcome]
    /// Steps at which the best checkpoint was taken.
    public var bestStep: Int?
    /// Episodes of training that failed, and were learnt nothing from; nil where none did.
    public var failedTrainingEpisodes: Int?
    /// Whole wall time, over interruptions.
    public var wallSeconds: Double
    /// Environment steps a second of training (of evaluation, for untrained entries), evaluation apart.
    public var stepsPerSecond: Double
    /// The team that plays all agents but the first, where two teams were crossed.
    public var partner: String?
    /// Calls of all language models; nil without any.
    public var calls: Int?
    /// Their prompt and completion tokens.
    public var tokens: Int?
    /// Each language model.
    public var models: [ModelUsage]?

    public init(
        scenario: String, scenarioHash: String, entry: String, seed: UInt64, algorithm: String?, team: String?,
        centralised: Bool, step: Int, mode: String, outcomes: [String: Outcome], bestStep: Int?, wallSeconds: Double,
        stepsPerSecond: Double, partner: String? = nil, models: [ModelUsage] = []
    ) {
        self.scenario = scenario
        self.scenarioHash = scenarioHash
        self.entry = entry
        self.seed = seed
        self.algorithm = algorithm
        self.team = team
        self.centralised = centralised
        self.step = step
        self.mode = mode
        self.outcomes = outcomes
        self.bestStep = bestStep
        self.wallSeconds = wallSeconds
        self.stepsPerSecond = stepsPerSecond
        self.partner = partner
        guard !models.isEmpty else { return }
        self.models = models
        calls = models.calls
        tokens = models.tokens
    }

    enum CodingKeys: String, CodingKey {
        case scenario, entry, seed, algorithm, team, centralised, step, mode, outcomes, partner, calls, tokens, models
        case scenarioHash = "scenario_hash"
        case bestStep = "best_step"
        case failedTrainingEpisodes = "failed_training_episodes"
        case wallSeconds = "wall_seconds"
        case stepsPerSecond = "steps_per_second"
    }
}

/// `run.json`: everything that a run's result depends on.
public struct RunManifest: Codable, Sendable, Hashable {
    public var format = 1
    public var scenario: String
    public var scenarioVersion: Int
    public var scenarioHash: String
    /// The scenario in its canonical form.
    public var scenarioText: String
    /// File name and fingerprint of the plugin library.
    public var plugin: String
    public var pluginHash: String
    public var entry: String
    public var seed: UInt64
    public var algorithm: String?
    /// All hyperparameters, defaults included, by name.
    public var hyperparameters: [String: String]
    /// Names of those that are not the algorithm's defaults; nil in runs of before this was noted.
    public var changedHyperparameters: [String]?
    public var team: String?
    /// The team that plays all agents but the first, where two teams were crossed.
    public var partner: String?
    /// The fingerprints of the trained policies that played, of the team and then of its partner; nil where none did.
    public var policyHashes: [String]?
    public var steps: Int
    public var evaluationEpisodes: Int
    public var evaluations: Int
    public var absoluteEpisodes: Int
    public var threads: Int
    public var codeRevision: String
    public var versions: [String: String]
    public var machine: [String: String]
    /// Where networks learnt; nil where nothing was trained, and on the CPU in runs of before there was a choice.
    public var device: String?
    /// What had the run before, the oldest first, where it was resumed with something else; nil where nothing changed.
    public var before: [RunOrigin]?

    public init(
        scenario: String, scenarioVersion: Int, scenarioHash: String, scenarioText: String, plugin: String,
        pluginHash: String, entry: String, seed: UInt64, algorithm: String?, hyperparameters: [String: String],
        team: String?, steps: Int, evaluationEpisodes: Int, evaluations: Int, absoluteEpisodes: Int, threads: Int,
        codeRevision: String, versions: [String: String], machine: [String: String], device: String? = nil,
        partner: String? = nil
    ) {
        self.scenario = scenario
        self.scenarioVersion = scenarioVersion
        self.scenarioHash = scenarioHash
        self.scenarioText = scenarioText
        self.plugin = plugin
        self.pluginHash = pluginHash
        self.entry = entry
        self.seed = seed
        self.algorithm = algorithm
        self.hyperparameters = hyperparameters
        self.team = team
        self.steps = steps
        self.evaluationEpisodes = evaluationEpisodes
        self.evaluations = evaluations
        self.absoluteEpisodes = absoluteEpisodes
        self.threads = threads
        self.codeRevision = codeRevision
        self.versions = versions
        self.machine = machine
        self.device = device
        self.partner = partner
    }

    enum CodingKeys: String, CodingKey {
        case format, scenario, plugin, entry, seed, algorithm, hyperparameters, team, partner, steps, evaluations
        case threads, device, before
        case versions, machine
        case scenarioVersion = "scenario_version"
        case scenarioHash = "scenario_hash"
        case scenarioText = "scenario_text"
        case pluginHash = "plugin_hash"
        case evaluationEpisodes = "evaluation_episodes"
        case absoluteEpisodes = "absolute_episodes"
        case codeRevision = "code_revision"
        case changedHyperparameters = "changed_hyperparameters"
        case policyHashes = "policy_hashes"
    }
}

extension RunManifest {
    /// Whether what agents told each other said nothing: see ``Communication/shuffle``.
    public var hasShuffledMessages: Bool { hyperparameters["shuffle_messages"] == "true" }

    /// With the hyperparameters that the version which wrote it did not know and whose default does not do what it did.
    var withLaterHyperparameters: RunManifest {
        var manifest = self
        // Before there was a range all bounded components were scaled.
        if hyperparameters["scale_observations"] == "true", hyperparameters["unscaled_range"] == nil {
            manifest.hyperparameters["unscaled_range"] = "0.0"
            manifest.changedHyperparameters = (changedHyperparameters ?? []) + ["unscaled_range"]
        }
        return manifest
    }
}
