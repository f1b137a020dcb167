import Foundation

/// Manifests of libraries that have none beside them, so that each library is scanned once:
/// `${XDG_CACHE_HOME:-~/.cache}/argus/manifests/HASH.yaml`.
///
/// Only a convenience: whatever goes wrong here, the library is scanned again.
struct ManifestCache: Sendable, Hashable {
    /// Nil: nothing is kept.
    let folder: String?

    init(folder: String?) { self.folder = folder }

    init(environment: [String: String]) {
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
            folder = cache + "/argus/manifests"
        } else if let home = environment["HOME"], home.hasPrefix("/") {
            folder = home + "/.cache/argus/manifests"
        } else {
            folder = nil
        }
    }

    /// The manifest of the library with this size and hash.
    func manifest(hash: String, size: Int) -> PluginManifest? {
        guard let path = path(hash), let manifest = try? PluginManifest.read(path: path),
            manifest.libraryHash == hash, manifest.librarySize == size
        else { return nil }
        return manifest
    }

    func store(_ manifest: PluginManifest) {
        guard let folder, let path = path(manifest.libraryHash), let text = try? manifest.yaml() else { return }
        try? FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        // Atomic: another process may be reading.
        try? Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private func path(_ hash: String) -> String? {
        folder.map { "\($0)/\(hash.split(separator: ":").last ?? "unknown").yaml" }
    }
}
