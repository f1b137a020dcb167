import Foundation

/// The Python that has the packages which this module's results are compared with.
enum Oracle {
    /// Whether the run is the opt-in one with many more cases.
    static let isLong = ProcessInfo.processInfo.environment["ARGUS_LONG"] == "1"

    /// `script/test` sets it.
    static let python = ProcessInfo.processInfo.environment["ARGUS_PYTHON"]

    /// Whether that Python has all of these modules.
    static func has(_ modules: String...) -> Bool {
        guard python != nil else { return false }
        let program =
            "import importlib.util, sys; sys.exit(any(importlib.util.find_spec(m) is None for m in sys.argv[1:]))"
        return (try? run(["-c", program] + modules)) != nil
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs a script of the folder `Reference`.
    @discardableResult
    static func run(script: String, _ arguments: [String]) throws -> Data {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Reference")
        return try run([folder.appending(path: script).path] + arguments)
    }

    @discardableResult
    private static func run(_ arguments: [String]) throws -> Data {
        guard let python else { throw Failure(description: "ARGUS_PYTHON is not set") }
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        // A file rather than a pipe, which a talkative program would fill while nobody reads it.
        let messages = FileManager.default.temporaryDirectory.appending(path: "argus-models-\(UUID().uuidString).log")
        _ = FileManager.default.createFile(atPath: messages.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: messages) }
        process.standardError = try FileHandle(forWritingTo: messages)
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let text = (try? String(contentsOf: messages, encoding: .utf8)) ?? ""
            throw Failure(
                description: "\(arguments.prefix(2).joined(separator: " ")): status \(process.terminationStatus): "
                    + text.suffix(2000))
        }
        return data
    }

    /// Calls `body` with an empty folder, which is removed afterwards.
    static func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "argus-language-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }
}
