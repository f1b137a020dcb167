import Foundation

/// `argus train` on warehouse/tiny-2ag, on one thread, in a process of its own.
struct TimedTraining {
    let algorithm: String

    /// What differs from the scenario's settings: smaller networks, plain ones where the loop's are, and the updates that
    /// the committed table is of.
    private var settings: [String] {
        let small = ["hidden=64", "layers=2"]
        switch algorithm {
        case "ippo", "mappo", "vdppo": return small + ["layer_norm=false", "epochs=4"]
        case "maa2c": return small + ["layer_norm=false", "rollout_steps=10", "n_step=5"]
        case "iql", "vdn", "qmix": return small + ["rollout_steps=32", "gradient_steps=1"]
        default: return small
        }
    }

    /// Environment steps before there are 32 whole episodes of 500 steps to learn from, where they are kept.
    private var warmUp: Int { ["iql", "vdn", "qmix"].contains(algorithm) ? 32 * 500 : 0 }

    /// One update, as `metrics.jsonl` has it.
    struct Update: Decodable {
        var secondsStepping: Double
        var secondsActing: Double
        var secondsLearning: Double
        var stepsPerSecond: Double
        /// Nil as long as episodes are only gathered.
        var lossPolicy: Double?
        var lossTd: Double?
    }

    /// What `run.json` says of what a rate depends on.
    struct Conditions: Codable {
        var hyperparameters: [String: String]
        var codeRevision: String
        var machine: [String: String]
        var versions: [String: String]

        /// Environment steps of an update.
        var stepsPerUpdate: Int {
            ["copies", "rollout_steps"].reduce(1) { $0 * (hyperparameters[$1].flatMap(Int.init) ?? 1) }
        }
    }

    /// Trains for so many environment steps after the warm-up.
    ///
    /// - Returns: the updates that learn, without the first fifth, in which everything warms up.
    func run(steps: Int) throws -> (updates: [Update], conditions: Conditions) {
        guard let home = ProcessInfo.processInfo.environment["ARGUS_HOME"] else {
            throw BenchmarkError("ARGUS_HOME must be set: run script/benchmark")
        }
        let name = "argus-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        defer { try? FileManager.default.removeItem(at: folder) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: home + "/.build/release/argus")
        process.arguments = ["train", "warehouse/tiny-2ag", "--algorithm", algorithm, "--steps", "\(warmUp + steps)"]
        process.arguments? += ["--threads", "1", "--evaluations", "1", "--evaluation-episodes", "1"]
        process.arguments? += ["--absolute-episodes", "1", "--out", folder.path, "--progress", "json"]
        process.arguments? += settings.flatMap { ["--set", $0] }
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchmarkError("argus train failed") }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let updates = try String(contentsOf: folder.appendingPathComponent("metrics.jsonl"), encoding: .utf8)
            .split(separator: "\n").map { try decoder.decode(Update.self, from: Data($0.utf8)) }
            .filter { $0.lossPolicy != nil || $0.lossTd != nil }
        let conditions = try decoder.decode(
            Conditions.self, from: Data(contentsOf: folder.appendingPathComponent("run.json")))
        return (Array(updates.dropFirst(updates.count / 5)), conditions)
    }

    /// Environment steps a second of updates that learn.
    func stepsPerSecond(steps: Int) throws -> Double {
        let updates = try run(steps: steps).updates
        return Double(updates.count) / updates.reduce(0) { $0 + 1 / $1.stepsPerSecond }
    }
}
