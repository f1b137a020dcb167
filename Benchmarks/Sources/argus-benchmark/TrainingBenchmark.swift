import ArgusTensor
import Foundation

/// Training on warehouse/tiny-2ag, end to end on one thread: where MAPPO's time goes and the arithmetic bound, and the rate
/// of each algorithm beside a straightforward loop in PyTorch, timed in turn.
///
/// The loops run only where `ARGUS_TORCH_PYTHON` names a Python that has torch and rware, since torch is large.
///
/// - Parameter file: where the rates are written, as JSON; nil: nowhere.
func benchmarkTraining(rounds: Int, steps: Int, file: String?) throws {
    let mappo = TimedTraining(algorithm: "mappo")
    let updates = try mappo.run(steps: steps).updates
    var rate = Measurement()
    for update in updates { rate.add(update.stepsPerSecond) }
    let total = updates.reduce(0) { $0 + 1 / $1.stepsPerSecond } * Double(mappo.stepsPerUpdate)
    func share(_ path: KeyPath<UpdateLine, Double>) -> String {
        "\(Int((updates.reduce(0) { $0 + $1[keyPath: path] } / total * 100).rounded())) %"
    }
    print("MAPPO on warehouse/tiny-2ag, networks 64-64, 4 epochs, one thread, end to end")
    print(
        "  \(format(rate.median)) environment steps/s (90th percentile of updates \(format(rate.percentile(0.9)))); 15000 wanted"
    )
    print(
        "  time: stepping \(share(\.secondsStepping)), choosing actions \(share(\.secondsActing)), learning \(share(\.secondsLearning)), "
            + "the rest storing and writing")
    try compareWithArithmetic(rate.median)
    guard let rates = try comparedWithPyTorch(rounds: max(1, rounds / 4)), let file else { return }
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try (encoder.encode(rates) + Data("\n".utf8)).write(to: URL(fileURLWithPath: file))
}

/// One update, as `metrics.jsonl` has it.
private struct UpdateLine: Decodable {
    var secondsStepping: Double
    var secondsActing: Double
    var secondsLearning: Double
    var stepsPerSecond: Double
    /// Nil as long as a Q-learner only gathers episodes.
    var lossPolicy: Double?
    var lossTd: Double?

    var isLearning: Bool { lossPolicy != nil || lossTd != nil }
}

/// Environment steps a second of an algorithm, a number each round.
private struct TrainingRate: Encodable {
    let algorithm: String
    let hyperparameters: [String: String]
    var ours: [Double] = []
    var pytorchOverRware: [Double] = []
    var pytorchOverMakeVec: [Double] = []

    func ratio(_ theirs: [Double]) -> Measurement {
        var ratio = Measurement()
        for (own, other) in zip(ours, theirs) { ratio.add(own / other) }
        return ratio
    }
}

/// `argus train` on warehouse/tiny-2ag, with the sizes that the loops in PyTorch are given too.
private struct TimedTraining {
    let algorithm: String
    /// What differs from the algorithm's defaults.
    let settings: [String: Int]
    let stepsPerUpdate: Int
    /// Environment steps before the first batch of whole episodes is there.
    let warmUp: Int

    init(algorithm: String) {
        self.algorithm = algorithm
        // Copies and steps of each, as the algorithm's defaults are or as the suites of the warehouse have them.
        var settings = ["hidden": 64, "layers": 2]
        switch algorithm {
        case "ippo", "mappo", "vdppo":
            settings.merge(["copies": 32, "rollout_steps": 64, "epochs": 4, "minibatches": 4]) { $1 }
        case "maa2c": settings.merge(["copies": 16, "rollout_steps": 10]) { $1 }
        case "coma": settings.merge(["copies": 32, "rollout_steps": 16]) { $1 }
        case "pqn-vdn": settings.merge(["copies": 64, "rollout_steps": 32, "epochs": 4, "minibatches": 4]) { $1 }
        default: settings.merge(["copies": 16, "rollout_steps": 32, "gradient_steps": 1, "batch_episodes": 32]) { $1 }
        }
        self.settings = settings
        stepsPerUpdate = settings["copies", default: 1] * settings["rollout_steps", default: 1]
        warmUp = settings["batch_episodes", default: 0] * 500
    }

