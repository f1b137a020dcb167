import ArgusEnvAPI
import ArgusHost
import Foundation

/// A step over the wire against a bare pyzmq echo of the same frames, and what an isolated library costs.
func benchmarkWire(rounds: Int) throws {
    for copies in [1, 64] { try benchmarkNullPeer(copies: copies, rounds: rounds) }
    for copies in [1, 64] { try benchmarkIsolation(copies: copies, rounds: rounds) }
}

/// Steps of an environment in which nothing happens, a Python peer of the sizes of tiny-2ag, as the host makes them.
///
/// The bare side is a Python client and an echo in another process, with as many frames of the same sizes each way, over
/// the same kind of address. Both sides wait for each reply before the next request. Turns of some milliseconds
/// alternate, and a ratio is of two neighbours.
private func benchmarkNullPeer(copies: Int, rounds: Int) throws {
    guard let python = ProcessInfo.processInfo.environment["ARGUS_PYTHON"],
        let home = ProcessInfo.processInfo.environment["ARGUS_HOME"]
    else { throw BenchmarkError("ARGUS_PYTHON and ARGUS_HOME must be set: run script/benchmark") }
    let script = home + "/Benchmarks/wire/echo.py"
    let host = try EnvironmentHost()
    let environment = try host.makeVectorEnvironment(
        try host.scenario(peer: "\(python) \(script) --role null", horizon: 1_000_000), copies: copies)
    try environment.reset(.stream(run: 1))
    let echo = try TimedProgram(script: "wire/echo.py", arguments: ["--role", "client", "--copies", "\(copies)"])
    let steps = 100
    var own = Measurement()
    var bare = Measurement()
    var ratio = Measurement()
    for round in 0..<rounds * 20 + 5 {
        func step() throws -> Double { try seconds { for _ in 0..<steps { try environment.step() } } / Double(steps) }
        func roundTrip() throws -> Double { try echo.seconds(for: steps) / Double(steps) }
        // Who goes first alternates; the first rounds warm up.
        let first = round % 2 == 0 ? try step() : try roundTrip()
        let second = round % 2 == 0 ? try roundTrip() : try step()
        guard round >= 5 else { continue }
        let (peer, other) = round % 2 == 0 ? (first, second) : (second, first)
        own.add(peer * 1e6)
        bare.add(other * 1e6)
        ratio.add(peer / other)
    }
    print("a null environment's step in a Python peer / a bare pyzmq echo of the same frames, \(copies) copies")
    print(
        "  ratio  \(format(ratio.median)) (10th to 90th percentile \(format(ratio.percentile(0.1))) to "
            + "\(format(ratio.percentile(0.9)))); at most 1.5 wanted")
    print(
        "  step   \(format(own.median)) us, echo \(format(bare.median)) us; 10th percentiles, which a busy machine disturbs "
            + "less, \(format(own.percentile(0.1))) and \(format(bare.percentile(0.1))): ratio "
            + format(own.percentile(0.1) / bare.percentile(0.1)))
}

/// The warehouse in a process of its own against the same library in this one.
private func benchmarkIsolation(copies: Int, rounds: Int) throws {
    let environment = ProcessInfo.processInfo.environment
    guard let home = environment["ARGUS_HOME"] else { throw BenchmarkError("ARGUS_HOME must be set") }
    let folder = home + "/.build/release"
    let host = try EnvironmentHost()
    let inside = try SteppingLoop(try host.makeVectorEnvironment("warehouse/tiny-2ag", copies: copies))
    let isolated = try SteppingLoop(
        try host.makeVectorEnvironment(
            try host.scenario(
                peer: "\(folder)/argus-env-runner --serve \(folder)/libWarehouse.so", horizon: 500,
                parameters: "{layout: tiny, agents: 2, requests: 2}"), copies: copies))
    let batches = 200
    _ = try (inside.stepsPerSecond(batches: batches), isolated.stepsPerSecond(batches: batches))
    var cost = Measurement()
    var rate = Measurement()
    for _ in 0..<rounds * 2 {
        let own = try isolated.stepsPerSecond(batches: batches)
        let direct = try inside.stepsPerSecond(batches: batches * 10)
        rate.add(own)
        cost.add(Double(copies) * (1 / own - 1 / direct) * 1e6)
    }
    print("warehouse tiny-2ag in a process of its own, \(copies) copies, random actions (for information)")
    print(
        "  \(format(rate.median)) environment steps/s; a batch step takes \(format(cost.median)) us more than in this "
            + "process")
}

extension EnvironmentHost {
    /// A scenario of a peer, without legal rows as in tiny-2ag.
    fileprivate func scenario(peer command: String, horizon: Int, parameters: String = "{}") throws -> Scenario {
        let path =
            FileManager.default.temporaryDirectory.path
            + "/argus-benchmark-\(ProcessInfo.processInfo.processIdentifier).yaml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try """
        scenario: wire
        version: 1
        environment: {peer: "\(command)"}
        parameters: \(parameters)
        horizon: \(horizon)
        masks: none
        """.write(toFile: path, atomically: true, encoding: .utf8)
        return try scenarios.scenario(named: path)
    }
}
