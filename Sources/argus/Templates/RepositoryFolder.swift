import ArgusHost
import Foundation

/// The folder of ArgusOrch that a new project depends on: it has the templates and the plugin boundary's header.
struct RepositoryFolder {
    /// Absolute.
    let path: String

    /// - Parameter given: what `--argus` says; nil: the folder that holds `Scenarios`, by ``ScenarioCatalog/find``.
    /// - Throws: ``ArgusError`` where there is none.
    init(given: String?) throws(ArgusError) {
        guard let given else {
            let scenarios = URL(fileURLWithPath: try ScenarioCatalog.find().root).standardizedFileURL
            path = scenarios.deletingLastPathComponent().path
            return
        }
        path = URL(fileURLWithPath: (given as NSString).expandingTildeInPath).standardizedFileURL.path
        guard FileManager.default.fileExists(atPath: path + "/Package.swift"),
            FileManager.default.fileExists(atPath: path + "/Sources/CArgusEnv")
        else {
            throw ArgusError(
                .configuration, "not a folder of ArgusOrch", at: "--argus", found: "'\(given)'",
                expected: "a folder with Package.swift and Sources/CArgusEnv",
                remedy: "the folder that holds the launcher 'argus'")
        }
    }

    /// The first parts of this installation's scenario ids, which its own environments have; none where there are no
    /// scenarios.
    var domains: Set<String> {
        let ids = (try? ScenarioCatalog(root: path + "/Scenarios").ids()) ?? []
        return Set(ids.compactMap { $0.split(separator: "/").first.map(String.init) })
    }

    /// For a Swift string literal.
    var swiftLiteral: String {
        path.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
    }

    /// For a makefile.
    var makeWord: String {
        path.replacingOccurrences(of: "$", with: "$$").replacingOccurrences(of: "#", with: "\\#")
    }

    /// As a `file:` URL.
    var url: String { URL(fileURLWithPath: path, isDirectory: true).absoluteString.trimmingSuffix("/") }
}

extension String {
    /// The text as one word of a POSIX shell.
    var shellWord: String {
        let plain = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "/._-+,:@%"))
        if !isEmpty, unicodeScalars.allSatisfy(plain.contains) { return self }
        return "'" + replacingOccurrences(of: "'", with: "'\\''") + "'"
    }

    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
