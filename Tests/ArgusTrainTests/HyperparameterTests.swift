import ArgusHost
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
            ("pqn-vdn", "minibatches", "3", "3 minibatches of 64 copies, expected parts of one size"),
            ("mappo", "minibatches", "3", "expected parts of one size"), ("vdppo", "minibatches", "7", "minibatches=4"),
        ])
    func refused(algorithm: String, name: String, value: String, expected: String) throws {
        let algorithm = try Algorithm.named(algorithm)
        let error = #expect(throws: (any Error).self) { try algorithm.configured([(name: name, value: value)]) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(expected))
    }

    private func scenario(_ training: String) throws -> Scenario {
        try ScenarioFile.read(
            text: "scenario: a\nversion: 1\nenvironment: grid\nhorizon: 10\ntraining: \(training)\n", file: "a.yaml")
    }

    @Test("A scenario's values stand between an algorithm's defaults and those of the command line")
    func scenarioValues() throws {
        let scenario = try scenario("{mappo: {recurrent: true, epochs: 3}, ippo: {epochs: 5}}")
        let algorithm = try Algorithm.named("mappo")
        let configured = try algorithm.configured(for: scenario, [(name: "epochs", value: "7")]).hyperparameters
        let defaults = try algorithm.configured([]).hyperparameters
        #expect(configured["recurrent"] == "true" && configured["epochs"] == "7")
        #expect(configured.filter { defaults[$0.key] != $0.value }.keys.sorted() == ["epochs", "recurrent"])
        #expect(try Algorithm.named("ippo").configured(for: scenario).hyperparameters["epochs"] == "5")
        let other = try Algorithm.named("coma")
        #expect(try other.configured(for: scenario).hyperparameters == other.configured([]).hyperparameters)
    }

    @Test(
        "What a scenario's file says wrongly of any algorithm is refused with its place there",
        arguments: [
            ("{mapo: {epochs: 3}}", "unknown algorithm (a.yaml:5, key 'training.mapo')", "Try 'mappo'."),
            ("{ippo: {epoch: 3}}", "(a.yaml:5, key 'training.ippo': epoch=3)", "Try 'epochs=3'."),
            ("{ippo: {epochs: 0}}", "(a.yaml:5, key 'training.ippo': epochs)", "from 1 to"),
        ])
    func wrongScenarioValues(training: String, place: String, remedy: String) throws {
        let scenario = try scenario(training)
        let error = #expect(throws: ArgusError.self) { try Algorithm.named("mappo").configured(for: scenario) }
        let text = "\(error.map { "\($0)" } ?? "")"
        #expect(text.contains(place) && text.contains(remedy), "\(text)")
    }
}
