import ArgusHost

/// Everything that a report says, computed once for all its forms.
struct BenchmarkResults {
    /// The suites' names, or the folders' where there is no suite.
    let title: String
    let suites: [Suite]
    let folders: [String]
    let scenarios: [ScenarioResult]
    let aggregate: AggregateResult
    /// Comparisons that Holm's correction was made over.
    let comparisonCount: Int

    /// - Parameters:
    ///   - catalog: Where references come from when no suite has them; nil: nowhere.
    ///   - scenarioHash: The fingerprint of a scenario of the catalogue; nil where it is not known, and its version believed.
    /// - Throws: ``ArgusError`` (file) for folders that are not there, damaged, or without runs.
    init(
        folders: [String], catalog: ScenarioCatalog?,
        scenarioHash: (Scenario) throws(ArgusError) -> String? = { _ in nil }
    ) throws(ArgusError) {
        let input = try ReportInput(folders: folders)
        suites = input.suites
        self.folders = folders
        title = (suites.isEmpty ? folders : suites.map(\.name)).joined(separator: ", ")
        var scenarios = BenchmarkResults.group(input.runs, suites) { id, hash, version in
            guard let scenario = try? catalog?.scenario(named: id), scenario.version == version else { return nil }
            // The file may have changed since.
            do throws(ArgusError) {
                return try scenarioHash(scenario) ?? hash == hash ? scenario : nil
            } catch {
                return nil
            }
        }
        for index in scenarios.indices { scenarios[index].comparisons = Comparison.all(scenarios[index].entries) }
        comparisonCount = BenchmarkResults.correct(&scenarios)
        self.scenarios = scenarios
        aggregate = AggregateResult(scenarios)
    }

    /// Runs without a result, in order.
    var unfinished: [ReportRun] { scenarios.flatMap(\.all).flatMap(\.unfinished) }

    /// Those of pairs too.
    var runs: [ReportRun] { scenarios.flatMap(\.all).flatMap(\.runs) }

    /// - Parameter found: the catalogue's scenario with an id, a fingerprint and a version.
    private static func group(
        _ runs: [ReportRun], _ suites: [Suite], _ found: (String, String, Int?) -> Scenario?
    ) -> [ScenarioResult] {
        struct Key: Hashable {
            var id: String
            var hash: String
        }
        var keys: [Key] = []
        var groups: [Key: [ReportRun]] = [:]
        for run in runs {
            let key = Key(id: run.scenario, hash: run.scenarioHash)
            if groups[key] == nil { keys.append(key) }
            groups[key, default: []].append(run)
        }
        let order = suites.flatMap { $0.tasks.map(\.scenario.id) }
        let entryOrder = suites.flatMap { $0.entries.map(\.name) }
        let pairs = Set(suites.flatMap { $0.crossEntries.map(\.name) })
        keys = sorted(keys, by: order) { $0.id }
        return keys.map { key in
            let members = groups[key] ?? []
            let scenario = BenchmarkResults.scenario(key.id, key.hash, members, suites, found)
            var names: [String] = []
            for run in members where !names.contains(run.entry) { names.append(run.entry) }
            let all = sorted(names, by: entryOrder) { $0 }.map { name in
                EntryResult(name, members.filter { $0.entry == name }, score: scenario?.score)
            }
            let crossing = suites.filter { $0.crossTasks.contains { $0.scenario.id == key.id } }
            var crossed: [String] = []
            for name in crossing.flatMap(\.crossplay) where !crossed.contains(name) { crossed.append(name) }
            // Pairs are no entries of the tables, but the cells of a matrix.
            let entries = all.filter { !pairs.contains($0.name) }
            let crossplay =
                crossed.isEmpty
                ? nil
                : CrossPlayResult(names: crossed, entries: entries, pairs: all.filter { pairs.contains($0.name) })
            // Results of different versions are never mixed: each has a table of its own.
            let isAmbiguous = keys.count { $0.id == key.id } > 1
            let version = members.lazy.compactMap(\.manifest?.scenarioVersion).first.map { "version \($0), " } ?? ""
            // A control is never taken for what it controls.
            let isShuffled = members.contains { $0.manifest?.hasShuffledMessages ?? false }
            let notes = (isShuffled ? ["messages shuffled"] : []) + (isAmbiguous ? ["\(version)\(key.hash)"] : [])
            return ScenarioResult(
                id: key.id, hash: key.hash,
                title: notes.isEmpty ? key.id : "\(key.id) (\(notes.joined(separator: ", ")))",
                scenario: scenario, entries: entries, crossplay: crossplay)
        }
    }

    /// In the order of the suites, then in the order found.
    private static func sorted<Item>(_ items: [Item], by order: [String], _ name: (Item) -> String) -> [Item] {
        items.enumerated().sorted { first, second in
            let places = (
                order.firstIndex(of: name(first.element)) ?? .max, order.firstIndex(of: name(second.element)) ?? .max
            )
            return (places.0, first.offset) < (places.1, second.offset)
        }.map(\.element)
    }

    private static func scenario(
        _ id: String, _ hash: String, _ runs: [ReportRun], _ suites: [Suite],
        _ found: (String, String, Int?) -> Scenario?
    ) -> Scenario? {
        let tasks = suites.flatMap(\.tasks).filter { $0.scenario.id == id }
        if let task = tasks.first(where: { $0.hash == hash }) { return task.scenario }
        return found(id, hash, runs.lazy.compactMap(\.manifest?.scenarioVersion).first)
    }

    /// - Returns: How many comparisons have a test.
    private static func correct(_ scenarios: inout [ScenarioResult]) -> Int {
        let places = scenarios.indices.flatMap { scenario in
            scenarios[scenario].comparisons.indices.map { (scenario, $0) }
        }.filter { scenarios[$0.0].comparisons[$0.1].difference.pValue != nil }
        let pValues = places.compactMap { scenarios[$0.0].comparisons[$0.1].difference.pValue }
        guard let adjusted = try? HolmCorrection.adjusted(pValues) else { return 0 }
        for (place, value) in zip(places, adjusted) {
            scenarios[place.0].comparisons[place.1].adjustedPValue = value
        }
        return places.count
    }
}
