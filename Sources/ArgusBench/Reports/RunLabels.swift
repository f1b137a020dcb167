import Foundation

/// Names for runs of one entry that do not belong together, so that they are compared and not pooled.
enum RunLabels {
    /// Labels runs where two folders have the same run (scenario, entry and seed) or runs that were asked for differently:
    /// by their folder; within a folder, by the place of the first run that they belong with.
    static func labelled(_ groups: [(folder: String, runs: [ReportRun])]) -> [ReportRun] {
        var ambiguous: Set<String> = []
        for (entry, runs) in Dictionary(grouping: groups.flatMap(\.runs), by: Entry.init) {
            let known = runs.first { $0.manifest != nil }
            let areOne = runs.allSatisfy { known?.belongs(with: $0) ?? true }
            if !areOne || Set(runs.map(\.seed)).count < runs.count { ambiguous.insert(entry.name) }
        }
        let names = groups.map { ($0.folder as NSString).lastPathComponent }
        return groups.indices.flatMap { index in
            let (folder, runs) = groups[index]
            let label = names.count { $0 == names[index] } == 1 ? names[index] : folder
            return zip(runs, places(runs, in: folder)).map { run, place in
                let isAcross = groups.count > 1 && ambiguous.contains(run.name)
                let parts = [isAcross ? label : nil, place].compactMap { $0 }
                var run = run
                if !parts.isEmpty { run.label = " (\(parts.joined(separator: "/")))" }
                return run
            }
        }
    }

    /// An entry on a scenario, as runs name it.
    private struct Entry: Hashable {
        var scenario: String
        var hash: String
        var name: String

        init(_ run: ReportRun) { (scenario, hash, name) = (run.scenario, run.scenarioHash, run.name) }
    }

    /// Runs that may be pooled.
    private struct Part {
        var first: ReportRun
        var seeds: Set<UInt64>

        func takes(_ run: ReportRun) -> Bool { first.belongs(with: run) && !seeds.contains(run.seed) }
    }

    /// The place below the folder of the first run that each belongs with; nil where all runs of its entry belong together.
    private static func places(_ runs: [ReportRun], in folder: String) -> [String?] {
        var parts: [Entry: [Part]] = [:]
        let indices = runs.map { run -> Int in
            let entry = Entry(run)
            var all = parts[entry] ?? []
            let index = all.firstIndex { $0.takes(run) } ?? all.count
            if index == all.count { all.append(Part(first: run, seeds: [])) }
            all[index].seeds.insert(run.seed)
            // Nothing was known of a run that has not begun.
            if all[index].first.manifest == nil { all[index].first = run }
            parts[entry] = all
            return index
        }
        return zip(runs, indices).map { run, index in
            let all = parts[Entry(run)] ?? []
            return all.count > 1 ? place(of: all[index].first, in: folder) : nil
        }
    }

    private static func place(of run: ReportRun, in folder: String) -> String {
        let path = run.folder.hasPrefix(folder) ? String(run.folder.dropFirst(folder.count)) : run.folder
        let place = path.split(separator: "/").joined(separator: "/")
        return place.isEmpty ? (folder as NSString).lastPathComponent : place
    }
}
