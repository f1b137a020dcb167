import ArgusTensor
import Foundation

/// MAPPO on tiny-2ag, end to end on one thread: steps a second, where the time goes, and the arithmetic bound; and against a
/// straightforward loop in PyTorch, timed in turn.
///
/// The loop runs only where `ARGUS_TORCH_PYTHON` names a Python that has torch and rware, since torch is large.
func benchmarkTraining(rounds: Int, steps: Int) throws {
    let lines = try trainedLines(steps: steps)
    var rate = Measurement()
    for line in lines { rate.add(line.stepsPerSecond) }
    let total = lines.reduce(0) { $0 + $1.seconds }
    func share(_ path: KeyPath<UpdateLine, Double>) -> String {
        "\(Int((lines.reduce(0) { $0 + $1[keyPath: path] } / total * 100).rounded())) %"
    }
    print("MAPPO on warehouse/tiny-2ag, networks 64-64, 4 epochs, one thread, end to end")
    print(
        "  \(format(rate.median)) environment steps/s (90th percentile of updates \(format(rate.percentile(0.9)))); 15000 wanted"
    )
    print(
        "  time: stepping \(share(\.secondsStepping)), choosing actions \(share(\.secondsActing)), learning \(share(\.secondsLearning)), "
            + "the rest storing and writing")
    try compareWithArithmetic(rate.median)
    try compareWithPyTorch(rounds: max(1, rounds / 4))
}

/// One update, as `metrics.jsonl` has it.
private struct UpdateLine: Decodable {
    var secondsStepping: Double
    var secondsActing: Double
    var secondsLearning: Double
    var stepsPerSecond: Double

    /// Environment steps of one update: copies × rollout_steps.
    static let steps = 32 * 64

    /// Of the whole update.
    var seconds: Double { Double(UpdateLine.steps) / stepsPerSecond }
}

/// Trains in a process of its own.
///
/// - Returns: the updates, those apart in which everything warms up.
private func trainedLines(steps: Int) throws -> [UpdateLine] {
    guard let home = ProcessInfo.processInfo.environment["ARGUS_HOME"] else {
        throw BenchmarkError("ARGUS_HOME must be set: run script/benchmark")
    }
    let folder =
        FileManager.default.temporaryDirectory.path + "/argus-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: home + "/.build/release/argus")
    // Sizes as in reference/mappo_speed.py; the rest costs the same whatever it is.
    let settings = ["copies=32", "rollout_steps=64", "epochs=4", "minibatches=4", "hidden=64", "layers=2"]
    process.arguments =
        [
            "train", "warehouse/tiny-2ag", "--algorithm", "mappo", "--steps", "\(steps)", "--threads", "1",
            "--evaluations", "1", "--evaluation-episodes", "1", "--absolute-episodes", "1", "--out", folder,
            "--progress", "json",
        ] + settings.flatMap { ["--set", $0] }
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw BenchmarkError("argus train failed") }
    let text = try String(contentsOfFile: folder + "/metrics.jsonl", encoding: .utf8)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let lines = try text.split(separator: "\n").map { try decoder.decode(UpdateLine.self, from: Data($0.utf8)) }
    return Array(lines.dropFirst(lines.count / 5))
}

/// Ours by a loop in PyTorch with the same network, batch, epochs and threads, over the package rware and over make_vec.
private func compareWithPyTorch(rounds: Int) throws {
    guard let python = ProcessInfo.processInfo.environment["ARGUS_TORCH_PYTHON"] else {
        print(
            "  against PyTorch: not measured. Name a Python that has it, such as one made by 'python3 -m venv torch && "
                + "torch/bin/pip install torch numpy rware==2.0.0', in ARGUS_TORCH_PYTHON")
        return
    }
    for (side, what, wanted) in [("rware", "the package rware", "4"), ("make_vec", "argus_env.make_vec", "1.2")] {
        let reference = try TimedProgram(script: "reference/mappo_speed.py", arguments: [side], python: python)
        let speeds = try SpeedsInTurn(
            rounds: rounds,
            ours: {
                let lines = try trainedLines(steps: 60 * UpdateLine.steps)
                return Double(lines.count * UpdateLine.steps) / lines.reduce(0) { $0 + $1.seconds }
            }, theirs: { try reference.stepsPerSecond(over: 4) })
        print("  against a loop in PyTorch over \(what), the same network, batch, epochs and threads")
        print(
            "    ours \(format(speeds.ours.median)), PyTorch \(format(speeds.theirs.median)) environment steps/s "
                + "(medians of \(rounds))")
        print(
            "    ratio \(format(speeds.ratio.median)) (10th percentile \(format(speeds.ratio.percentile(0.1)))); "
                + "at least \(wanted) wanted")
    }
}

private func compareWithArithmetic(_ rate: Double) throws {
    // Each row: one forward pass in acting and 4 epochs of forward and backward; 2 FLOP a weight, backward twice that.
    let actor = Double((71 + 2) * 64 + 64 * 64 + 64 * 5)
    let critic = Double(2 * (71 + 2) * 64 + 64 * 64 + 64)
    let work = 2 * actor * 26 + critic * 26
    let peak = try matrixProductRate()
    print(
        "  arithmetic bound: \(format(work / 1e6)) MFLOP an environment step at \(format(peak / 1e9)) GFLOP/s (a 1024³ product here): "
            + "\(format(peak / work)) steps/s; we reach \(Int((rate / (peak / work) * 100).rounded())) % of it")
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
