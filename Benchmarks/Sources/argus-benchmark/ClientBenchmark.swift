import ArgusHost
import Dispatch

/// The Python package argus_env: a batch step against the same made here, and one copy against the package `rware`.
func benchmarkClient(rounds: Int) throws {
    let native = try PreparedLoop(try EnvironmentHost().makeVectorEnvironment("warehouse/tiny-2ag", copies: 64))
    for (side, what) in [("views", "copy=False"), ("copies", "copy=True")] {
        let python = try TimedProgram(script: "reference/client_speed.py", arguments: [side])
        let pairs = try pairs(
            rounds * 5, { try native.stepsPerSecond(over: $0) }, { try python.stepsPerSecond(over: $0) })
        let spread = "10th to 90th percentile \(format(pairs.percentile(0.1))) to \(format(pairs.percentile(0.9)))"
        print("make_vec, \(what): time of a step call with 64 copies of tiny-2ag / the same native batch")
        print("  ratio  \(format(pairs.median)) (\(spread))" + (side == "views" ? "; at most 1.3 wanted" : ""))
    }
    let ours = try TimedProgram(script: "reference/client_speed.py", arguments: ["parallel"])
    for (side, what) in [("rware", "rware stepped directly"), ("rware-dicts", "rware with PettingZoo's dictionaries")] {
        let theirs = try TimedProgram(script: "reference/client_speed.py", arguments: [side])
        let pairs = try pairs(rounds, { try ours.stepsPerSecond(over: $0) }, { try theirs.stepsPerSecond(over: $0) })
        print("parallel_env against \(what), one copy of tiny-2ag, random actions, steps/s")
        print("  ratio  \(format(pairs.median)) (10th percentile \(format(pairs.percentile(0.1)))); at least 8 wanted")
    }
}

/// Rates of two sides, each timed for a moment in turn, as first / second.
private func pairs(
    _ count: Int, _ first: (Double) throws -> Double, _ second: (Double) throws -> Double
) rethrows -> Measurement {
    var ratio = Measurement()
    _ = try (first(0.2), second(0.2))
    for _ in 0..<count { ratio.add(try first(0.1) / (try second(0.1))) }
    return ratio
}

/// Batch steps with random actions drawn beforehand, as `client_speed.py` makes them.
private struct PreparedLoop {
    private let environment: VectorEnvironment
    private var batches: [[Int32]] = []

    init(_ environment: VectorEnvironment) throws {
        self.environment = environment
        var generator = SystemRandomNumberGenerator()
        let count = environment.actions.allDiscrete.count
        for _ in 0..<100 { batches.append((0..<count).map { _ in .random(in: 0..<5, using: &generator) }) }
        try environment.reset(.stream(run: 1))
    }

    func stepsPerSecond(over seconds: Double) throws -> Double {
        let begin = DispatchTime.now().uptimeNanoseconds
        let end = begin + UInt64(seconds * 1e9)
        var steps = 0
        var now = begin
        while now < end {
            for batch in batches {
                _ = environment.actions.allDiscrete.update(fromContentsOf: batch)
                try environment.step()
            }
            steps += batches.count * environment.copies
            now = DispatchTime.now().uptimeNanoseconds
        }
        return Double(steps) / (Double(now - begin) * 1e-9)
    }
}
