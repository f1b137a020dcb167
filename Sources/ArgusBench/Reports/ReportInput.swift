import ArgusHost
import Foundation

/// The runs below one or several folders, and the suites that they belong to.
struct ReportInput {
    var runs: [ReportRun] = []
    var suites: [Suite] = []

    /// Reads every run, and for folders with a `suite.json` also notes the runs that are missing.
    ///
    /// - Throws: ``ArgusError`` (file) for a folder that is not there or has no run, or a damaged `suite.json`.
    init(folders: [String]) throws(ArgusError) {
        var known: Set<String> = []
        var groups: [(folder: String, runs: [ReportRun])] = []
        for folder in folders {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
                throw ArgusError(
                    .file, "no result folder", at: folder, found: "no such folder", expected: "a folder with results",
                    remedy: "a folder that 'argus bench' or 'argus train' has written")
            }
            var runs: [ReportRun] = []
            if let suite = try SuiteRecord.read(from: folder) {
                suites.append(suite)
                for job in Job.all(of: suite, out: folder) where known.insert(ReportInput.standard(job.folder)).inserted
                {
                    runs.append(ReportRun(job))
                }
            }
            for path in ReportInput.runFolders(below: folder) where known.insert(ReportInput.standard(path)).inserted {
                if let run = ReportRun(folder: path) { runs.append(run) }
            }
            groups.append((folder, runs))
        }
        guard groups.contains(where: { !$0.runs.isEmpty }) else {
            throw ArgusError(
                .file, "no results", at: folders.joined(separator: ", "), found: "no run.json below",
                expected: "runs of 'argus bench', 'argus train' or 'argus evaluate'")
        }
        runs = ReportInput.qualified(groups)
    }

    /// Runs of one entry that do not belong together get names that tell them apart, so that they are compared and not
    /// mixed: where two folders have the same run (scenario, entry and seed), or runs that were asked for differently, the
    /// entry gets the folder's name; within a folder, that of the first run's own.
    private static func qualified(_ groups: [(folder: String, runs: [ReportRun])]) -> [ReportRun] {
        struct Key: Hashable {
            var scenario: String
            var hash: String
            var entry: String
            var seed: UInt64
        }
        var counts: [Key: Int] = [:]
        for run in groups.flatMap(\.runs) {
            counts[
                Key(scenario: run.scenario, hash: run.scenarioHash, entry: run.entry, seed: run.seed), default: 0] += 1
        }
        var ambiguous = Set(counts.filter { $0.value > 1 }.map(\.key.entry))
        for runs in Dictionary(grouping: groups.flatMap(\.runs), by: Entry.init).values
        where !runs.allSatisfy({ $0.belongs(with: runs.first { $0.manifest != nil } ?? $0) }) {
            ambiguous.insert(runs[0].entry)
        }
        let names = groups.map { ($0.folder as NSString).lastPathComponent }
        return groups.indices.flatMap { index in
            let isUnique = names.count { $0 == names[index] } == 1
            let label = isUnique ? names[index] : groups[index].folder
            return separated(groups[index].runs, in: groups[index].folder).map { run in
                var run = run
                let place = run.place.isEmpty ? label : "\(label)/\(run.place)"
                if groups.count > 1, ambiguous.contains(run.run.entry) {
                    run.run.label = " (\(place))"
                } else if !run.place.isEmpty {
                    run.run.label = " (\(run.place))"
                }
                return run.run
            }
        }
    }

    /// An entry on a scenario, as runs name it.
    private struct Entry: Hashable {
        var scenario: String
        var hash: String
        var entry: String

        init(_ run: ReportRun) { (scenario, hash, entry) = (run.scenario, run.scenarioHash, run.entry) }
    }

    /// The runs of a folder, each with the place below it of the first run that it belongs with; "" where all runs of its
    /// entry belong together.
    private static func separated(_ runs: [ReportRun], in folder: String) -> [(run: ReportRun, place: String)] {
        var parts: [Entry: [(first: ReportRun, seeds: Set<UInt64>, place: String)]] = [:]
        var places: [(entry: Entry, part: Int)] = []
        for run in runs {
            let entry = Entry(run)
            let known = parts[entry] ?? []
            let fitting = known.firstIndex { $0.first.belongs(with: run) && !$0.seeds.contains(run.seed) }
            if let fitting {
                parts[entry]?[fitting].seeds.insert(run.seed)
                if known[fitting].first.manifest == nil { parts[entry]?[fitting].first = run }
            } else {
                let path = run.folder.hasPrefix(folder) ? String(run.folder.dropFirst(folder.count)) : run.folder
                let place = path.split(separator: "/").joined(separator: "/")
                parts[entry, default: []].append(
                    (run, [run.seed], place.isEmpty ? (folder as NSString).lastPathComponent : place))
            }
            places.append((entry, fitting ?? known.count))
        }
        return zip(runs, places).map { run, place in
            let all = parts[place.entry] ?? []
            return (run, all.count > 1 ? all[place.part].place : "")
        }
    }

    private static func runFolders(below folder: String) -> [String] {
        var found: [String] = []
        if FileManager.default.fileExists(atPath: folder + "/run.json") { found.append(folder) }
        let names = FileManager.default.enumerator(atPath: folder)
        while let name = names?.nextObject() as? String {
            if name.hasSuffix("/run.json") { found.append(folder + "/" + name.dropLast("/run.json".count)) }
        }
        return found.sorted()
    }

    private static func standard(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
}
