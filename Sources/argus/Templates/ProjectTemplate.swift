import ArgusHost
import Foundation

/// A folder of `Templates/`: plain files, in whose names and contents placeholders stand for the project's names.
///
/// | placeholder | stands for |
/// |---|---|
/// | `__NAME__`, `__id__`, `__Type__`, `__module__` | the forms of ``ProjectName`` |
/// | `__argus_swift__` | the path of ArgusOrch in a Swift string literal |
/// | `__argus_make__`, `__argus_shell__`, `__argus_url__` | the same in a makefile, as a word of the shell, as a URL |
struct ProjectTemplate {
    private let language: ProjectLanguage
    private let repository: RepositoryFolder
    private let root: String
    /// Paths below `root`, sorted.
    private let files: [String]

    /// - Throws: ``ArgusError`` where the template is missing.
    init(language: ProjectLanguage, repository: RepositoryFolder) throws(ArgusError) {
        self.language = language
        self.repository = repository
        root = "\(repository.path)/Templates/\(language.rawValue)"
        let found = (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []
        var files: [String] = []
        for path in found where !Self.isBuildProduct(path) {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: "\(root)/\(path)", isDirectory: &isFolder) else { continue }
            if !isFolder.boolValue { files.append(path) }
        }
        guard !files.isEmpty else {
            throw ArgusError(
                .file, "no template", at: root, found: "no files", expected: "the templates of ArgusOrch",
                remedy: "ARGUS_HOME, or --argus, with the folder of a complete clone")
        }
        self.files = files.sorted()
    }

    /// What somebody who tried a template in its place has left there.
    private static func isBuildProduct(_ path: String) -> Bool {
        path.split(separator: "/").contains { part in
            part == "__pycache__" || part.hasPrefix(".") && part != ".gitignore" || part.hasSuffix(".so")
        }
    }

    /// Writes the project; returns the paths of its files, sorted.
    ///
    /// - Throws: ``ArgusError`` for a folder that is not empty, and when reading or writing fails.
    func write(_ name: ProjectName, to folder: String) throws(ArgusError) -> [String] {
        try requireEmpty(folder)
        let placeholders = [
            "__NAME__": name.name, "__id__": name.id, "__Type__": name.type, "__module__": name.module,
            "__argus_swift__": repository.swiftLiteral, "__argus_make__": repository.makeWord,
            "__argus_shell__": repository.path.shellWord, "__argus_url__": repository.url,
        ]
        // Read all first: what cannot be read must not leave half a project behind.
        var contents: [(path: String, text: String)] = []
        for file in files {
            let path = Self.filled(file, placeholders)
            let text = Self.filled(try read("\(root)/\(file)"), placeholders)
            contents.append((path, path.hasSuffix(".swift") ? Self.withSortedImports(text) : text))
        }
        for copy in language.copies {
            contents.append((copy.target, try read("\(repository.path)/\(copy.source)")))
        }
        contents.sort { $0.path < $1.path }
        for (path, text) in contents {
            let target = "\(folder)/\(path)"
            try AtomicFile.makeFolder((target as NSString).deletingLastPathComponent)
            try AtomicFile.write(Data(text.utf8), to: target)
        }
        return contents.map(\.path)
    }

    private func requireEmpty(_ folder: String) throws(ArgusError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else { return }
        let content = try? FileManager.default.contentsOfDirectory(atPath: folder)
        guard isFolder.boolValue, let content, content.isEmpty else {
            throw ArgusError(
                .output, "cannot write the project", at: folder,
                found: !isFolder.boolValue ? "a file" : content == nil ? "an unreadable folder" : "a folder with files",
                expected: "a new or empty folder, since nothing is overwritten", remedy: "--out with another folder")
        }
    }

    private func read(_ path: String) throws(ArgusError) -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw ArgusError(
                .file, "cannot read a template", at: path, found: "no readable UTF-8 text", expected: "a text",
                remedy: "a fresh clone of ArgusOrch")
        }
    }

    private static func filled(_ text: String, _ placeholders: [String: String]) -> String {
        placeholders.reduce(text) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
    }

    /// The project's own module stands among other imports, wherever its name belongs in the alphabet.
    private static func withSortedImports(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let isImport = { (line: Substring) in line.hasPrefix("import ") }
        guard let first = lines.firstIndex(where: isImport) else { return text }
        let end = lines[first...].firstIndex { !isImport($0) } ?? lines.endIndex
        lines[first..<end].sort()
        return lines.joined(separator: "\n")
    }
}
