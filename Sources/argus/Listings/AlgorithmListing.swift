#if ARGUS_TRAIN
import ArgusTrain

/// Every training algorithm.
struct AlgorithmListing: Listing {
    let items = Algorithm.all.map(AlgorithmDescription.init)

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
