import Foundation

/// Where plugin libraries are looked for, and which files there are taken for plugins.
///
/// In this order: each folder or `.so` file in `ARGUS_PLUGIN_PATH` (separated by `:`), the executable's folder, its
/// `plugins` subfolder. In folders that the user names every `*.so` counts; beside the executable only a `lib*.so` that
/// has a manifest or exports a plugin's entry, because other libraries live there too.
public struct PluginSearchPath: Sendable, Hashable {
    /// A file that may be a plugin library.
    public struct Candidate: Sendable, Hashable {
        /// Path of the library.
        public let library: String
        /// The folder that it was found in, as a number that grows along the search path.
        public let rank: Int

        /// The manifest beside it, if there is one.
        var manifest: String? {
            let path = PluginManifest.path(ofLibrary: library)
            return FileStatus.isRegular(path) ? path : nil
        }
    }

    /// What the user named in `ARGUS_PLUGIN_PATH`: folders and files, made absolute (a library's path without a folder
    /// would be looked for in the system's folders when it is loaded).
    public let named: [String]
    /// The executable's folder, and its `plugins`.
    public let ownFolders: [String]

    public init(named: [String], ownFolders: [String]) {
        self.named = named.map { URL(fileURLWithPath: $0).path }
        self.ownFolders = ownFolders
    }

    /// The search path of this process, or that of other environment variables.
    public init(
        environment: [String: String]? = nil,
        executableFolder: String? = ExecutableFolder.path
    ) {
        let environment = environment ?? ProcessInfo.processInfo.environment
        self.init(
            named: (environment["ARGUS_PLUGIN_PATH"] ?? "").split(separator: ":").map(String.init),
            ownFolders: executableFolder.map { [$0, $0 + "/plugins"] } ?? [])
    }

    /// All candidates in the order of the search path, within a folder by name; a file that is reached twice (also
    /// through links) counts at its first place.
    ///
    /// - Throws: ``ArgusError`` (plugin) when something that `ARGUS_PLUGIN_PATH` names is missing or no `.so`.
    public func candidates() throws(ArgusError) -> [Candidate] {
        var found: [Candidate] = []
        var seen: Set<String> = []
        func add(_ library: String, _ rank: Int) {
            if seen.insert(FileStatus.resolved(library)).inserted {
                found.append(Candidate(library: library, rank: rank))
            }
        }
        for (rank, path) in named.enumerated() {
            switch FileStatus(path)?.kind {
            case .regular where path.hasSuffix(".so"): add(path, rank)
            case .folder:
                for name in PluginSearchPath.libraries(in: path) { add("\(path)/\(name)", rank) }
            case let kind:
                throw ArgusError(
                    .plugin, "bad plugin path", at: "ARGUS_PLUGIN_PATH",
                    found: "'\(path)': \(kind.map { "\($0)" } ?? FileStatus.failure(path))",
                    expected: "folders and .so files separated by ':'")
            }
        }
        for (index, folder) in ownFolders.enumerated() {
            for name in PluginSearchPath.libraries(in: folder) where name.hasPrefix("lib") {
                let candidate = Candidate(library: "\(folder)/\(name)", rank: named.count + index)
                if candidate.manifest != nil || PluginEntryScan.mayExportEntry(candidate.library) {
                    add(candidate.library, candidate.rank)
                }
            }
        }
        return found
    }

    /// Where was looked, for messages.
    var description: String { (named + ownFolders).joined(separator: ", ") }

    private static func libraries(in folder: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".so") && FileStatus.isRegular("\(folder)/\($0)") }.sorted()
    }
}
