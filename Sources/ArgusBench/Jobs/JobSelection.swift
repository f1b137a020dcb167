public import ArgusHost

/// Which jobs of a suite to run now, so that a long suite can be spread over sittings and machines: those of some
/// scenarios, entries and seeds. Where none is named all are meant.
public struct JobSelection: Sendable, Hashable {
    public var scenarios: [String]
    public var entries: [String]
    public var seeds: [UInt64]

    public init(scenarios: [String] = [], entries: [String] = [], seeds: [UInt64] = []) {
        self.scenarios = scenarios
        self.entries = entries
        self.seeds = seeds
    }

    /// The selected ones, in their order.
    ///
    /// - Throws: ``ArgusError`` (configuration) for a name or seed that no job has, or when no job has all three.
    public func of(_ jobs: [Job]) throws(ArgusError) -> [Job] {
        func chosen<Value: Hashable & CustomStringConvertible>(
            _ flag: String, _ wanted: [Value], _ value: (Job) -> Value
        ) throws(ArgusError) -> Set<Value> {
            var known: [Value] = []
            for job in jobs where !known.contains(value(job)) { known.append(value(job)) }
            if let unknown = wanted.first(where: { !known.contains($0) }) {
                throw ArgusError(
                    .configuration, "the suite has no such jobs", at: "--\(flag)", found: "'\(unknown)'",
                    expected: "one of " + known.map(\.description).joined(separator: ", "))
            }
            return Set(wanted.isEmpty ? known : wanted)
        }
        let scenarios = try chosen("scenario", scenarios) { $0.task.scenario.id }
        let entries = try chosen("entry", entries) { $0.entry.name }
        let seeds = try chosen("seed", seeds) { $0.seed }
        let selected = jobs.filter {
            scenarios.contains($0.task.scenario.id) && entries.contains($0.entry.name) && seeds.contains($0.seed)
        }
        guard !selected.isEmpty else {
            throw ArgusError(
                .configuration, "the suite has no such jobs", at: "argus bench", found: String(arguments.dropFirst()),
                expected: "what the suite runs: pairs play on the scenarios of 'crossplay' alone")
        }
        return selected
    }

    /// As they are given to `argus bench`, each after a space.
    var arguments: String {
        (scenarios.map { "--scenario \($0)" } + entries.map { "--entry \($0)" } + seeds.map { "--seed \($0)" })
            .map { " " + $0 }.joined()
    }
}
