import ArgusEnvAPI

/// What is written into the host's buffers, and what is not.
let rowChecks: [ConformanceCheck] = [
    ConformanceCheck(
        "rows-written", proves: "Every row of every copy is written by every reset and step, whatever stood there.",
        remedy: "Write all components of all rows, also of dead agents and of agents with narrower rows (zeros)."
    ) { subject in
        let seeds = ConformanceSubject.seeds(4, 2)
        var one = EpisodePlayer(try subject.makeInstance(copies: 4), horizon: subject.horizon, choosing: .legal)
        var other = EpisodePlayer(try subject.makeInstance(copies: 4), horizon: subject.horizon, choosing: .legal)
        // Two different poisons: what differs afterwards was not written, or was read from the buffer.
        func compare(_ call: String) throws {
            for copy in seeds.indices {
                let digests = (RowDigest(one.instance, copy: copy), RowDigest(other.instance, copy: copy))
                let missing = digests.0.differences(from: digests.1).map(\.description).joined(separator: ", ")
                try require(missing.isEmpty, "\(call): \(missing) not wholly written (seed \(one.seeds[copy]))")
            }
        }
        one.instance.poison(0xA5)
        other.instance.poison(0x5A)
        try one.begin(seeds)
        try other.begin(seeds)
        try compare("reset")
        for step in 0..<subject.effort / 16 {
            try one.step(poison: 0xA5)
            try other.step(poison: 0x5A)
            try compare("step \(step)")
        }
        return .passed
    },
    ConformanceCheck(
        "unmasked-untouched",
        proves: "Rows of copies outside the mask, gaps between rows and action rows stay as they are.",
        remedy: "Skip copies whose mask is 0, and step from row to row by the given strides."
    ) { subject in
        let seeds = ConformanceSubject.seeds(5, 3)
        let mask: [UInt8] = [1, 0, 1, 0, 0]
        let instance = try subject.makeInstance(copies: 5, gap: 3)
        instance.poison(0xA5)
        let before = instance.allBytes()
        try instance.bind()
        try require(instance.allBytes() == before, "bind() writes into the buffers")
        try instance.reset(seeds)
        try requireGaps(instance, "reset")
        var player = EpisodePlayer(instance, horizon: .max, choosing: .legal)
        try player.begin(seeds)
        func requireUntouched(_ call: String, _ mask: [UInt8], _ body: () throws -> Void) throws {
            player.writeActions()
            instance.poison(0xA5)
            let before = instance.allBytes()
            try body()
            let after = instance.allBytes()
            for role in TensorRole.allCases {
                guard let tensor = instance.tensor(role) else { continue }
                let stride = Int(tensor.buffer.copy_stride)
                for copy in seeds.indices where mask[copy] == 0 || role == .action {
                    let range = copy * stride..<(copy + 1) * stride
                    try require(
                        before[role.rawValue][range] == after[role.rawValue][range],
                        "\(call) changes \(role) of copy \(copy), which the mask leaves out")
                }
            }
            try requireGaps(instance, call)
        }
        try requireUntouched("step", mask) { try instance.step(mask: mask) }
        try requireUntouched("reset", mask) { try instance.reset(seeds, mask: mask) }
        let none = [UInt8](repeating: 0, count: 5)
        try requireUntouched("step with an empty mask", none) { try instance.step(mask: none) }
        try requireUntouched("reset with an empty mask", none) { try instance.reset(seeds, mask: none) }
        return .passed
    },
    ConformanceCheck(
        "numbers-in-bounds", proves: "Observations, states and rewards are finite and within the declared bounds.",
        remedy: "Mend the computation, or declare the bounds that really hold."
    ) { subject in
        try play(subject, copies: 4) { player, copy in
            let agents = subject.specification.agents
            for (agent, own) in agents.enumerated() {
                let row = player.instance.floats(.observation, copy, agent)
                let place = "observation of \(own.name), \(moment(player, copy))"
                try requireBounded(row, subject.specification.observationBounds, place)
                for index in (own.observationSize ?? row.count)..<row.count where row[index] != 0 {
                    throw ConformanceFailure("\(row[index]) in component \(index) beyond the size of the \(place)")
                }
            }
            let state = player.instance.floats(.state, copy)
            try requireBounded(state, subject.specification.state?.bounds, "state, \(moment(player, copy))")
            for row in 0..<subject.specification.rewardRows {
                try requireBounded(
                    player.instance.floats(.reward, copy, row), nil, "reward row \(row), \(moment(player, copy))")
            }
        }
        return .passed
    },
    ConformanceCheck(
        "legal-rows",
        proves: "Every head of every row has a legal choice; an agent that does not act has only choice 0.",
        remedy: "Make choice 0 legal (and alone legal for rows that are not acting); never mark choices that an "
            + "agent lacks."
    ) { subject in
        guard case .discrete(let heads) = subject.specification.actions else { return .skipped("continuous actions") }
        try play(subject, copies: 4) { player, copy in
            for (agent, own) in subject.specification.agents.enumerated() {
                let row = player.instance.bytes(.legal, copy, agent)
                let isActing = player.instance.bytes(.acting, copy, agent)[0] != 0
                var first = 0
                for (head, size) in heads.enumerated() {
                    let part = Array(row[first..<first + size])
                    let ownSize = own.actionSizes?[head] ?? size
                    let place = "head \(head) of \(own.name), \(moment(player, copy))"
                    try require(part.allSatisfy { $0 <= 1 }, "a legal value other than 0 and 1: \(place)")
                    try require(part.contains(1), "no legal choice: \(place)")
                    try require(!part[max(1, ownSize)...].contains(1), "a legal choice that it does not have: \(place)")
                    try require(
                        isActing || part[0] == 1 && !part[1...].contains(1), "not acting, but with a choice: \(place)")
                    first += size
                }
            }
        }
        return .passed
    },
    ConformanceCheck(
        "flags-as-defined",
        proves: "acting, terminated, ended and elapsed have the header's values, at a reset those of a start.",
        remedy: "After reset: terminated, reward, ended, elapsed 0. When a copy ends: ended and all its terminated "
            + "are 1."
    ) { subject in
        let agents = subject.specification.agents.indices
        try play(subject, copies: 4) { player, copy in
            let instance = player.instance
            let place = moment(player, copy)
            let ended = instance.bytes(.ended, copy)[0]
            let elapsed = instance.floats(.elapsed, copy)[0]
            let terminated = agents.map { instance.bytes(.terminated, copy, $0)[0] }
            try require(agents.allSatisfy { instance.bytes(.acting, copy, $0)[0] <= 1 }, "acting above 1, \(place)")
            try require(terminated.allSatisfy { $0 <= 1 }, "terminated above 1, \(place)")
            try require(elapsed >= 0 && elapsed.isFinite, "elapsed \(elapsed), \(place)")
            try require(ended <= 1, "ended \(ended), \(place)")
            try require(ended == 0 || !terminated.contains(0), "ended with an agent that is not terminated, \(place)")
            guard player.steps[copy] == 0 else { return }
            try require(!terminated.contains(1) && ended == 0 && elapsed == 0, "not 0 after reset, \(place)")
            for row in 0..<subject.specification.rewardRows {
                try require(instance.floats(.reward, copy, row)[0] == 0, "a reward after reset, \(place)")
            }
        }
        return .passed
    },
    ConformanceCheck(
        "dead-stay-dead", proves: "An agent that is terminated stays so for the rest of the episode and does not act.",
        remedy: "Write terminated = 1 and acting = 0 at every step after an agent is out."
    ) { subject in
        let agents = subject.specification.agents
        var dead = Array(repeating: Set<Int>(), count: 4)
        try play(subject, copies: 4) { player, copy in
            if player.steps[copy] == 0 { dead[copy] = [] }
            for agent in agents.indices {
                let isTerminated = player.instance.bytes(.terminated, copy, agent)[0] != 0
                let place = "\(agents[agent].name), \(moment(player, copy))"
                try require(isTerminated || !dead[copy].contains(agent), "an agent rises from the dead: \(place)")
                if isTerminated { dead[copy].insert(agent) }
                let isOver = player.instance.bytes(.ended, copy)[0] != 0
                let isActing = player.instance.bytes(.acting, copy, agent)[0] != 0
                try require(isOver || !isTerminated || !isActing, "a dead agent acts: \(place)")
            }
        }
        return .passed
    },
    ConformanceCheck(
        "unwanted-tensors", proves: "Masks and state may be unwanted; all else is then the same.",
        remedy: "Skip a tensor whose base is NULL."
    ) { subject in
        let seeds = ConformanceSubject.seeds(4, 4)
        let roles = TensorRole.written.filter { $0 != .legal && $0 != .state }
        // Actions that do not look at the masks, since one of the two has none.
        var all = try subject.makePlayer(seeds: seeds, choosing: .inRange)
        var few = try subject.makePlayer(seeds: seeds, choosing: .inRange, unwanted: [.legal, .state])
        let one = try all.record(subject.effort / 16, roles: roles)
        let other = try few.record(subject.effort / 16, roles: roles)
        for (copy, seed) in seeds.enumerated() {
            try requireEqual(one[copy], other[copy], seed: seed, "with and without masks and state")
        }
        return .passed
    },
]

