import Foundation
import Glibc

/// Asks a library what it contains, in a child process: whatever the library does when it is loaded, it does there.
struct PluginScan: Sendable {
    /// Path of `argus-env-runner`.
    let runner: String
    /// Seconds.
    let limit: Double

    /// The largest output that is taken, in bytes.
    private static let outputLimit = 1_000_000

    /// Runs `argus-env-runner --describe LIBRARY` and reads the manifest that it prints.
    ///
    /// - Throws: ``ArgusError`` (plugin) that names the library and says how the child ended, with the last lines that it
    ///   wrote to standard error.
    func describe(_ library: String) throws(ArgusError) -> PluginManifest {
        guard access(runner, X_OK) == 0 else {
            throw ArgusError(
                .plugin, "cannot look into plugin", at: library, found: "no manifest beside it, and no \(runner)",
                expected: "the program argus-env-runner", remedy: "building the whole package")
        }
        let child = try ScanChild(runner, arguments: ["--describe", library], library: library)
        let outcome = child.wait(limit: limit, outputLimit: PluginScan.outputLimit)
        let words = PluginScan.lastLines(child.standardError)
        switch outcome {
        case .exited(0):
            let text = String(decoding: child.standardOutput, as: UTF8.self)
            return try PluginManifest.read(text: text, file: "output of argus-env-runner --describe \(library)")
        case .exited(let status):
            if let error = PluginScan.error(in: words), error.place.contains(library) { throw error }
            throw failure(library, words.isEmpty ? "exit status \(status)" : words)
        case .signalled(let signal):
            throw failure(
                library, "a crash (\(PluginScan.name(ofSignal: signal)))" + (words.isEmpty ? "" : ": \(words)"))
        case .timedOut:
            throw failure(library, "no answer within \(limit) s" + (words.isEmpty ? "" : ": \(words)"))
        case .flooded:
            throw failure(library, "more than \(PluginScan.outputLimit) bytes of output")
        }
    }

    /// The runner's own error, `WHAT (WHERE): found X, expected Y. Try Z`, read back so that it is not wrapped in another.
    private static func error(in words: String) -> ArgusError? {
        guard let found = words.range(of: "): found "), let place = words.range(of: " ("),
            place.upperBound < found.lowerBound,
            let expected = words.range(of: ", expected ", options: .backwards), found.upperBound <= expected.lowerBound
        else { return nil }
        let rest = words[expected.upperBound...]
        let remedy = rest.range(of: ". Try ")
        return ArgusError(
            .plugin, String(words[..<place.lowerBound]), at: String(words[place.upperBound..<found.lowerBound]),
            found: String(words[found.upperBound..<expected.lowerBound]),
            expected: String(rest[..<(remedy?.lowerBound ?? rest.endIndex)]),
            remedy: remedy.map { String(rest[$0.upperBound...]) })
    }

    private func failure(_ library: String, _ found: String) -> ArgusError {
        ArgusError(
            .plugin, "cannot look into plugin", at: library, found: found, expected: "a plugin that describes itself")
    }

    /// The end of what the child said, on one line.
    private static func lastLines(_ bytes: [UInt8]) -> String {
        let lines = String(decoding: bytes.suffix(4096), as: UTF8.self).split(whereSeparator: \.isNewline)
        var kept = lines.suffix(5).map { $0.trimmingCharacters(in: .whitespaces) }
        // Our own runner's last line is the whole truth.
        if let last = kept.last, last.hasPrefix("error: ") { kept = [String(last.dropFirst("error: ".count))] }
        var text = kept.joined(separator: " | ")
        while text.hasSuffix(".") { text.removeLast() }
        return text
    }

    private static func name(ofSignal signal: Int32) -> String {
        let names = [
            SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGILL: "SIGILL", SIGKILL: "SIGKILL",
            SIGSEGV: "SIGSEGV", SIGTERM: "SIGTERM", SIGTRAP: "SIGTRAP", SIGSYS: "SIGSYS", SIGINT: "SIGINT",
        ]
        return names[signal] ?? "signal \(signal)"
    }
}

/// One child process whose output goes to unnamed files, so that it never blocks on a full pipe.
private final class ScanChild {
    enum Outcome {
        case exited(Int32)
        case signalled(Int32)
        case timedOut, flooded
    }

    private var identifier: pid_t = 0
    private let output: Int32
    private let errors: Int32

    init(_ program: String, arguments: [String], library: String) throws(ArgusError) {
        output = ScanChild.unnamedFile()
        errors = ScanChild.unnamedFile()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, errors, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own, so that whatever the library starts ends with it.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var environment = ProcessInfo.processInfo.environment
        // A backtrace takes seconds and would push the reason out of the last lines.
        if environment["SWIFT_BACKTRACE"] == nil { environment["SWIFT_BACKTRACE"] = "enable=no" }
        let argv = ([program] + arguments).map { strdup($0) } + [nil]
        let envp = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        let status =
            output < 0 || errors < 0 ? errno : posix_spawn(&identifier, program, &actions, &attributes, argv, envp)
        guard status == 0 else {
            throw ArgusError(
                .plugin, "cannot look into plugin", at: library,
                found: "\(program) does not start: \(String(cString: strerror(status)).lowercased())",
                expected: "a child process")
        }
    }

    deinit {
        close(output)
        close(errors)
    }

    func wait(limit: Double, outputLimit: Int) -> Outcome {
        let deadline = ContinuousClock.now + .seconds(limit)
        while true {
            var status: Int32 = 0
            let ended = waitpid(identifier, &status, WNOHANG)
            if ended == identifier {
                // The wait status: low seven bits are the signal, the next byte the exit status.
                return status & 0x7F == 0 ? .exited((status >> 8) & 0xFF) : .signalled(status & 0x7F)
            }
            if ended < 0, errno != EINTR { return .exited(-1) }
            let isFlooded = ScanChild.size(output) > outputLimit || ScanChild.size(errors) > outputLimit
            if isFlooded || ContinuousClock.now >= deadline {
                kill(-identifier, SIGKILL)
                kill(identifier, SIGKILL)
                waitpid(identifier, &status, 0)
                return isFlooded ? .flooded : .timedOut
            }
            usleep(2_000)
        }
    }

    var standardOutput: [UInt8] { ScanChild.content(output) }
    var standardError: [UInt8] { ScanChild.content(errors) }

    private static func unnamedFile() -> Int32 {
        let folder = FileManager.default.temporaryDirectory.path
        var template = Array("\(folder)/argus-scan-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { return descriptor }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    private static func size(_ descriptor: Int32) -> Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    private static func content(_ descriptor: Int32) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: size(descriptor))
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return Array(bytes.prefix(max(0, count)))
    }
}
