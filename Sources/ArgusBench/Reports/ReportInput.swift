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
        runs = RunLabels.labelled(ReportInput.withoutRunsOfElsewhere(groups))
    }

    /// Without what has not begun in one folder and has in another, as the parts of a suite that is spread over machines
    /// have it; what has begun nowhere is missing once. Where folders have begun runs of the same seeds they are no parts of
    /// one suite, and each misses its own.
    private static func withoutRunsOfElsewhere(
        _ groups: [(folder: String, runs: [ReportRun])]
    ) -> [(folder: String, runs: [ReportRun])] {
        struct Entry: Hashable {
            var scenario: String
            var hash: String
            var name: String
        }
        func entry(_ run: ReportRun) -> Entry {
            Entry(scenario: run.scenario, hash: run.scenarioHash, name: run.name)
        }
        var begun: [Entry: [UInt64]] = [:]
        for run in groups.flatMap(\.runs) where run.hasBegun { begun[entry(run), default: []].append(run.seed) }
        var noted: [Entry: Set<UInt64>] = [:]
        return groups.map { folder, runs in
            let kept = runs.filter { run in
                let key = entry(run)
                let seeds = begun[key] ?? []
                guard !run.hasBegun, Set(seeds).count == seeds.count else { return true }
                return !seeds.contains(run.seed) && noted[key, default: []].insert(run.seed).inserted
            }
            return (folder, kept)
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
