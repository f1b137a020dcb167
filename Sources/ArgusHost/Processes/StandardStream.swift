import Synchronization

/// Standard output and standard error, written at once and unbuffered.
public enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    private static let resultProblem = Atomic<Int32>(0)

    /// Writes progress or words. What cannot be written is lost: a reader that went away, or a disk that is full, ends no run.
    public func write(_ text: String) { _ = writeAll(text) }

    /// Writes what a command was asked for to standard output. That it was lost is told when the command ends.
    public static func writeResult(_ text: String) {
        let problem = output.writeAll(text)
        if problem != 0 { resultProblem.store(problem, ordering: .relaxed) }
    }

    /// The error number of a result that could not be written; 0 when there is none.
    public static var lostResult: Int32 { resultProblem.load(ordering: .relaxed) }

    private func writeAll(_ text: String) -> Int32 {
        var text = text
        return text.withUTF8 { AtomicFile.writeAll(UnsafeRawBufferPointer($0), to: rawValue) }
    }
}
