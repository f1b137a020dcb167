import ArgusEnvAPI
import CArgusEnv

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
        func compare(_ call: String, _ copy: Int) throws {
            let digests = (RowDigest(one, copy: copy), RowDigest(other, copy: copy))
            let missing = digests.0.differences(from: digests.1).map(\.description).joined(separator: ", ")
            guard !missing.isEmpty else { return }
            throw ConformanceFailure(
                "\(call): \(missing) not wholly written, or written from what stood there before",
                seed: digests.0.seed, step: digests.0.step)
        }
        if subject.kind == .peer {
            // A peer never sees our buffers: its own hold what earlier episodes left there, so let them differ.
            try other.begin(ConformanceSubject.seeds(4, 21))
            for _ in 0..<7 { try other.step() }
        }
        one.instance.poison(0xA5)
        other.instance.poison(0x5A)
        try one.begin(seeds)
        try other.begin(seeds)
        for copy in seeds.indices { try compare("reset", copy) }
        for _ in 0..<subject.effort / 16 where subject.hasTime {
            // Compared before episodes that are over give way to the next, and after.
            var before: [[RowDigest]] = []
            try one.step(poison: 0xA5) { player in
                before = seeds.indices.map { [RowDigest(player, copy: $0)] }
            }
            try other.step(poison: 0x5A) { player in
                for copy in seeds.indices where before[copy] != [RowDigest(player, copy: copy)] {
                    let missing = before[copy][0].differences(from: RowDigest(player, copy: copy))
                    throw ConformanceFailure(
                        "step: \(missing.map(\.description).joined(separator: ", ")) not wholly written, or written "
                            + "from what stood there before", seed: before[copy][0].seed, step: before[copy][0].step)
                }
            }
            for copy in seeds.indices where one.steps[copy] == 0 { try compare("reset", copy) }
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
                    guard before[role.rawValue][range] != after[role.rawValue][range] else { continue }
                    throw ConformanceFailure(
                        role == .action
                            ? "\(call) changes the actions of copy \(copy)"
                            : "\(call) changes \(role) of copy \(copy), which the mask leaves out", seed: seeds[copy],
                        step: player.steps[copy])
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
        let rewards = try RewardBounds(subject)
        try play(subject, copies: 4) { player, copy in
            let agents = subject.specification.agents
            for (agent, own) in agents.enumerated() {
                let row = player.instance.floats(.observation, copy, agent)
                let place = "the observation of \(own.name)"
                try requireBounded(row, subject.specification.observationBounds, place)
                for index in (own.observationSize ?? row.count)..<row.count where row[index] != 0 {
                    throw ConformanceFailure("\(row[index]) in component \(index), beyond the size of \(place)")
                }
            }
            let state = player.instance.floats(.state, copy)
            try requireBounded(state, subject.specification.state?.bounds, "the state")
            for row in 0..<subject.specification.rewardRows {
                try requireBounded(
                    player.instance.floats(.reward, copy, row), rewards.bounds, "the reward, row \(row)")
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
        try requireEqual(one, other, "with and without masks and state")
        return .passed
    },
]

private func requireBounded(_ row: UnsafeBufferPointer<Float>, _ bounds: Bounds?, _ place: String) throws {
    for (index, value) in row.enumerated() {
        try require(value.isFinite, "\(value) in component \(index) of \(place), expected a finite number")
        guard let bounds else { continue }
        try require(
            value >= bounds.low[index] && value <= bounds.high[index],
            "\(value) in component \(index) of \(place), declared \(bounds.low[index]) to \(bounds.high[index])")
    }
}

/// The declared bounds of rewards, which the host does not use: read from the instance's own specification, or from the
/// peer itself, whose instances do not pass them on.
private struct RewardBounds {
    let bounds: Bounds?

    init(_ subject: ConformanceSubject) throws {
        let instance = try subject.makeInstance(copies: 0)
        let specification = instance.pointer.pointee.specification(instance.pointer).pointee
        var found: Bounds?
        for index in 0..<Int(specification.tensor_count) {
            // Elements are as far apart as the plugin's own struct is long.
            let stride = Int(specification.tensors.pointee.struct_size)
            let tensor = UnsafeRawPointer(specification.tensors).loadUnaligned(
                fromByteOffset: index * stride, as: argus_tensor.self)
            if tensor.role == ARGUS_REWARD, let low = tensor.low, let high = tensor.high {
                found = Bounds(low: [low.pointee], high: [high.pointee])
            }
        }
        if found == nil, let peer = subject.peer {
            found = try WireSession(peer, seconds: subject.patience).specification(subject).rewardBounds
        }
        bounds = found
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
