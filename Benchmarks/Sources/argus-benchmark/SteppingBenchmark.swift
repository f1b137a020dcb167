import ArgusEnvAPI
import ArgusHost
import WarehouseRules

/// Steps of a vector environment with random actions, all costs of the host included.
struct SteppingLoop {
    private let environment: VectorEnvironment
    private let team: Team

    init(_ environment: VectorEnvironment) throws {
        self.environment = environment
        team = try Team(
            TeamSpecification(policy: "random"), environment: environment, providers: [RandomPolicyProvider()],
            settings: PolicySettings(seed: 1))
        try environment.reset(.stream(run: 1))
    }

    /// Environment steps a second over `batches` steps of all copies.
    func stepsPerSecond(batches: Int) throws -> Double {
        let time = try seconds {
            for _ in 0..<batches {
                try team.act(on: environment)
                try environment.step()
            }
        }
        return Double(batches * environment.copies) / time
    }
}

/// The warehouse through the host against `rware`, timed in turn.
func benchmarkStepping(rounds: Int) throws {
    let host = try EnvironmentHost()
    let loop = try SteppingLoop(try host.makeVectorEnvironment("warehouse/tiny-2ag", copies: 64))
    let reference = try TimedProgram(package: "rware-tiny-2ag-v2")
    _ = try loop.stepsPerSecond(batches: 10_000)
    _ = try reference.stepsPerSecond(over: 0.5)
    let speeds = try SpeedsInTurn(
        rounds: rounds, ours: { try loop.stepsPerSecond(batches: 10_000) },
        theirs: { try reference.stepsPerSecond(over: 0.3) })
    print("warehouse/tiny-2ag through the host, 64 copies, one thread, random actions, against rware 2.0.0")
    print("  ours   \(format(speeds.ours.median)) environment steps/s (median of \(rounds))")
    print("  rware  \(format(speeds.theirs.median))")
    print(
        "  ratio  \(format(speeds.ratio.median)) (10th percentile \(format(speeds.ratio.percentile(0.1)))); "
            + "at least 400 wanted")
}

/// The same environment from its library and linked into this program, timed in turn.
func benchmarkBoundary(rounds: Int) throws {
    let host = try EnvironmentHost()
    let scenario = try host.scenarios.scenario(named: "warehouse/tiny-2ag")
    let plugin = Plugin(name: "warehouse", version: "1", environments: [.environment(WarehouseEnvironment.self)])
    guard let entry = plugin.entry else { throw BenchmarkError("no linked plugin") }
    let library = try SteppingLoop(try host.makeVectorEnvironment(scenario, copies: 64))
    let linked = try SteppingLoop(
        try host.makeVectorEnvironment(
            scenario, source: try PluginLibrary(linked: entry, name: "linked warehouse"), copies: 64))
    var ratio = Measurement()
    var own = Measurement()
    _ = try (library.stepsPerSecond(batches: 5000), linked.stepsPerSecond(batches: 5000))
    for _ in 0..<rounds * 5 {
        let plugin = try library.stepsPerSecond(batches: 2000)
        let direct = try linked.stepsPerSecond(batches: 2000)
        own.add(plugin)
        ratio.add(direct / plugin)
    }
    print("the plugin boundary: time a step from the library / linked statically, tiny-2ag, 64 copies")
    print(
        "  ratio  \(format(ratio.median)) (10th to 90th percentile \(format(ratio.percentile(0.1))) to "
            + "\(format(ratio.percentile(0.9)))); at most 1.10 wanted")

    let game = try WarehouseGame(try WarehouseParameters(floor: .init(layout: "tiny"), robots: 2, requests: 2))
    var states = [WarehouseState](repeating: WarehouseState(game), count: 64)
    for copy in states.indices { states[copy].reset(seed: UInt64(copy)) }
    var bare = Measurement()
    var generator = SplitMix64(seed: 1)
    var actions = [Int32](repeating: 0, count: 2)
    var rewards = [Float](repeating: 0, count: 2)
    var row = [Float](repeating: 0, count: 2 * game.observationSize)
    for _ in 0..<rounds * 5 {
        let time = seconds {
            for _ in 0..<2000 {
                for copy in 0..<64 {
                    actions[0] = Int32(generator.next() % 5)
                    actions[1] = Int32(generator.next() % 5)
                    _ = states[copy].step(&actions, rewards: &rewards)
                    row.withUnsafeMutableBufferPointer { row in
                        guard let base = row.baseAddress else { return }
                        states[copy].observe(0, into: base)
                        states[copy].observe(1, into: base + game.observationSize)
                    }
                }
            }
        }
        bare.add(2000 * 64 / time)
    }
    print(
        "  the bare rules, without host, seeds, checks and ends of episodes: \(format(bare.median)) steps/s; "
            + "through the host \(format(own.median))")
}

func format(_ value: Double) -> String {
    if value >= 1e6 { return "\((value / 1e4).rounded() / 100) M" }
    if value >= 100 { return "\(Int(value.rounded()))" }
    return "\((value * 1000).rounded() / 1000)"
}
