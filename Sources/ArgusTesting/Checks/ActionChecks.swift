import ArgusEnvAPI
import CArgusEnv

/// Actions that are legal, illegal or scripted.
let actionChecks: [ConformanceCheck] = [
    ConformanceCheck(
        "illegal-actions",
        proves: "An action within range that is not legal is no error; it follows the environment's own rule.",
        remedy: "Treat an illegal action as the rules say (mostly: as doing nothing)."
    ) { subject in
        try play(subject, copies: 4, choosing: .inRange) { player, copy in
            try require(player.instance.bytes(.ended, copy)[0] != 2, "a failed episode")
        }
        return .passed
    },
    ConformanceCheck(
        "extreme-actions", proves: "The smallest and largest actions, again and again, do no harm.",
        remedy: "Check every index and sum that actions go into; take clipped values for continuous actions."
    ) { subject in
        try play(subject, copies: 4, choosing: .extreme) { player, copy in
            try require(player.instance.bytes(.ended, copy)[0] != 2, "a failed episode")
            for agent in subject.specification.agents.indices {
                let row = player.instance.floats(.observation, copy, agent)
                try require(row.allSatisfy(\.isFinite), "an observation of agent \(agent) that is not finite")
            }
        }
        return .passed
    },
    ConformanceCheck(
        "baselines-act",
        proves: "Scripted policies act legally and repeatably, and asking them does not change the game.",
        remedy: "Choose from the legal row; keep what a baseline remembers apart from what step() uses."
    ) { subject in
        let seeds = ConformanceSubject.seeds(2, 12)
        var player = try subject.makePlayer(seeds: seeds)
        guard let baselines = player.instance.baselines else { return .skipped("no argus.baseline/1") }
        try require(baselines.count > 0, "argus.baseline/1 without a baseline")
        let steps = max(1, subject.effort / 16)
        var untouched = try subject.makePlayer(seeds: seeds)
        let expected = try untouched.record(steps)
        var twin = try subject.makePlayer(seeds: seeds)
        var illegal: String?
        for step in 1...steps {
            for baseline in 0..<Int(baselines.count) {
                for copy in seeds.indices {
                    try player.visit(copy) { player, copy in
                        let asked = try askBaseline(player, baselines, baseline, copy)
                        if let again = twin.instance.baselines {
                            try require(
                                try askBaseline(twin, again, baseline, copy).rows == asked.rows,
                                "two instances in the same situation get different actions from baseline \(baseline)")
                        }
                        illegal = illegal ?? asked.illegal
                    }
                }
            }
            try player.step { player in
                for copy in seeds.indices {
                    try requireEqual(
                        [expected[copy][step]], [RowDigest(player, copy: copy)],
                        "without and with asking the baselines")
                }
            }
            try twin.step()
            if !subject.hasTime { break }
        }
        // The header does not forbid it, but a baseline is shown what is legal.
        return illegal.map(ConformanceResult.warning) ?? .passed
    },
]

/// Asks one baseline for the actions of one copy and checks them. Returns them, and the first choice that is within range
/// but not legal.
private func askBaseline(
    _ player: EpisodePlayer, _ baselines: argus_baselines, _ baseline: Int, _ copy: Int
) throws -> (rows: [Int32], illegal: String?) {
    CallTrace.shared.note(.baseline)
    let instance = player.instance
    let descriptor = baselines.baselines[baseline]
    let name = String(cString: descriptor.name)
    let agents = instance.specification.agents
    let width = instance.specification.actions.rowSize
    // 4-byte elements, i32 or f32; one row more, which must stay as it is.
    let untouched: Int32 = 0x5A5A_5A5A
    var rows = [Int32](repeating: untouched, count: (agents.count + 1) * width)
    // Rows of agents that are not asked for stay as they are.
    var asked = agents.indices.map { UInt8(($0 + player.steps[copy]) % 3 == 0 && agents.count > 1 ? 0 : 1) }
    for agent in agents.indices where instance.bytes(.acting, copy, agent)[0] == 0 { asked[agent] = 0 }
    if descriptor.sees_state != 0 {
        try instance.succeed(
            "baseline \(name)",
            baselines.act_jointly(instance.pointer, UInt32(baseline), UInt32(copy), asked, &rows, width * 4))
    } else {
        for agent in agents.indices where asked[agent] != 0 {
            guard let observation = instance.floats(.observation, copy, agent).baseAddress else { continue }
            // Aligned for whatever the baseline keeps there; zero, as at the start of an episode.
            var memory = [UInt64](repeating: 0, count: Int(descriptor.memory_size) / 8 + 1)
            let status = rows.withUnsafeMutableBufferPointer { rows in
                memory.withUnsafeMutableBytes { memory in
                    guard let row = rows.baseAddress else { return ARGUS_ERROR }
                    return baselines.act_locally(
                        instance.pointer, UInt32(baseline), UInt32(agent), observation,
                        instance.bytes(.legal, copy, agent).baseAddress,
                        descriptor.memory_size > 0 ? memory.baseAddress : nil, row + agent * width)
                }
            }
            try instance.succeed("baseline \(name)", status)
        }
    }
    let place = "baseline \(name)"
    var illegal: String?
    for agent in 0...agents.count {
        let row = rows[agent * width..<(agent + 1) * width]
        guard agent < agents.count, asked[agent] != 0 else {
            try require(row.allSatisfy { $0 == untouched }, "a row that was not asked for is written: \(place)")
            continue
        }
        let found = try illegalChoice(Array(row), agent, copy, instance, "\(agents[agent].name), \(place)")
        illegal = illegal ?? found
    }
    return (rows, illegal)
}

/// Fails for a choice out of range; returns the first one that is illegal.
private func illegalChoice(
    _ row: [Int32], _ agent: Int, _ copy: Int, _ instance: BoundaryInstance, _ place: String
) throws -> String? {
    switch instance.specification.actions {
    case .discrete(let heads):
        let own = instance.specification.agents[agent].actionSizes ?? heads
        let legal = instance.bytes(.legal, copy, agent)
        var first = 0
        for head in heads.indices {
            let choice = Int(row[head])
            try require(
                choice >= 0 && choice < max(1, own[head]), "choice \(choice) of head \(head) is out of range: \(place)")
            if legal[first + choice] == 0 { return "choice \(choice) of head \(head) is illegal: \(place)" }
            first += heads[head]
        }
    case .continuous(let size, let bounds):
        for index in 0..<size {
            let value = Float(bitPattern: UInt32(bitPattern: row[index]))
            try require(
                value >= bounds.low[index] && value <= bounds.high[index],
                "\(value) in component \(index) is out of bounds: \(place)")
        }
    }
    return nil
}
