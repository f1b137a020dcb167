public import Foundation
import Glibc

/// A process that is read without blocking and cannot outlive this one unnoticed.
///
/// Its standard input is a pipe whose other end only this process holds: however this process ends, SIGKILL included,
/// the child reads the end of its input. It has a process group of its own, so that Ctrl-C at a terminal reaches it once,
/// through us.
public final class ChildProcess {
    /// Where its standard error goes.
    public enum Errors: Sendable {
        /// Appended to a file.
        case file(String)
        /// To where its standard output goes.
        case withOutput
    }

    private static let starting = NSLock()

    public let identifier: pid_t
    private let input: Int32
    private let output: Int32
    private var unfinishedLine = Data()
    private var status: Int32?

    /// - Parameters: `errors`: where its standard error goes; `environment`: variables besides this process's own.
    /// - Throws: ``ArgusError`` (output) when the process cannot be started.
    public init(
        _ executable: String, _ arguments: [String], errors: Errors, environment: [String: String] = [:]
    ) throws(ArgusError) {
        func refused(_ code: Int32) -> ArgusError {
            ArgusError(
                .output, "cannot start a process", at: executable, found: String(cString: strerror(code)).lowercased(),
                expected: "a program that can be run")
        }
        // One at a time, so that no sibling is started before these ends are closed to it.
        ChildProcess.starting.lock()
        defer { ChildProcess.starting.unlock() }
        var inputEnds: [Int32] = [-1, -1]
        var outputEnds: [Int32] = [-1, -1]
        guard pipe(&inputEnds) == 0 else { throw refused(errno) }
        guard pipe(&outputEnds) == 0 else {
            let code = errno
            for end in inputEnds { close(end) }
            throw refused(code)
        }
        for end in inputEnds + outputEnds { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, inputEnds[0], 0)
        posix_spawn_file_actions_adddup2(&actions, outputEnds[1], 1)
        switch errors {
        case .file(let log): posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        case .withOutput: posix_spawn_file_actions_adddup2(&actions, outputEnds[1], 2)
        }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A shell that starts us in the background has interrupts ignored; the child must hear them.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for signal in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&defaults, signal) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) }
        words.append(nil)
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var settings: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") }
        settings.append(nil)
        defer { for word in words + settings { free(word) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, executable, &actions, &attributes, words, settings)
        close(inputEnds[0])
        close(outputEnds[1])
        guard code == 0 else {
            close(inputEnds[1])
            close(outputEnds[0])
            throw refused(code)
        }
        _ = fcntl(outputEnds[0], F_SETFL, O_NONBLOCK)
        identifier = child
        input = inputEnds[1]
        output = outputEnds[0]
    }

    deinit {
        close(input)
        close(output)
    }

    /// What to wait on for more output.
    public var outputDescriptor: Int32 { output }

    /// Whole lines written since the last call, without waiting.
    public func readLines() -> [Data] {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(output, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            unfinishedLine.append(contentsOf: buffer[..<count])
        }
        var lines = unfinishedLine.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // A line without end that grows for ever is no progress.
        unfinishedLine = Data((lines.popLast() ?? Data()).prefix(1 << 20))
        return lines
    }

    /// How the process ended; nil while it runs.
    public func ending() -> Ending? {
        if let status { return Ending(status) }
        var found: Int32 = 0
        let result = waitpid(identifier, &found, WNOHANG)
        guard result != 0 else { return nil }
        // Somebody else has collected it: the status is lost, so its result must speak.
        status = result == identifier ? found : 0
        return Ending(status ?? 0)
    }

    /// Sends a signal to the process and its descendants.
    public func send(_ signal: Int32) {
        // After its end has been collected, the number may belong to another process.
        guard status == nil else { return }
        if kill(-identifier, signal) != 0 { kill(identifier, signal) }
    }

    public enum Ending: Sendable, Hashable {
        case exited(Int32)
        case killed(Int32)

        init(_ status: Int32) {
            let signal = status & 0x7f
            self = signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal)
        }

        public var words: String {
            switch self {
            case .exited(let status): "ended with status \(status)"
            case .killed(SIGKILL): "was killed (signal 9; perhaps memory ran out)"
            case .killed(let signal):
                "was killed by signal \(signal) (\(String(cString: strsignal(signal)).lowercased()))"
            }
        }
    }
}
