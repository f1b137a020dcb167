import ArgusEnvAPI
import CArgusEnv
import Foundation
import Synchronization

/// Every plugin on the search path, and which library an environment comes from. Opens no library in this process.
///
/// What a library contains is taken from the manifest beside it if that was written for this very file; else from the
/// cache; else the library is asked in a child process. All is looked up once and kept.
public final class PluginCatalog: Sendable {
    /// A library and what it contains.
    public struct Plugin: Sendable, Hashable {
        public let library: String
        public let manifest: PluginManifest
        /// The place of its folder on the search path.
        let rank: Int
    }

    private let searchPath: PluginSearchPath
    private let scan: PluginScan
    private let cache: ManifestCache
    private let known = Mutex<[String: Result<PluginManifest, ArgusError>]>([:])

    /// - Parameters:
    ///   - runner: path of `argus-env-runner`; by default beside the executable.
    ///   - scanLimit: seconds that a library has to describe itself.
    ///   - environment: environment variables for the search path and the cache's folder; nil: this process's.
    public init(
        searchPath: PluginSearchPath? = nil, runner: String? = nil, scanLimit: Double = 30,
        environment: [String: String]? = nil
    ) {
        let environment = environment ?? ProcessInfo.processInfo.environment
        self.searchPath = searchPath ?? PluginSearchPath(environment: environment)
        let beside = "\(ExecutableFolder.path ?? ".")/argus-env-runner"
        scan = PluginScan(runner: runner ?? beside, limit: scanLimit)
        cache = ManifestCache(environment: environment)
    }

    /// Every plugin that can be described, in the order of the search path, and what is wrong with the others.
    ///
    /// - Throws: ``ArgusError`` (plugin) when `ARGUS_PLUGIN_PATH` names something that is not there.
    public func plugins() throws(ArgusError) -> (plugins: [Plugin], problems: [ArgusError]) {
        try plugins { _ in true }
    }

    /// All environments, each id once (the first on the search path), in the order of the search path.
    ///
    /// - Throws: ``ArgusError`` (plugin) for the first library that cannot be described, and for two libraries in one folder
    ///   that offer the same id.
    public func environments() throws(ArgusError) -> [(manifest: EnvironmentManifest, library: String)] {
        let (plugins, problems) = try plugins()
        if let problem = problems.first { throw problem }
        var found: [(manifest: EnvironmentManifest, library: String)] = []
        for plugin in plugins {
            for environment in plugin.manifest.environments {
                let id = environment.descriptor.id
                if found.contains(where: { $0.manifest.descriptor.id == id }) { continue }
                try refuseAmbiguity(id, plugins, rank: plugin.rank)
                found.append((environment, plugin.library))
            }
        }
        return found
    }

    /// The library that an environment comes from. Plugins that are broken do not matter as long as another one has it.
    ///
    /// - Throws: ``ArgusError`` (plugin) when no library has it (with the nearest id, or with what is wrong with a library
    ///   that might have had it), or two in the same folder do.
    public func library(for environment: String) throws(ArgusError) -> (path: String, manifest: PluginManifest) {
        let offers = { (plugin: Plugin) in
            plugin.manifest.environments.contains { $0.descriptor.id == environment }
        }
        // Folder by folder, so that those behind the right one are not even looked at.
        let (plugins, problems) = try plugins { !$0.contains(where: offers) }
        if let plugin = plugins.first(where: offers) {
            try refuseAmbiguity(environment, plugins, rank: plugin.rank)
            return (plugin.library, plugin.manifest)
        }
        if let problem = problems.first { throw problem }
        let ids = plugins.flatMap { $0.manifest.environments.map(\.descriptor.id) }
        throw ArgusError(
            .plugin, "unknown environment", at: "plugins in \(searchPath.description)", found: "'\(environment)'",
            expected: ids.isEmpty ? "at least one plugin" : "one of \(ids.sorted().joined(separator: ", "))",
            remedy: nearestName(to: environment, in: ids).map { "'\($0)'" }
                ?? "setting ARGUS_PLUGIN_PATH to the folder of its library")
    }

