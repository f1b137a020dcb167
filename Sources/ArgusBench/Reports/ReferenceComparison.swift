import ArgusHost

/// An entry beside a reference, published or measured, of the algorithm that it is called after.
///
/// Entry names have no spaces or brackets, and sources tell implementations apart by them: an entry `recurrent-MAPPO` or
/// `MAPPO-recurrent` is compared with references `recurrent MAPPO` and `recurrent MAPPO (EPyMARL)`.
struct ReferenceComparison {
    /// Where our mean is. Not a test: conditions differ, and say how.
    enum Position: String {
        /// Within the reference's interval or, where it has none, an interval of ours that has its mean.
        case inside
        case above
        case below
    }

    let entry: EntryResult
    let reference: Scenario.Reference
    let mean: Double
    /// What the mean is over, and how many of them.
    let unit: ReturnEstimate.Unit
    let count: Int
    /// 95 %, of the mean; nil for a single run, and for metrics other than the return.
    let interval: (low: Double, high: Double)?
    let position: Position
    /// How ours was had: what is shared, whose reward, where along the training and how it was evaluated.
    let conditions: String

    /// Every finished entry with each reference of its name; none with an entry that lacks the reference's metric.
    static func all(_ entries: [EntryResult], _ scenario: Scenario) -> [ReferenceComparison] {
        entries.flatMap { entry in
            scenario.references.compactMap { reference in
                guard isSame(entry.entry, reference.algorithm) else { return nil }
                return ReferenceComparison(entry, reference, scenario)
            }
        }
    }

    private init?(_ entry: EntryResult, _ reference: Scenario.Reference, _ scenario: Scenario) {
        // As the reference was had, where we have that too.
        let mode = reference.mode.flatMap { entry.estimates[$0.rawValue] == nil ? nil : $0.rawValue } ?? entry.mode
        let estimate =
            reference.metric == "return"
            ? mode.flatMap { entry.estimates[$0] } : entry.estimate(of: reference.metric, mode: mode)
        guard let estimate else { return nil }
        mean = estimate.interval.mean
        (unit, count) = (estimate.unit, estimate.interval.count)
        interval = estimate.interval.interval.map { ($0.low, $0.high) }
        self.entry = entry
        self.reference = reference
        position = Self.position(of: mean, interval, reference)
        conditions = Self.conditions(entry, scenario, mode)
    }

    private static func position(
        of mean: Double, _ interval: (low: Double, high: Double)?, _ reference: Scenario.Reference
    ) -> Position {
        // A perfect return of 1 may come to a little more.
        let rounding = Rounding.tolerance(max(1, abs(reference.mean)))
        let theirs = reference.ci95 ?? reference.std.map { reference.mean - $0...reference.mean + $0 }
        if theirs == nil, let interval, (interval.low...interval.high).contains(reference.mean) { return .inside }
        let range = theirs ?? reference.mean...reference.mean
        return mean < range.lowerBound - rounding ? .below : mean > range.upperBound + rounding ? .above : .inside
    }

    private static func conditions(_ entry: EntryResult, _ scenario: Scenario, _ mode: String?) -> String {
        var parts: [String] = []
        if let manifest = entry.runs.lazy.compactMap(\.manifest).first, entry.isTrained {
            if let shares = manifest.hyperparameters["share_parameters"] {
                parts.append(shares == "true" ? "shared parameters" : "parameters of each agent's own")
            }
            parts.append(scenario.reward == .team ? "team reward" : "individual rewards")
            parts.append("steps over all copies")
            parts.append("best checkpoint, \(manifest.absoluteEpisodes) episodes of their own")
        }
        if let mode { parts.append(mode) }
        parts.append("\(entry.finished.count) seed\(entry.finished.count == 1 ? "" : "s")")
        return parts.joined(separator: ", ")
    }

    private static func isSame(_ entry: String, _ algorithm: String) -> Bool {
        func words(_ name: String) -> [Substring] {
            let withoutBrackets = name.split(separator: "(").first.map(String.init) ?? name
            return withoutBrackets.lowercased().split { $0 == " " || $0 == "-" || $0 == "_" }.sorted()
        }
        return words(entry) == words(algorithm)
    }
}
