import Foundation

/// A plugin's library as a peer of the host that started this process.
public enum IsolatedLibrary {
    /// Serves all environments of a library until the host is gone.
    ///
    /// - Throws: ``ArgusError`` when there is no host, or the library cannot be loaded.
    public static func serve(_ path: String) throws {
        guard let endpoint = ProcessInfo.processInfo.environment["ARGUS_ENDPOINT"], !endpoint.isEmpty else {
            throw ArgusError(
                .peer, "no host to serve", at: "ARGUS_ENDPOINT", found: "nothing", expected: "the address of the host",
                remedy: "'placement: isolated' in a scenario's file, which starts this process")
        }
        StandardInput.whenItEnds { exit(0) }
        let server = try PeerServer(environmentsOf: try PluginLibrary(path: path), .connect(endpoint))
        try server.run()
    }
}
