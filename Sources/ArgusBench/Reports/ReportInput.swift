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

    /// Where two folders have the same run (scenario, entry and seed), the entry gets the folder's name, so that they are
    /// compared and not mixed.
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
        let ambiguous = Set(counts.filter { $0.value > 1 }.map(\.key.entry))
        let names = groups.map { ($0.folder as NSString).lastPathComponent }
        return groups.indices.flatMap { index in
            let isUnique = names.count { $0 == names[index] } == 1
            let label = isUnique ? names[index] : groups[index].folder
            return groups[index].runs.map { run in
                var run = run
                if groups.count > 1, ambiguous.contains(run.entry) { run.entry += " (\(label))" }
                return run
            }
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
