#if ARGUS_TRAIN
import ArgusTrain

/// Everything that `argus describe` tells of an algorithm.
struct AlgorithmDescription: Encodable {
    struct Item: Encodable {
        var name: String
        /// As text.
        var standard: String
        var documentation: String

        enum CodingKeys: String, CodingKey {
            case name, documentation
            case standard = "default"
        }
    }

    var algorithm: String
    var description: String
    var source: String
    /// The mode in which its evaluations make the headline.
    var mode: String
    var hyperparameters: [Item]

    init(_ algorithm: Algorithm) {
        self.algorithm = algorithm.name
        description = algorithm.summary
        source = algorithm.source
        mode = algorithm.headlineMode.rawValue
        hyperparameters = algorithm.hyperparameters.map {
            Item(name: $0.name, standard: $0.standard, documentation: $0.documentation)
        }
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
