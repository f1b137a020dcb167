import ArgusHost

/// What `argus play` has to say at the end.
struct PlayDocument: Encodable {
    var scenario: String
    var team: String
    var centralised: Bool
    var episodes: [PlayedEpisode]
    /// What language models cost; empty without any.
    var models: [ModelUsage]

    func print() {
        let names = Set(episodes.flatMap(\.metrics.keys)).sorted()
        let table = TextTable(
            columns: [.number("seed"), .number("return"), .number("steps"), .name("end")] + names.map { .number($0) },
            rows: episodes.map { episode in
                [
                    "\(episode.seed)", episode.return.map(NumberFormat.short) ?? "-", "\(episode.length)", episode.end,
                ] + names.map { episode.metrics[$0].map(NumberFormat.short) ?? "-" }
            })
        Swift.print("")
        StandardOutput.print(table)
        ModelUsageTable.print(models)
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
