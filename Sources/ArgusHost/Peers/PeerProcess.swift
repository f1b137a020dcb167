import Foundation
import Glibc

/// The child process of a peer that the host starts, with the end of what it wrote.
final class PeerProcess {
    private let child: ChildProcess
    private var lines: [String] = []
    private static let keptLines = 12
    /// Set to see what peers print, such as while writing one.
    private static let showsOutput = ProcessInfo.processInfo.environment["ARGUS_PEER_OUTPUT"] == "1"

    /// - Parameters: `arguments`: the program and its arguments; `endpoint`: where it connects to.
    init(_ arguments: [String], endpoint: String) throws(ArgusError) {
        child = try ChildProcess(
            arguments[0], Array(arguments.dropFirst()), errors: .withOutput,
            environment: PeerSettings.environment(endpoint: endpoint))
    }

    deinit { end() }

    var identifier: pid_t { child.identifier }

    /// How it ended; nil while it runs.
    func ending() -> ChildProcess.Ending? { child.ending() }

    /// Takes what it has written since the last call, so that it never waits for a full pipe while it is waited for.
    func readOutput() {
        let new = child.readLines().map {
            String(decoding: $0.prefix(400), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        if PeerProcess.showsOutput {
            for line in new where !line.isEmpty { Warning.note("[\(child.identifier)] \(line)") }
        }
        lines = Array((lines + new.filter { !$0.isEmpty }).suffix(PeerProcess.keptLines))
    }

    func lastLines() -> [String] {
        readOutput()
        return Array(lines.suffix(4))
    }

    /// `R`, `S`, `T`, … as the system has it.
    var state: Character? {
        guard let text = try? String(contentsOfFile: "/proc/\(child.identifier)/stat", encoding: .utf8),
            let end = text.range(of: ") ", options: .backwards)
        else { return nil }
        return text[end.upperBound...].first
    }

    /// True when it, or one that it started, is stopped by a signal.
    var isStopped: Bool {
        if state == "T" { return true }
        // A shell between waits for the program that it started.
        let path = "/proc/\(child.identifier)/task/\(child.identifier)/children"
        guard let children = try? String(contentsOfFile: path, encoding: .utf8) else { return false }
        return children.split(separator: " ").contains { child in
            let text = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? ""
            return text.range(of: ") ", options: .backwards).flatMap { text[$0.upperBound...].first } == "T"
        }
    }

    /// Waits this long for it to end by itself.
    func wait(seconds: Double) -> ChildProcess.Ending? {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while true {
            if let ending = child.ending() { return ending }
            if ContinuousClock.now >= deadline { return nil }
            usleep(2000)
        }
    }

    /// Ends it and all that it started.
    func end() {
        child.send(SIGKILL)
        _ = wait(seconds: 2)
        if PeerProcess.showsOutput { readOutput() }
    }
}
