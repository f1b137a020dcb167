import ArgusTensor
import Foundation

/// Training on warehouse/tiny-2ag, end to end on one thread: where MAPPO's time goes, the arithmetic bound, and each
/// algorithm beside a loop in PyTorch.
///
/// The loops run only where `ARGUS_TORCH_PYTHON` names a Python that has torch and rware, since torch is large.
///
/// - Parameter file: where the rates are written, as JSON; nil: nowhere.
func benchmarkTraining(rounds: Int, steps: Int, file: String?) throws {
    let python = ProcessInfo.processInfo.environment["ARGUS_TORCH_PYTHON"]
    let how =
        "Name a Python that has it, such as one made by 'python3 -m venv torch && torch/bin/pip install torch numpy "
        + "rware==2.0.0', in ARGUS_TORCH_PYTHON"
    if let file, python == nil { throw BenchmarkError("nothing to write to \(file): found no PyTorch. \(how)") }
    let (updates, conditions) = try TimedTraining(algorithm: "mappo").run(steps: steps)
    let rate = Measurement(updates.map(\.stepsPerSecond))
    let total = updates.reduce(0) { $0 + 1 / $1.stepsPerSecond } * Double(conditions.stepsPerUpdate)
    func share(_ path: KeyPath<TimedTraining.Update, Double>) -> String {
        "\(Int((updates.reduce(0) { $0 + $1[keyPath: path] } / total * 100).rounded())) %"
    }
    print("MAPPO on warehouse/tiny-2ag, networks 64-64, 4 epochs, one thread, end to end")
    print(
        "  \(format(rate.median)) environment steps/s (90th percentile of updates \(format(rate.percentile(0.9)))); "
            + "15000 wanted")
    print(
        "  time: stepping \(share(\.secondsStepping)), choosing actions \(share(\.secondsActing)), "
            + "learning \(share(\.secondsLearning)), the rest storing and writing")
    try compareWithArithmetic(rate.median)
    guard let python else {
        print("  against PyTorch: not measured. \(how)")
        return
    }
    var comparison = TrainingComparison()
    try comparison.run(python: python, rounds: max(1, rounds / 4), file: file)
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
