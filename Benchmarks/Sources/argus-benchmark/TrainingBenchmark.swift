import ArgusTensor
import Foundation

/// MAPPO on tiny-2ag, end to end on one thread: steps a second, where the time goes, and the arithmetic bound.
func benchmarkTraining(steps: Int) throws {
    let environment = ProcessInfo.processInfo.environment
    guard let home = environment["ARGUS_HOME"] else {
        throw BenchmarkError("ARGUS_HOME must be set: run script/benchmark")
    }
    let folder =
        FileManager.default.temporaryDirectory.path + "/argus-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: home + "/.build/release/argus")
    process.arguments = [
        "train", "warehouse/tiny-2ag", "--algorithm", "mappo", "--steps", "\(steps)", "--threads", "1",
        "--evaluations", "1", "--evaluation-episodes", "1", "--absolute-episodes", "1", "--set", "hidden=64",
        "--set", "layers=2", "--set", "epochs=4", "--out", folder, "--progress", "json",
    ]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw BenchmarkError("argus train failed") }

    struct Line: Decodable {
        var step: Int
        var secondsStepping: Double
        var secondsActing: Double
        var secondsLearning: Double
        var stepsPerSecond: Double
    }
    let text = try String(contentsOfFile: folder + "/metrics.jsonl", encoding: .utf8)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let lines = try text.split(separator: "\n").map { try decoder.decode(Line.self, from: Data($0.utf8)) }
    // The first updates warm up.
    let counted = lines.dropFirst(lines.count / 5)
    var rate = Measurement()
    for line in counted { rate.add(line.stepsPerSecond) }
    let total = counted.reduce(0) { $0 + Double(lines[0].step) / $1.stepsPerSecond }
    func share(_ path: KeyPath<Line, Double>) -> String {
        "\(Int((counted.reduce(0) { $0 + $1[keyPath: path] } / total * 100).rounded())) %"
    }
    print("MAPPO on warehouse/tiny-2ag, networks 64-64, 4 epochs, one thread, end to end")
    print(
        "  \(format(rate.median)) environment steps/s (90th percentile of updates \(format(rate.percentile(0.9)))); 15000 wanted"
    )
    print(
        "  time: stepping \(share(\.secondsStepping)), choosing actions \(share(\.secondsActing)), learning \(share(\.secondsLearning)), "
            + "the rest storing and writing")

    // Each row: one forward pass in acting and 4 epochs of forward and backward; 2 FLOP a weight, backward twice that.
    let actor = Double((71 + 2) * 64 + 64 * 64 + 64 * 5)
    let critic = Double(2 * (71 + 2) * 64 + 64 * 64 + 64)
    let work = 2 * actor * 26 + critic * 26
    let peak = try matrixProductRate()
    print(
        "  arithmetic bound: \(format(work / 1e6)) MFLOP an environment step at \(format(peak / 1e9)) GFLOP/s (a 1024³ product here): "
            + "\(format(peak / work)) steps/s; we reach \(Int((rate.median / (peak / work) * 100).rounded())) % of it")
}

/// FLOP a second of a large single-precision product on one thread.
private func matrixProductRate() throws -> Double {
    try TorchThreads.set(1)
    let size = 1024
    let first = try Tensor.ones([size, size])
    var best = Double.infinity
    for _ in 0..<10 {
        best = min(best, try seconds { _ = try first.matmul(first) })
    }
    return 2 * Double(size * size * size) / best
}
