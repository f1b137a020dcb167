import ArgusHost

/// What pairs of entries came to on one scenario.
struct CrossPlayResult {
    /// In the suite's order.
    let names: [String]
    /// [first agent's entry][the others' entry]: nil where there is none. The diagonal is the entry with itself.
    let cells: [[EntryResult?]]
    /// Each pair's runs, as of an entry of the pair's name.
    let pairs: [EntryResult]
    /// Runs of pairs without a result.
    var unfinished: [ReportRun] { pairs.flatMap(\.unfinished) }

    /// - Parameters: `names`: the entries; `entries`: each with itself; `pairs`: the others' runs, by the pair's name.
    init(names: [String], entries: [EntryResult], pairs: [EntryResult]) {
        // Of several folders each has pairs of its own.
        var labels: [String] = []
        for pair in pairs where !labels.contains(pair.label) { labels.append(pair.label) }
        if labels.isEmpty { labels = [""] }
        let members = labels.flatMap { label in names.map { (name: $0, label: label) } }
        self.names = members.map { $0.name + $0.label }
        cells = members.map { first in
            members.map { rest in
                guard first.label == rest.label else { return nil }
                let isDiagonal = first.name == rest.name
                let name = isDiagonal ? first.name : CrossPlay.name(first.name, rest.name)
                return (isDiagonal ? entries : pairs).first { $0.entry == name + first.label }
            }
        }
        self.pairs = pairs
    }

    /// What a cell's interval is over.
    static let unit = "over seeds where a side was trained (n: how many), else over episodes"

    /// `0.850 [0.726, 0.974] (n = 3)`, `0.597 [0.41, 0.78] (1 of 2 seeds)`
    private static func text(_ cell: EntryResult, _ decimals: Int) -> String {
        guard let estimate = cell.headline else { return "-" }
        let isWhole = cell.unfinished.isEmpty
        let seeds = isWhole ? "" : " (\(cell.finished.count) of \(cell.runs.count) seeds)"
        return ResultTables.mean(estimate.interval, decimals)
            + (isWhole && estimate.trainingRuns > 0 ? " (n = \(estimate.trainingRuns))" : seeds)
    }

    func table(decimals: Int) -> Table {
        Table(
            columns: [Table.Column(title: "first agent \\ the others", isNumber: false)]
                + names.map { Table.Column(title: $0) },
            rows: zip(names, cells).map { name, row in
                [name] + row.map { $0.map { CrossPlayResult.text($0, decimals) } ?? "-" }
            })
    }
}
