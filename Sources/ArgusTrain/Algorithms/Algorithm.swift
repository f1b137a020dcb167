import ArgusEnvAPI
public import ArgusHost

/// A training algorithm that can be named on the command line.
///
/// To add one, write its file (configuration, loss, ``Learner``) and add its name to ``all``: lists, `--set`, suites,
/// checkpoints and evaluation take everything from here.
public struct Algorithm: Sendable {
    /// As `--algorithm` has it.
    public let name: String
    public let summary: String
    /// Paper or reference implementation.
    public let source: String
    /// The mode in which its evaluations make the headline, and in which its best checkpoint is chosen.
    public let headlineMode: PolicySettings.Mode
    /// What `--set` reaches, with defaults.
    public let hyperparameters: [HyperparameterDescription]
    private let configure: @Sendable ([(name: String, value: String)]) throws(ArgusError) -> Configured

    /// Every algorithm, in the order in which lists show them.
    public static let all: [Algorithm] = [.iql, .vdn, .qmix, .pqnVDN, .ippo, .mappo, .vdppo, .maa2c, .coma]

    /// - Parameter makeLearner: a learner of a task with a configuration.
    init<Configuration: HyperparameterSet>(
        name: String, summary: String, source: String, headlineMode: PolicySettings.Mode,
        makeLearner: @escaping @Sendable (LearningTask, Configuration) throws -> any Learner
    ) {
        self.name = name
        self.summary = summary
        self.source = source
        self.headlineMode = headlineMode
        let defaults = Configuration()
        hyperparameters = Configuration.hyperparameters.map {
            HyperparameterDescription(name: $0.name, documentation: $0.documentation, standard: $0.get(defaults))
        }
        configure = { settings throws(ArgusError) in
            let configuration = try Configuration(settings)
            return Configured(
                algorithm: name, hyperparameters: configuration.values, copies: configuration.copies
            ) { task in
                try makeLearner(task, configuration)
            }
        }
    }

    public static func named(_ name: String) throws(ArgusError) -> Algorithm {
        if let algorithm = all.first(where: { $0.name == name.lowercased() }) { return algorithm }
        let names = all.map(\.name)
        throw ArgusError(
            .configuration, "unknown algorithm", at: "--algorithm", found: "'\(name)'",
            expected: "one of \(names.joined(separator: ", "))",
            remedy: nearestName(to: name, in: names).map { "'--algorithm \($0)'" })
    }

    /// The algorithm with its defaults, changed by `settings` (name and text).
    ///
    /// - Throws: ``ArgusError`` (configuration) for unknown, impossible or contradictory settings.
    public func configured(_ settings: [(name: String, value: String)]) throws(ArgusError) -> Configured {
        try configure(settings)
    }

    /// The algorithm with its defaults, changed by what the scenario's file says for it, then by `settings`.
    ///
    /// - Throws: ``ArgusError`` (configuration) as ``configured(_:)`` does, with the file's line for what stands there.
    public func configured(
        for scenario: Scenario, _ settings: [(name: String, value: String)] = []
    ) throws(ArgusError) -> Configured {
        for (name, training) in scenario.training.sorted(by: { $0.key < $1.key }) {
            try Algorithm.check(training, of: name)
        }
        return try configure((scenario.training[name]?.settings ?? []) + settings)
    }

    private static func check(_ training: Scenario.Training, of name: String) throws(ArgusError) {
        guard let algorithm = all.first(where: { $0.name == name }) else {
            let names = all.map(\.name)
            throw ArgusError(
                .configuration, "unknown algorithm", at: training.place, found: "'\(name)'",
                expected: "one of \(names.joined(separator: ", "))",
                remedy: nearestName(to: name, in: names).map { "'\($0)'" })
        }
        do {
            _ = try algorithm.configure(training.settings)
        } catch {
            // It stands in the file, and not on the command line.
            var error = error
            error.place = training.place + ": " + error.place.replacing("--set ", with: "")
            error.remedy = error.remedy?.replacing("--set ", with: "")
            throw error
        }
    }

    /// An algorithm whose hyperparameters are settled.
    public struct Configured: Sendable {
        let algorithm: String
        /// All values by name, defaults included, as they are written beside a result.
        public let hyperparameters: [String: String]
        /// Episodes played side by side.
        public let copies: Int
        let makeLearner: @Sendable (LearningTask) throws -> any Learner

        /// Refuses an environment that the algorithm cannot learn in, such as continuous actions for Q-learning.
        ///
        /// - Parameter environment: with any number of copies.
        public func require(_ environment: VectorEnvironment) throws(ArgusError) {
            try naming {
                _ = try makeLearner(
                    LearningTask(algorithm: algorithm, environment: environment, seed: 0, steps: 1))
            }
        }

        /// What `body` does; what libtorch refuses in it is told with the algorithm's name.
        func naming<Value>(_ body: () throws -> Value) throws(ArgusError) -> Value {
            do {
                return try body()
            } catch let error as ArgusError {
                throw error
            } catch {
                throw ArgusError(
                    .training, "libtorch refuses", at: "algorithm \(algorithm)", found: "\(error)",
                    expected: "a learner")
            }
        }
    }
}
