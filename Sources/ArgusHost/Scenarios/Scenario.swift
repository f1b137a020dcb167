public import ArgusEnvAPI

/// One task, completely described: an environment, its parameters, a horizon and how it is shown to learners.
///
/// Read from `Scenarios/DOMAIN/NAME.yaml` by ``ScenarioFile``.
public struct Scenario: Sendable, Hashable {
    /// Whose reward an agent is handed.
    public enum Reward: String, Codable, Sendable, Hashable, CaseIterable {
        /// Every agent gets the team's reward.
        case team
        /// Every agent gets its own.
        case individual
    }

    /// What a central critic sees as the global state.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// All agents' observations, one after another.
        case concat
        /// The environment's own state.
        case native
    }

    /// Whether policies are told which actions are legal.
    public enum Masks: String, Sendable, Hashable, CaseIterable {
        case exact
        /// Every action counts as legal, as in the published benchmarks.
        case none
    }

    /// Where the environment runs.
    public enum Placement: String, Sendable, Hashable, CaseIterable {
        /// In the host's process.
        case process
        /// In a process of its own.
        case isolated
    }

    /// Domain and name, such as `warehouse/tiny-2ag`; inside `Scenarios/` the path without `.yaml`.
    public var id: String
    /// Results of different versions are never mixed.
    public var version: Int
    /// The id of a plugin's or peer's environment; empty: the peer's only one.
    public var environment: String
    /// The processes that have the environment; nil: a plugin has it.
    public var peer: ScenarioPeer?
    /// As given in the file: defaults are not filled in, see ``completeParameters(for:)``.
    public var parameters: [String: ParameterValue]
    /// Steps after which an episode is truncated, 1 to 1,000,000.
    public var horizon: Int
    public var reward: Reward
    public var state: State
    public var masks: Masks
    /// Nil: in the host's process for a library of this build, isolated for any other.
    public var placement: Placement?
    /// For peers and isolated libraries.
    public var timeouts = ScenarioPeer.Timeouts()
    /// The channel between the agents; nil: none.
    public var communication: Communication?
    /// How a value becomes a score; nil: it has none, and takes no part in aggregates.
    public var score: Score?
    /// Published or own results, each with its source.
    public var references: [Reference]
    /// By algorithm: the hyperparameters that take other values here than the algorithm's defaults.
    public var training: [String: Training] = [:]
    /// One or two sentences for people.
    public var description: String?
    /// The file it was read from, for messages; empty when it was made in code.
    public var file: String
    /// The line of each parameter in the file, for messages.
    var parameterLines: [String: Int] = [:]

    /// The largest horizon.
    public static let horizonLimit = 1_000_000

    public init(
        id: String, version: Int = 1, environment: String, parameters: [String: ParameterValue] = [:], horizon: Int,
        reward: Reward = .team, state: State = .concat, masks: Masks = .exact, placement: Placement? = nil,
        score: Score? = nil, references: [Reference] = [], description: String? = nil, file: String = ""
    ) {
        self.id = id
        self.version = version
        self.environment = environment
        self.parameters = parameters
        self.horizon = horizon
        self.reward = reward
        self.state = state
        self.masks = masks
        self.placement = placement
        self.score = score
        self.references = references
        self.description = description
        self.file = file
    }

    /// The score of a value of `score.metric`, or nil if the scenario has no score; see ``Score/scoreOf(_:)``.
    public func scoreOf(_ value: Double) -> Double? { score?.scoreOf(value) }

    /// Files and results are named after ids, so they are restricted to parts of letters, digits, `-`, `_` and `.`,
    /// separated by `/`, none beginning with a dot.
    public static func isValidId(_ id: String) -> Bool {
        id.utf8.count <= 200
            && id.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty && part.first != "."
                    && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
            }
    }
}

extension Scenario {
    /// A linear map from a metric to 0 (as good as nothing) … 1 (as good as it gets).
    public struct Score: Sendable, Hashable, Encodable {
        /// `return` or the name of one of the environment's metrics.
        public var metric: String
        /// The value that scores 0, such as random play's.
        public var floor: Double
        /// The value that scores 1; above `floor`.
        public var ceiling: Double
        /// Where floor and ceiling come from.
        public var why: String

        public init(metric: String = "return", floor: Double, ceiling: Double, why: String = "") {
            self.metric = metric
            self.floor = floor
            self.ceiling = ceiling
            self.why = why
        }

        /// `(value − floor) / (ceiling − floor)`. Not clipped: below the floor it is negative, above the ceiling more
        /// than 1, so that a mean over episodes or scenarios is not biased.
        public func scoreOf(_ value: Double) -> Double { (value - floor) / (ceiling - floor) }
    }

    /// A result to compare with.
    public struct Reference: Sendable, Hashable, Encodable {
        public var algorithm: String
        public var metric: String
        public var mean: Double
        /// The ends of a 95 % confidence interval of the mean.
        public var ci95: ClosedRange<Double>?
        /// Standard deviation; never together with `ci95`.
        public var std: Double?
        /// Environment steps of training; nil for untrained policies.
        public var steps: Int?
        /// How actions were chosen; nil where nothing is said, or it is how the algorithm is reported here.
        public var mode: PolicySettings.Mode?
        /// Paper, table or measurement.
        public var source: String
        /// How it was had, as far as that tells it from other numbers: parameter sharing, whose reward, what a step is, when
        /// and how it was evaluated.
        public var conditions: String?

        public init(
            algorithm: String, metric: String = "return", mean: Double, ci95: ClosedRange<Double>? = nil,
            std: Double? = nil, steps: Int? = nil, mode: PolicySettings.Mode? = nil, source: String,
            conditions: String? = nil
        ) {
            self.algorithm = algorithm
            self.metric = metric
            self.mean = mean
            self.ci95 = ci95
            self.std = std
            self.steps = steps
            self.mode = mode
            self.source = source
            self.conditions = conditions
        }
    }

    /// What one algorithm's hyperparameters are set to, found by trying and written down so that nobody has to again.
    public struct Training: Sendable, Hashable {
        /// Text by name, as `--set` takes them.
        public var values: [String: String]
        /// File, line and key, for messages.
        public var place: String

        /// In the order of names.
        public var settings: [(name: String, value: String)] {
            values.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
        }
    }
}