    /// Trains in a process of its own.
    ///
    /// - Returns: the updates that learn, those apart in which everything warms up; and all hyperparameters.
    func run(steps: Int) throws -> (updates: [UpdateLine], hyperparameters: [String: String]) {
        guard let home = ProcessInfo.processInfo.environment["ARGUS_HOME"] else {
            throw BenchmarkError("ARGUS_HOME must be set: run script/benchmark")
        }
        let folder =
            FileManager.default.temporaryDirectory.path
            + "/argus-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: home + "/.build/release/argus")
        process.arguments =
            [
                "train", "warehouse/tiny-2ag", "--algorithm", algorithm, "--steps", "\(warmUp + steps)", "--threads",
                "1",
                "--evaluations", "1", "--evaluation-episodes", "1", "--absolute-episodes", "1", "--out", folder,
                "--progress", "json",
            ] + settings.flatMap { ["--set", "\($0.key)=\($0.value)"] }
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw BenchmarkError("argus train failed") }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let updates = try String(contentsOfFile: folder + "/metrics.jsonl", encoding: .utf8).split(separator: "\n")
            .map { try decoder.decode(UpdateLine.self, from: Data($0.utf8)) }.filter(\.isLearning)
        struct Manifest: Decodable { var hyperparameters: [String: String] }
        let manifest = try JSONDecoder().decode(
            Manifest.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/run.json")))
        return (Array(updates.dropFirst(updates.count / 5)), manifest.hyperparameters)
    }

    /// Environment steps a second of learning updates, over about that many seconds.
    func stepsPerSecond(steps: Int) throws -> Double {
        let updates = try run(steps: steps).updates
        return Double(updates.count) / updates.reduce(0) { $0 + 1 / $1.stepsPerSecond }
    }
}

/// Each algorithm by a loop in PyTorch with the same network, hyperparameters, losses and threads, over the package rware and
/// over make_vec.
///
/// - Returns: nil where there is no PyTorch.
private func comparedWithPyTorch(rounds: Int) throws -> [TrainingRate]? {
    guard let python = ProcessInfo.processInfo.environment["ARGUS_TORCH_PYTHON"] else {
        print(
            "  against PyTorch: not measured. Name a Python that has it, such as one made by 'python3 -m venv torch && "
                + "torch/bin/pip install torch numpy rware==2.0.0', in ARGUS_TORCH_PYTHON")
        return nil
    }
    print("Training on warehouse/tiny-2ag against a loop in PyTorch: environment steps/s, medians of \(rounds)")
    print("  Same network (64-64), hyperparameters, losses and one thread; in brackets the ratio's 10th percentile")
    print("  algorithm   argus      over rware                 over make_vec")
    var rates: [TrainingRate] = []
    for algorithm in ["iql", "vdn", "qmix", "pqn-vdn", "ippo", "mappo", "maa2c", "coma", "vdppo"] {
        let rate = try measuredRate(TimedTraining(algorithm: algorithm), python: python, rounds: rounds)
        let cells = [rate.pytorchOverRware, rate.pytorchOverMakeVec].map { speeds in
            var theirs = Measurement()
            for speed in speeds { theirs.add(speed) }
            let ratio = rate.ratio(speeds)
            return pad(
                "\(format(theirs.median))  x\(decimal(ratio.median)) [\(decimal(ratio.percentile(0.1)))]", 27)
        }
        var ours = Measurement()
        for speed in rate.ours { ours.add(speed) }
        print("  \(pad(algorithm, 12))\(pad(format(ours.median), 11))\(cells.joined())")
        rates.append(rate)
    }
    print("  wanted of MAPPO: x4 over rware, x1.2 over make_vec")
    return rates
}

private func measuredRate(_ training: TimedTraining, python: String, rounds: Int) throws -> TrainingRate {
    // A first run says how long four seconds of learning are, and with what.
    let (updates, hyperparameters) = try training.run(steps: 20 * training.stepsPerUpdate)
    var speed = Measurement()
    for update in updates { speed.add(update.stepsPerSecond) }
    let steps = max(10, Int(4 * speed.median) / training.stepsPerUpdate) * training.stepsPerUpdate
    let texts = String(decoding: try JSONEncoder().encode(hyperparameters), as: UTF8.self)
    let loops = try ["rware", "make_vec"].map {
        try TimedProgram(script: "reference/training", arguments: [training.algorithm, $0, texts], python: python)
    }
    var rate = TrainingRate(algorithm: training.algorithm, hyperparameters: hyperparameters)
    for _ in 0..<rounds {
        rate.ours.append(try training.stepsPerSecond(steps: steps))
        rate.pytorchOverRware.append(try loops[0].stepsPerSecond(over: 4))
        rate.pytorchOverMakeVec.append(try loops[1].stepsPerSecond(over: 4))
    }
    return rate
}

private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

private func decimal(_ value: Double) -> String { String(format: "%.2f", value) }

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
