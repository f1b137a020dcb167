import ArgusHost

/// The difference between two entries' returns on one scenario, and whether it may be called one.
struct Comparison {
    /// The one with the higher mean.
    let better: String
    let other: String
    let difference: MeanDifference
    /// What was compared, such as `3 seeds`.
    let unit: String
    /// The p-value after Holm's correction over all comparisons of the report; nil where there is no test.
    var adjustedPValue: Double?

    /// Whether the corrected p-value is below 0.05.
    var isSignificant: Bool { adjustedPValue.map { $0 < difference.level } ?? false }

    /// Two entries on the same scenario; nil when one has no result.
    ///
    /// Episodes are the unit when neither is trained, and are paired by their seeds. Otherwise seeds are, and are paired
    /// when both entries have the same: a seed fixes the evaluation's episodes.
    init?(_ first: EntryResult, _ second: EntryResult) {
        guard let one = first.headline, let two = second.headline else { return nil }
        let difference: (value: MeanDifference, isSwapped: Bool)?
        let unit: String
        if !first.isTrained, !second.isTrained, case let pairs = Comparison.pairedEpisodes(first, second),
            pairs.count > 1
        {
            difference = Comparison.ordered(pairs.map(\.0), pairs.map(\.1), MeanDifference.paired)
            unit = "\(pairs.count) episodes"
        } else if first.finished.map(\.seed) == second.finished.map(\.seed) {
            difference = Comparison.ordered(one.seedMeans, two.seedMeans, MeanDifference.paired)
            unit = "\(one.seedMeans.count) seeds"
        } else {
            difference = Comparison.ordered(one.seedMeans, two.seedMeans, MeanDifference.welch)
            unit = "\(one.seedMeans.count) and \(two.seedMeans.count) seeds"
        }
        guard let difference else { return nil }
        (better, other) = difference.isSwapped ? (second.entry, first.entry) : (first.entry, second.entry)
        self.difference = difference.value
        self.unit = unit
    }

    /// What the higher values have more than the others, and whether those are the second ones.
    private static func ordered(
        _ first: [Double], _ second: [Double],
        _ difference: ([Double], [Double], Double) throws(StatisticsError) -> MeanDifference
    ) -> (value: MeanDifference, isSwapped: Bool)? {
        guard let forward = try? difference(first, second, 0.95) else { return nil }
        guard forward.mean < 0 else { return (forward, false) }
        return (try? difference(second, first, 0.95)).map { ($0, true) }
    }

    /// Every pair of entries on a scenario.
    static func all(_ entries: [EntryResult]) -> [Comparison] {
        entries.indices.flatMap { first in
            entries[(first + 1)...].compactMap { Comparison(entries[first], $0) }
        }
    }

    /// `MAPPO - Random: +0.930 [0.850, 1.010], significant (p = 0.004; paired t test, 3 seeds)`.
    func words(decimals: Int) -> String {
        let mean = NumberText.fixed(difference.mean, decimals)
        let interval = difference.interval.map {
            " [\(NumberText.fixed($0.low, decimals)), \(NumberText.fixed($0.high, decimals))]"
        }
        return "\(better) - \(other): +\(mean)\(interval ?? ""), \(verdict)"
    }

    /// `not significant (p = 0.310; paired t test, 3 seeds)`.
    var verdict: String {
        guard let adjustedPValue, let test = difference.test else {
            return "no test, so no claim (\(unit))"
        }
        let words = isSignificant ? "significant" : "not significant"
        return "\(words) (\(NumberText.probability(adjustedPValue)); \(test.rawValue) test, \(unit))"
    }

    private static func pairedEpisodes(_ first: EntryResult, _ second: EntryResult) -> [(Double, Double)] {
        struct Key: Hashable {
            var block: UInt64
            var episode: UInt64
        }
        var returns: [Key: Double] = [:]
        for run in second.finished {
            guard let mode = second.mode, let record = run.absolute(mode) else { continue }
            for (seed, value) in zip(record.seeds, record.returns) {
                returns[Key(block: run.seed, episode: seed)] = value
            }
        }
        return first.finished.flatMap { run -> [(Double, Double)] in
            guard let mode = first.mode, let record = run.absolute(mode) else { return [] }
            return zip(record.seeds, record.returns).compactMap { seed, value in
                returns[Key(block: run.seed, episode: seed)].map { (value, $0) }
            }
        }
    }
}
