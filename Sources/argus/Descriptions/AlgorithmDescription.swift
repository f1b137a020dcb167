#if ARGUS_TRAIN
import ArgusTrain

/// Everything that `argus describe` and `argus list algorithms --json` tell of an algorithm.
struct AlgorithmDescription: Encodable {
    var algorithm: String
    var description: String
    var source: String
    /// The mode in which its evaluations make the headline.
    var mode: String
    var hyperparameters: [HyperparameterDescription]

    init(_ algorithm: Algorithm) {
        self.algorithm = algorithm.name
        description = algorithm.summary
        source = algorithm.source
        mode = algorithm.headlineMode.rawValue
        hyperparameters = algorithm.hyperparameters
    }

    /// For people.
    func print() {
        Swift.print(StandardOutput.bold(algorithm))
        StandardOutput.paragraph("\(description). \(source). Evaluated \(mode) for the headline.")

        StandardOutput.heading("Hyperparameters, for --set NAME=VALUE")
        StandardOutput.print(
            TextTable(
                columns: [.name("name"), .name("default"), .words("meaning and source of the default")],
                rows: hyperparameters.map { [$0.name, $0.standard, $0.documentation] }))
        StandardOutput.paragraph(
            "\nScenarios that need other values have them under 'training:'; 'argus describe SCENARIO' shows those.")

        StandardOutput.heading("Sources")
        StandardOutput.print(
            TextTable(
                columns: [.name("mark"), .words("source")],
                rows: HyperparameterSources.cited(in: hyperparameters.map(\.documentation))
                    .map { [$0.mark, $0.source] }))
    }
}
#endif
