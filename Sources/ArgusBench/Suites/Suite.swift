public import ArgusHost

/// Entries that are compared on scenarios under one protocol: what `argus bench` runs.
///
/// Read from `Scenarios/suites/NAME.yaml` by ``SuiteFile``, and from a result folder by ``SuiteRecord``.
public struct Suite: Sendable, Hashable {
    /// What an entry does on each scenario and seed.
    public enum Work: Sendable, Hashable {
        /// Trains an algorithm for so many environment steps; `settings` are the hyperparameters that differ from the
        /// defaults, as texts by name.
        case train(algorithm: String, steps: Int, settings: [String: String])
        /// Evaluates a team as it is; see `TeamSpecification`.
        case evaluate(team: String)
        /// Evaluates a pair: the first agent from one member, all others from the other.
        case cross(first: CrossPlay.Member, rest: CrossPlay.Member)
    }

    /// A row of the tables: a name and what stands behind it.
    public struct Entry: Sendable, Hashable {
        public var name: String
        public var work: Work
        /// `FILE:LINE`, for messages.
        public var place: String

        public init(name: String, work: Work, place: String = "") {
            self.name = name
            self.work = work
            self.place = place
        }

        public var isTrained: Bool {
            if case .train = work { true } else { false }
        }

        var usesLanguageModels: Bool {
            func uses(_ team: String) -> Bool { (try? TeamSpecification([team]).usesLanguageModels) ?? false }
            switch work {
            case .train: return false
            case .evaluate(let team): return uses(team)
            case .cross(let first, let rest):
                return [first, rest].contains { if case .team(let team) = $0 { uses(team) } else { false } }
            }
        }
    }

    /// A scenario with the text of its file, so that results can be read without it.
    public struct Task: Sendable, Hashable {
        public var scenario: Scenario
        /// Absolute path.
        public var file: String
        public var text: String
        /// What the results depend on, see `Scenario.hash`.
        public var hash: String

        public init(scenario: Scenario, file: String, text: String, hash: String) {
            self.scenario = scenario
            self.file = file
            self.text = text
            self.hash = hash
        }
    }

    public var name: String
    public var description: String?
    public var measurement: EvaluationProtocol
    public var tasks: [Task]
    public var entries: [Entry]
    /// Names of entries that also play with each other.
    public var crossplay: [String]
    /// Ids of the scenarios on which they do; empty: all.
    public var crossplayScenarios: [String]

    public init(
        name: String, description: String? = nil, measurement: EvaluationProtocol, tasks: [Task], entries: [Entry],
        crossplay: [String] = [], crossplayScenarios: [String] = []
    ) {
        self.name = name
        self.description = description
        self.measurement = measurement
        self.tasks = tasks
        self.entries = entries
        self.crossplay = crossplay
        self.crossplayScenarios = crossplayScenarios
    }

    /// Names become folders and CSV fields: letters, digits, `.`, `_` and `-`, not beginning with a dot.
    public static func isValidName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 100 && name.first != "."
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }
}
