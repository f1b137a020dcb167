import ArgusHost
import Foundation

/// Skirmishes through the host against SMAX in jaxmarl, timed in turn; at least 1.5 times its speed is wanted on 3m.
///
/// Not part of a run without names: jaxmarl brings jax, about 1 GB. `ARGUS_JAXMARL_PYTHON` names a Python that has it.
func benchmarkSkirmish(rounds: Int) throws {
    let host = try EnvironmentHost()
    guard let python = ProcessInfo.processInfo.environment["ARGUS_JAXMARL_PYTHON"] else {
        throw BenchmarkError(
            "ARGUS_JAXMARL_PYTHON must name a Python that has jaxmarl, such as one made by 'python3 -m venv jax && "
                + "jax/bin/pip install jaxmarl==0.2.0'")
    }
    for map in ["3m", "2s3z", "27m_vs_30m"] {
        let loop = try SteppingLoop(try host.makeVectorEnvironment("skirmish/\(map)", copies: 64))
        let batches = map == "27m_vs_30m" ? 200 : 2000
        let reference = try TimedProgram(script: "reference/smax_speed.py", arguments: [map], python: python)
        _ = try loop.stepsPerSecond(batches: batches)
        _ = try reference.stepsPerSecond(over: 0.5)
        let speeds = try SpeedsInTurn(
            rounds: rounds, ours: { try loop.stepsPerSecond(batches: batches) },
            theirs: { try reference.stepsPerSecond(over: 0.5) })
        print("skirmish/\(map) through the host, 64 copies, one thread, random actions, against jaxmarl 0.2.0")
        print("  ours     \(format(speeds.ours.median)) environment steps/s (median of \(rounds))")
        print("  jaxmarl  \(format(speeds.theirs.median)) (jit and vmap, one core, its best batch)")
        print(
            "  ratio    \(format(speeds.ratio.median)) (10th percentile \(format(speeds.ratio.percentile(0.1))))"
                + (map == "3m" ? "; at least 1.5 wanted" : ""))
    }
}
