import ArgusEnvAPI

/// Chooses uniformly among the legal choices of each head, or uniformly within the bounds of a continuous action.
public final class RandomPolicy: AgentPolicy {
    private let random: CounterRandom
    private var headOffsets: [Int] = []

    public init(seed: UInt64) { random = CounterRandom(run: seed, purpose: .action) }

    public func act(_ rows: LocalRows, into actions: AgentActionRows) throws(ArgusError) {
        guard actions.isDiscrete else { return actContinuously(rows, actions) }
        if headOffsets.isEmpty { headOffsets = actions.headOffsets }
        for copy in 0..<rows.copies where rows.isActing(copy) {
            guard let legal = rows.legal(copy), let base = legal.baseAddress else { continue }
            let draw = rows.random(random, copy)
            let row = actions.discrete(copy)
            for head in 0..<row.count {
                let first = headOffsets[head]
                let size = headOffsets[head + 1] - first
                row[head] = uniformLegal(base + first, size, draw.bits(UInt64(head)))
            }
        }
    }

    @inline(__always)
    private func uniformLegal(_ legal: UnsafePointer<UInt8>, _ size: Int, _ bits: UInt64) -> Int32 {
        var count: UInt64 = 0
        for choice in 0..<size { count &+= UInt64(legal[choice]) }
        // The high word of bits × count is uniform in 0..<count (up to 2^-64 × count).
        var wanted = bits.multipliedFullWidth(by: count).high
        for choice in 0..<size where legal[choice] != 0 {
            if wanted == 0 { return Int32(choice) }
            wanted &-= 1
        }
        return 0
    }

    private func actContinuously(_ rows: LocalRows, _ actions: AgentActionRows) {
        let low = actions.low
        let high = actions.high
        for copy in 0..<rows.copies where rows.isActing(copy) {
            let draw = rows.random(random, copy)
            let row = actions.continuous(copy)
            for index in 0..<row.count {
                // As a weighted mean, which cannot overflow; rounding may still lead just beyond an end.
                let share = draw.uniform(UInt64(index))
                row[index] = min(high[index], max(low[index], low[index] * (1 - share) + high[index] * share))
            }
        }
    }
}

/// `random`.
public struct RandomPolicyProvider: PolicyProvider {
    public let name = "random"

    public init() {}

    public func makePolicies(
        argument: String?, agents: [Int], environment: VectorEnvironment, settings: PolicySettings
    ) throws(ArgusError) -> [TeamMember] {
        if let argument {
            throw ArgusError(
                .policy, "bad policy", at: "team, policy 'random:\(argument)'", found: "an argument", expected: "none",
                remedy: "'random'")
        }
        return agents.map { _ in .local(RandomPolicy(seed: settings.seed)) }
    }
}
