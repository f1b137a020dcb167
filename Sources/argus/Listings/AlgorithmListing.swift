#if ARGUS_TRAIN
import ArgusTrain

/// Every training algorithm.
struct AlgorithmListing: Listing {
    struct Item: Encodable {
        var algorithm: String
        var description: String
        var source: String
        /// The mode in which its evaluations make the headline.
        var mode: String
    }

    let items = Algorithm.all.map {
        Item(algorithm: $0.name, description: $0.summary, source: $0.source, mode: $0.headlineMode.rawValue)
    }

    var table: TextTable {
        TextTable(
            columns: [.name("algorithm"), .words("description"), .name("mode"), .words("source")],
            rows: items.map { [$0.algorithm, $0.description, $0.mode, $0.source] })
    }

    var note: String? {
        "'argus train SCENARIO --algorithm NAME' trains one; 'argus describe NAME' tells its hyperparameters."
    }
}
#endif
