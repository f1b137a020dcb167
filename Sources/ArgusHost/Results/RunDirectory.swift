import Foundation
import Glibc

/// The folder of one run: `run.json`, `metrics.jsonl`, `evaluations.jsonl`, `checkpoint/`, and last `result.json`.
///
/// Holds a lock on the folder while it lives, so that two processes never write one run.
public final class RunDirectory {
    public let path: String
    private let lock: Int32

    /// Makes the folder if need be and locks it.
    ///
    /// - Throws: ``ArgusError`` (output) when it cannot be written or another process has it.
    public init(_ path: String) throws(ArgusError) {
        self.path = path
        try AtomicFile.makeFolder(path)
        let lockPath = path + "/.lock"
        let file = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw AtomicFile.failed(lockPath, errno) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            close(file)
            throw ArgusError(
                .output, "run folder is in use", at: path, found: "another process that writes it",
                expected: "one process a run", remedy: "waiting for it, or another --out")
        }
        lock = file
    }

    deinit { close(lock) }

    public var manifestPath: String { path + "/run.json" }
    public var metricsPath: String { path + "/metrics.jsonl" }
    public var evaluationsPath: String { RunDirectory.evaluationsPath(in: path) }
    public var checkpointFolder: String { path + "/checkpoint" }
    public var resultPath: String { path + "/result.json" }

    /// Where a run in `folder` keeps every episode of its evaluations.
    public static func evaluationsPath(in folder: String) -> String { folder + "/evaluations.jsonl" }
    /// Where a training in `folder` keeps what it goes on from.
    public static func checkpointPath(in folder: String) -> String { folder + "/checkpoint/last.safetensors" }
    /// Where a training in `folder` keeps the best policy so far.
    public static func bestPolicyPath(in folder: String) -> String { folder + "/checkpoint/best.safetensors" }
    /// The policy that `run:FOLDER` plays, also of a folder that holds the policy alone; nil where there is none.
    public static func policyPath(in folder: String) -> String? {
        [bestPolicyPath(in: folder), folder + "/best.safetensors"].first { FileManager.default.fileExists(atPath: $0) }
    }

    /// Refuses a folder without a name, which would be the root of the disk.
    public static func requireName(_ folder: String?, option: String) throws(ArgusError) {
        guard folder != "" else {
            throw ArgusError(
                .configuration, "no folder", at: option, found: "''", expected: "the name of a folder")
        }
    }

    /// Refuses the folder of a suite: what is written there would be taken for one of its results.
    public static func requireNoSuite(at folder: String) throws(ArgusError) {
        guard !FileManager.default.fileExists(atPath: folder + "/suite.json") else {
            throw ArgusError(
                .output, "folder holds a suite", at: folder, found: "a suite.json", expected: "a folder for one run",
                remedy: "another --out")
        }
    }

    public func write(_ manifest: RunManifest) throws(ArgusError) { try RunDirectory.write(manifest, manifestPath) }
    public func write(_ result: RunResult) throws(ArgusError) { try RunDirectory.write(result, resultPath) }

    /// The result, if the run is done.
    public static func result(at path: String) -> RunResult? { read(RunResult.self, path + "/result.json") }
    /// What the run was asked for, in this version's terms. Nil when there is none or it cannot be read.
    public static func manifest(at path: String) -> RunManifest? {
        read(RunManifest.self, path + "/run.json")?.withLaterHyperparameters
    }

    private static func read<Value: Decodable>(_ type: Value.Type, _ path: String) -> Value? {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return FileManager.default.contents(atPath: path).flatMap { try? decoder.decode(type, from: $0) }
    }

    private static func write(_ value: some Encodable, _ path: String) throws(ArgusError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        guard var data = try? encoder.encode(value) else {
            throw ArgusError(.output, "cannot encode", at: path, found: "\(value)", expected: "plain values")
        }
        data.append(UInt8(ascii: "\n"))
        try AtomicFile.write(data, to: path)
    }
}
