import ArgusTrain
import Testing

@Suite("Hyperparameters")
struct HyperparameterTests {
    @Test(
        "Every documented name of every algorithm can be set, and says what it is", arguments: Algorithm.all.map(\.name)
    )
    func allSettable(name: String) throws {
        let algorithm = try Algorithm.named(name)
        #expect(algorithm.hyperparameters.count > 10)
        #expect(Set(algorithm.hyperparameters.map(\.name)).count == algorithm.hyperparameters.count)
        let defaults = try algorithm.configured([]).hyperparameters
        for hyperparameter in algorithm.hyperparameters {
            #expect(defaults[hyperparameter.name] == hyperparameter.standard)
            let set = try algorithm.configured([(name: hyperparameter.name, value: hyperparameter.standard)])
            #expect(set.hyperparameters == defaults)
            #expect(hyperparameter.documentation.count > 10)
        }
    }

    @Test(
        "Unknown, impossible and contradictory settings are refused, with what would be right",
        arguments: [
            ("mappo", "lerning_rate", "1", "learning_rate"), ("mappo", "learning_rate", "fast", "expected a number"),
            ("mappo", "learning_rate", "0", "above 0"), ("mappo", "epochs", "0", "from 1 to"),
            ("mappo", "recurrent", "yes", "true or false"), ("mappo", "activation", "relo", "relu"),
            ("mappo", "minibatches", "4000", "minibatches"), ("vdn", "buffer_episodes", "31", "a buffer of at least"),
            ("qmix", "exploration_end", "1.5", "from 0.0 to 1.0"), ("iql", "learning_rate", "0", "above 0"),
            ("pqn-vdn", "minibatches", "65", "at most one a copy"), ("coma", "n_step", "0", "from 1 to"),
            ("maa2c", "learning_rate", "nan", "expected a number"),
        ])
    func refused(algorithm: String, name: String, value: String, expected: String) throws {
        let algorithm = try Algorithm.named(algorithm)
        let error = #expect(throws: (any Error).self) { try algorithm.configured([(name: name, value: value)]) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(expected))
    }
}
