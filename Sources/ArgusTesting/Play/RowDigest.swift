/// What one copy's rows hold at one moment, as one hash a tensor: equal digests stand for equal bits.
struct RowDigest: Hashable {
    private var hashes: [UInt64]
    /// The episode and the steps made in it; for messages only.
    private(set) var seed: UInt64?
    private(set) var step: Int?

    /// - Parameter roles: the tensors that count.
    init(_ instance: BoundaryInstance, copy: Int, roles: [TensorRole] = TensorRole.written) {
        hashes = TensorRole.allCases.map { role in
            guard roles.contains(role), let tensor = instance.tensor(role) else { return 0 }
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for row in 0..<tensor.rows { RowDigest.add(UnsafeRawBufferPointer(tensor.row(copy, row)), to: &hash) }
            return hash
        }
    }

    /// What a player's copy shows now.
    init(_ player: EpisodePlayer, copy: Int, roles: [TensorRole] = TensorRole.written) {
        self.init(player.instance, copy: copy, roles: roles)
        seed = player.seeds[copy]
        step = player.steps[copy]
    }

    static func == (one: RowDigest, other: RowDigest) -> Bool { one.hashes == other.hashes }
    func hash(into hasher: inout Hasher) { hasher.combine(hashes) }

    /// The tensors that differ.
    func differences(from other: RowDigest) -> [TensorRole] {
        TensorRole.allCases.enumerated().filter { hashes[$0.offset] != other.hashes[$0.offset] }.map(\.element)
    }

    /// FNV-1a.
    static func add(_ bytes: UnsafeRawBufferPointer, to hash: inout UInt64) {
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }
}

extension EpisodePlayer {
    /// Plays on and notes every copy's digest after each step, before episodes that are over give way to the next:
    /// [copy][step].
    mutating func record(_ count: Int, roles: [TensorRole] = TensorRole.written) throws -> [[RowDigest]] {
        var trajectories = seeds.indices.map { [RowDigest(self, copy: $0, roles: roles)] }
        for _ in 0..<count {
            try step { player in
                for copy in player.seeds.indices {
                    trajectories[copy].append(RowDigest(player, copy: copy, roles: roles))
                }
            }
        }
        return trajectories
    }
}

/// Fails with the first step and the tensors in which two trajectories differ.
func requireEqual(_ one: [RowDigest], _ other: [RowDigest], _ what: String) throws {
    for pair in zip(one, other) where pair.0 != pair.1 {
        let tensors = pair.0.differences(from: pair.1).map(\.description).joined(separator: ", ")
        throw ConformanceFailure("\(what): \(tensors) differ", seed: pair.0.seed, step: pair.0.step)
    }
    try require(one.count == other.count, "\(what): \(one.count) and \(other.count) steps")
}

/// Fails with the first copy, step and tensors in which trajectories [copy][step] differ.
func requireEqual(_ one: [[RowDigest]], _ other: [[RowDigest]], _ what: String) throws {
    for (first, second) in zip(one, other) { try requireEqual(first, second, what) }
    try require(one.count == other.count, "\(what): \(one.count) and \(other.count) copies")
}