    /// The manifest of one environment; errors as for ``library(for:)``.
    public func environment(_ id: String) throws(ArgusError) -> EnvironmentManifest {
        let found = try library(for: id)
        guard let manifest = found.manifest.environments.first(where: { $0.descriptor.id == id }) else {
            throw ArgusError(.plugin, "unknown environment", at: found.path, found: "none", expected: "'\(id)'")
        }
        return manifest
    }

    // MARK: Details

    /// Describes plugins folder by folder while `goOn` (asked with all plugins so far) says so.
    private func plugins(
        while goOn: ([Plugin]) -> Bool
    ) throws(ArgusError) -> (plugins: [Plugin], problems: [ArgusError]) {
        var plugins: [Plugin] = []
        var problems: [ArgusError] = []
        var rank: Int?
        for candidate in try searchPath.candidates() {
            if candidate.rank != rank, !goOn(plugins) { break }
            rank = candidate.rank
            switch manifest(of: candidate) {
            case .success(let manifest):
                plugins.append(Plugin(library: candidate.library, manifest: manifest, rank: candidate.rank))
            case .failure(let problem): problems.append(problem)
            }
        }
        return (plugins, problems)
    }

    private func refuseAmbiguity(_ id: String, _ plugins: [Plugin], rank: Int) throws(ArgusError) {
        let libraries = plugins.filter { plugin in
            plugin.rank == rank && plugin.manifest.environments.contains { $0.descriptor.id == id }
        }
        guard libraries.count > 1 else { return }
        throw ArgusError(
            .plugin, "environment in two plugins", at: "environment '\(id)'",
            found: libraries.map(\.library).joined(separator: " and "), expected: "one library a folder that offers it",
            remedy: "removing one of them, or naming the other in ARGUS_PLUGIN_PATH")
    }

    private func manifest(of candidate: PluginSearchPath.Candidate) -> Result<PluginManifest, ArgusError> {
        if let result = known.withLock({ $0[candidate.library] }) { return result }
        let result: Result<PluginManifest, ArgusError>
        do throws(ArgusError) {
            result = .success(try load(candidate))
        } catch {
            result = .failure(error)
        }
        known.withLock { $0[candidate.library] = result }
        return result
    }

    private func load(_ candidate: PluginSearchPath.Candidate) throws(ArgusError) -> PluginManifest {
        let library = candidate.library
        guard let status = FileStatus(library) else {
            throw ArgusError(
                .plugin, "cannot read plugin", at: library, found: FileStatus.failure(library), expected: "a library")
        }
        if let path = candidate.manifest {
            let manifest = try PluginManifest.read(path: path)
            if try isCurrent(manifest, path, library, status) { return try checked(manifest, path) }
        }
        let hash = try Fingerprint.file(library)
        var manifest: PluginManifest
        if let cached = cache.manifest(hash: hash, size: status.size) {
            manifest = cached
        } else {
            manifest = try scan.describe(library)
            manifest.libraryHash = hash
            manifest.librarySize = status.size
            cache.store(manifest)
        }
        manifest.library = PluginManifest.fileName(of: library)
        return try checked(manifest, library)
    }

    /// Whether a manifest was written for this library as it is now. A library that is older than its manifest and has the
    /// right size is not read.
    private func isCurrent(
        _ manifest: PluginManifest, _ path: String, _ library: String, _ status: FileStatus
    ) throws(ArgusError) -> Bool {
        guard manifest.library == PluginManifest.fileName(of: library), manifest.librarySize == status.size else {
            return false
        }
        if let written = FileStatus(path)?.modified, written >= status.modified { return true }
        return try Fingerprint.file(library) == manifest.libraryHash
    }

    private func checked(_ manifest: PluginManifest, _ place: String) throws(ArgusError) -> PluginManifest {
        guard manifest.abiMajor == Int(ARGUS_ABI_MAJOR) else {
            throw ArgusError(
                .plugin, "plugin of another major version", at: place, found: "major version \(manifest.abiMajor)",
                expected: "\(ARGUS_ABI_MAJOR)", remedy: "building it against this host's argus_env.h")
        }
        return manifest
    }
}
