import ArgusEnvAPI
import Foundation

/// The scenarios and suites of a `Scenarios` folder.
///
/// Only what is asked for is read, so that one bad file does not stand in the way of the others.
public struct ScenarioCatalog: Sendable, Hashable {
    /// The `Scenarios` folder.
    public let root: String

    public init(root: String) { self.root = root }

    /// The catalogue of this installation: `$ARGUS_HOME/Scenarios`, else the first `Scenarios` in the executable's folder
    /// or a folder above it, else `./Scenarios`.
    ///
    /// - Throws: ``ArgusError`` (file) when there is none, or none where `ARGUS_HOME` says.
    public static func find(
        environment: [String: String]? = nil,
        executableFolder: String? = ExecutableFolder.path
    ) throws(ArgusError) -> ScenarioCatalog {
        let environment = environment ?? ProcessInfo.processInfo.environment
        if let home = environment["ARGUS_HOME"], !home.isEmpty {
            let folder = home + "/Scenarios"
            guard FileStatus.isFolder(folder) else {
                throw ArgusError(
                    .file, "no Scenarios folder", at: "ARGUS_HOME=\(home)", found: FileStatus.failure(folder),
                    expected: "a folder \(folder)", remedy: "unsetting ARGUS_HOME")
            }
            return ScenarioCatalog(root: folder)
        }
        var above = executableFolder.map { URL(fileURLWithPath: $0) }
        while let folder = above {
            let candidate = folder.appendingPathComponent("Scenarios").path
            if FileStatus.isFolder(candidate) { return ScenarioCatalog(root: candidate) }
            above = folder.path == "/" ? nil : folder.deletingLastPathComponent()
        }
        if FileStatus.isFolder("Scenarios") { return ScenarioCatalog(root: "Scenarios") }
        throw ArgusError(
            .file, "no Scenarios folder", at: executableFolder ?? ".", found: "none here or above, nor in '.'",
            expected: "a folder named Scenarios", remedy: "setting ARGUS_HOME to the folder that holds Scenarios")
    }

    // MARK: Scenarios

    /// The ids that the file names stand for, sorted; no file is read.
    public func ids() throws(ArgusError) -> [String] {
        try files(below: "").filter { !$0.hasPrefix("suites/") && !$0.hasPrefix("language/") }
    }

    /// Every scenario, sorted by id.
    ///
    /// - Throws: ``ArgusError`` for the first file that is bad.
    public func all() throws(ArgusError) -> [Scenario] {
        var scenarios: [Scenario] = []
        for id in try ids() { scenarios.append(try ScenarioFile.read(path: path(of: id), expectedId: id)) }
        return scenarios
    }

    /// A scenario by its id, or by a file's path (one that ends in .yaml or .yml, or that is there).
    ///
    /// - Throws: ``ArgusError`` (configuration) for an unknown id, with the nearest one; what ``ScenarioFile`` throws.
    public func scenario(named name: String) throws(ArgusError) -> Scenario {
        if !isYAMLFile(name), Scenario.isValidId(name), !name.hasPrefix("suites/"), FileStatus(path(of: name)) != nil {
            return try ScenarioFile.read(path: path(of: name), expectedId: name)
        }
        if isYAMLFile(name) || FileStatus.isRegular(name) {
            return try ScenarioFile.read(path: name, expectedId: expectedId(ofFile: name))
        }
        throw unknown("scenario", name, try ids(), "argus list scenarios")
    }

    // MARK: Language models

    /// The prompt that language models get unless they are given another.
    public var promptPath: String { root + "/language/prompt.yaml" }
    /// What a million tokens of each model cost.
    public var pricesPath: String { root + "/language/prices.yaml" }

    // MARK: Suites

    /// Every suite file, sorted by id (its name without `.yaml`); none is read.
    public func suites() throws(ArgusError) -> [(id: String, path: String)] {
        guard FileStatus.isFolder(root + "/suites") else { return [] }
        return try files(below: "suites/").map { (String($0.dropFirst("suites/".count)), path(of: $0)) }
    }

    /// The path of a suite, by its id such as `quick` or by a file's path.
    ///
    /// - Throws: ``ArgusError`` (configuration) for an unknown id, with the nearest one.
    public func suitePath(named name: String) throws(ArgusError) -> String {
        if isYAMLFile(name) { return name }
        let suites = try suites()
        if let suite = suites.first(where: { $0.id == name || "suites/\($0.id)" == name }) { return suite.path }
        if FileStatus.isRegular(name) { return name }
        throw unknown("suite", name, suites.map(\.id), "argus list suites")
    }

    // MARK: Details

    private func path(of id: String) -> String { "\(root)/\(id).yaml" }

    private func isYAMLFile(_ name: String) -> Bool { name.hasSuffix(".yaml") || name.hasSuffix(".yml") }

    /// What a file inside the root must call itself; nil for one outside.
    private func expectedId(ofFile path: String) -> String? {
        let prefix = FileStatus.resolved(root) + "/"
        let resolved = FileStatus.resolved(path)
        guard resolved.hasPrefix(prefix), resolved.hasSuffix(".yaml") else { return nil }
        return String(resolved.dropFirst(prefix.count).dropLast(".yaml".count))
    }

    private func unknown(_ kind: String, _ name: String, _ ids: [String], _ list: String) -> ArgusError {
        // People often forget the domain or misspell a part of it: compare names without the domain as well.
        let tail = { (id: String) in id.split(separator: "/").last.map(String.init) ?? id }
        let nearTail = nearestName(to: tail(name), in: ids.map(tail))
        let nearest = nearestName(to: name, in: ids) ?? ids.first { tail($0) == nearTail }
        return ArgusError(
            .configuration, "unknown \(kind)", at: root, found: "'\(name)'",
            expected: ids.isEmpty ? "a \(kind)'s file (there are none here)" : "an id or a .yaml file's path",
            remedy: nearest.map { "'\($0)', or '\(list)'" } ?? "'\(list)'")
    }

    /// Paths of .yaml files relative to the root without the ending, sorted; hidden files and folders are skipped.
    private func files(below folder: String) throws(ArgusError) -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: "\(root)/\(folder)")
        } catch {
            throw ArgusError(
                .file, "cannot read folder", at: "\(root)/\(folder)", found: FileStatus.failure("\(root)/\(folder)"),
                expected: "a readable folder")
        }
        var found: [String] = []
        for name in names where !name.hasPrefix(".") {
            switch FileStatus("\(root)/\(folder)\(name)")?.kind {
            // The limit ends loops of symbolic links.
            case .folder where folder.count { $0 == "/" } < 8: found += try files(below: "\(folder)\(name)/")
            case .regular where name.hasSuffix(".yaml"): found.append(folder + name.dropLast(".yaml".count))
            default: break
            }
        }
        return found.sorted()
    }
}