/// Plays for as long as the subject's effort allows and visits every copy after every reset and step.
func play(
    _ subject: ConformanceSubject, copies: Int, choosing choice: EpisodePlayer.Choice = .legal,
    visit: (EpisodePlayer, Int) throws -> Void
) throws {
    var player = try subject.makePlayer(seeds: ConformanceSubject.seeds(copies, 5), choosing: choice)
    for copy in 0..<copies { try visit(player, copy) }
    for _ in 0..<subject.effort / copies {
        try player.step { player in
            for copy in 0..<copies { try visit(player, copy) }
        }
        for copy in 0..<copies where player.steps[copy] == 0 { try visit(player, copy) }
    }
}

/// Seed and step, for messages.
func moment(_ player: EpisodePlayer, _ copy: Int) -> String {
    "seed \(player.seeds[copy]), step \(player.steps[copy])"
}

private func requireBounded(_ row: UnsafeBufferPointer<Float>, _ bounds: Bounds?, _ place: String) throws {
    for (index, value) in row.enumerated() {
        try require(value.isFinite, "\(value) in component \(index): \(place)")
        guard let bounds else { continue }
        try require(
            value >= bounds.low[index] && value <= bounds.high[index],
            "\(value) in component \(index), declared \(bounds.low[index]) to \(bounds.high[index]): \(place)")
    }
}

private func requireGaps(_ instance: BoundaryInstance, _ call: String) throws {
    for role in TensorRole.written {
        guard let tensor = instance.tensor(role), let shape = role.shape(instance.specification) else { continue }
        let rowBytes = shape.width * role.elementSize
        for copy in 0..<instance.copies {
            let start = copy * Int(tensor.buffer.copy_stride)
            for row in 0..<shape.rows {
                let end = start + row * Int(tensor.buffer.row_stride) + rowBytes
                let next =
                    row + 1 < shape.rows
                    ? end - rowBytes + Int(tensor.buffer.row_stride) : start + Int(tensor.buffer.copy_stride)
                try require(
                    tensor.memory[end..<next].allSatisfy { $0 == 0xA5 }, "\(call) writes behind a row of \(role)")
            }
        }
    }
}
