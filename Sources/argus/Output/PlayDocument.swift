import ArgusHost

/// What `argus play` has to say at the end.
struct PlayDocument: Encodable {
    var scenario: String
    var team: String
    var centralised: Bool
    var episodes: [PlayedEpisode]
    /// What language models cost; empty without any.
    var models: [ModelUsage]

    /// As many metrics as fit beside an episode's other numbers.
    private static let metricsInARow = 6

    func print() {
        let names = Set(episodes.flatMap(\.metrics.keys)).sorted()
        let inRows = names.count <= PlayDocument.metricsInARow ? names : []
        let table = TextTable(
            columns: [.number("seed"), .number("return"), .number("steps"), .name("end")] + inRows.map { .number($0) },
            rows: episodes.map { episode in
                [
                    "\(episode.seed)", episode.return.map(NumberFormat.short) ?? "-", "\(episode.length)", episode.end,
                ] + inRows.map { episode.metrics[$0].map(NumberFormat.short) ?? "-" }
            })
        Swift.print("")
        StandardOutput.print(table)
        if inRows.isEmpty, !names.isEmpty {
            Swift.print("")
            StandardOutput.print(metricTable(names))
        }
        ModelUsageTable.print(models)
    }

    /// A row a metric: each episode's where there are few, else their mean.
    private func metricTable(_ names: [String]) -> TextTable {
        let showsEach = episodes.count <= 4
        let columns: [TextTable.Column] =
            showsEach ? episodes.map { .number("seed \($0.seed)") } : [.number("mean of \(episodes.count)")]
        return TextTable(
            columns: [.name("metric")] + columns,
            rows: names.map { name in
                let values = episodes.map { $0.metrics[name] }
                if showsEach { return [name] + values.map { $0.map(NumberFormat.short) ?? "-" } }
                let known = values.compactMap { $0 }
                return [name, known.isEmpty ? "-" : NumberFormat.short(known.reduce(0, +) / Double(known.count))]
            })
    }
}

/// One episode that was played.
struct PlayedEpisode: Encodable {
    var seed: UInt64
    /// `terminated`, `truncated` or `failed`.
    var end: String
    /// Steps.
    var length: Int
    /// Of the first agent's group; nil for an episode that failed.
    var `return`: Double?
    var metrics: [String: Double] = [:]

    init(seed: UInt64, end: String, length: Int) {
        self.seed = seed
        self.end = end
        self.length = length
    }
}
