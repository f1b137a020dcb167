/// How fast it is.
let speedChecks: [ConformanceCheck] = [
    ConformanceCheck(
        "throughput", proves: "Measures steps a second with 1 copy and with 64; any speed passes.",
        remedy: "See the guide: hoist loads out of loops, allocate nothing in step()."
    ) { subject in
        let one = try stepsPerSecond(subject, copies: 1)
        let many = try stepsPerSecond(subject, copies: 64)
        return .passed("\(count(one)) steps/s with 1 copy, \(count(many)) with 64")
    }
]

/// Steps of all copies together, the calls alone, random play.
private func stepsPerSecond(_ subject: ConformanceSubject, copies: Int) throws -> Double {
    var player = try subject.makePlayer(seeds: ConformanceSubject.seeds(copies, 31))
    for _ in 0..<4 { try player.step() }
    var inside = Duration.zero
    var steps = 0
    let limit = Duration.milliseconds(subject.effort < 2000 ? 20 : 250)
    let deadline = ContinuousClock.now + limit + limit
    while inside < limit, ContinuousClock.now < deadline {
        inside += try player.timedStep()
        steps += copies
    }
    return Double(steps) / max(1e-9, inside / .seconds(1))
}

private func count(_ value: Double) -> String {
    if value >= 1e6 { return "\((value / 1e5).rounded() / 10) million" }
    let digits = String(Int(value.rounded()))
    guard digits.count > 3 else { return digits }
    return "\(digits.dropLast(3)),\(digits.suffix(3))"
}
