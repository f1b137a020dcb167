import ArgusHost

/// What all entries came to on one version of one scenario.
struct ScenarioResult {
    let id: String
    let hash: String
    /// The id, with something to tell versions apart where there are several.
    let title: String
    /// Nil when neither a suite nor the catalogue has this version.
    let scenario: Scenario?
    let entries: [EntryResult]
    /// Pairs of entries; nil where the suite crosses none.
    let crossplay: CrossPlayResult?
    var comparisons: [Comparison] = []

    init(
        id: String, hash: String, title: String, scenario: Scenario?, entries: [EntryResult],
        crossplay: CrossPlayResult? = nil
    ) {
        self.id = id
        self.hash = hash
        self.title = title
        self.scenario = scenario
        self.entries = entries
        self.crossplay = crossplay
    }

    /// Entries and pairs.
    var all: [EntryResult] { entries + (crossplay?.pairs ?? []) }

    /// Whether runs have scores, so that the scenario takes part in the aggregate.
    var hasScores: Bool { entries.contains { !$0.scores.isEmpty } }

    /// Entries beside the scenario's references.
    var references: [ReferenceComparison] { scenario.map { ReferenceComparison.all(entries, $0) } ?? [] }

    /// The entry with the highest mean return.
    var best: EntryResult? {
        entries.filter { $0.headline != nil }.max {
            ($0.headline?.interval.mean ?? 0, $1.entry) < ($1.headline?.interval.mean ?? 0, $0.entry)
        }
    }

    /// Decimals that show differences between returns.
    var decimals: Int {
        let means = entries.compactMap { $0.headline?.interval.mean.magnitude }
        return NumberText.decimals(for: means.max() ?? 0)
    }
}
