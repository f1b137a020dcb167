import ArgusHost

/// What pairs of entries came to on one scenario.
struct CrossPlayResult {
    /// In the suite's order.
    let names: [String]
    /// [first agent's entry][the others' entry]: nil where no run is finished. The diagonal is the entry with itself.
    let estimates: [[ReturnEstimate?]]
    /// Each pair's runs, as of an entry of the pair's name.
    let pairs: [EntryResult]
    /// Runs of pairs without a result.
    var unfinished: [ReportRun] { pairs.flatMap(\.unfinished) }

    /// - Parameters: `names`: the entries; `entries`: each with itself; `pairs`: the others' runs, by the pair's name.
    init(names: [String], entries: [EntryResult], pairs: [EntryResult]) {
        self.names = names
        estimates = names.map { first in
            names.map { rest in
                let name = first == rest ? first : CrossPlay.name(first, rest)
                return (first == rest ? entries : pairs).first { $0.entry == name }?.headline
            }
        }
        self.pairs = pairs
    }

    func table(decimals: Int) -> Table {
        Table(
            columns: [Table.Column(title: "first agent \\ the others", isNumber: false)]
                + names.map { Table.Column(title: $0) },
            rows: zip(names, estimates).map { name, row in
                [name] + row.map { $0.map { ResultTables.mean($0.interval, decimals) } ?? "-" }
            })
    }
}
