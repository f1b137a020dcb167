import ArgusHost
import Foundation
import Glibc

/// The files of a run's folder, as far as a suite and a report read and write them.
enum RunFiles {
    static func evaluations(in folder: String) -> [EvaluationRecord] {
        JSONLines.read(EvaluationRecord.self, path: RunDirectory.evaluationsPath(in: folder))
    }

    /// Whether the episodes that a result is of can be read.
    static func hasAbsoluteMetric(in folder: String, mode: String) -> Bool {
        // The last line of a run that is done, or the one before.
        JSONLines.last(EvaluationRecord.self, path: RunDirectory.evaluationsPath(in: folder)) { record in
            record.purpose == EvaluationSeeds.absolute.name && record.mode == mode
        } != nil
    }

    /// Why the last attempt at a job failed; nil when it did not.
    static func failure(in folder: String) -> String? {
        guard let data = FileManager.default.contents(atPath: failurePath(folder)) else { return nil }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Keeps a job's failure for later reports. A disk that is full must not hide the failure itself.
    static func record(failure: String, in folder: String) {
        try? AtomicFile.makeFolder(folder)
        try? AtomicFile.write(Data((failure + "\n").utf8), to: failurePath(folder))
    }

    /// What is done anew is not done until it is.
    static func removeResult(in folder: String) { try? FileManager.default.removeItem(atPath: folder + "/result.json") }

    static func removeFailure(in folder: String) { try? FileManager.default.removeItem(atPath: failurePath(folder)) }

    /// Whether a process still writes the folder, as the one of a run that was killed a moment ago may.
    static func isLocked(_ folder: String) -> Bool {
        let file = open(folder + "/.lock", O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        return flock(file, LOCK_EX | LOCK_NB) != 0
    }

    private static func failurePath(_ folder: String) -> String { folder + "/failure.txt" }
}
