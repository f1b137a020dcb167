import ArgusEnvAPI

/// Snapshots of single copies: the environment's state framed with version, specification hash and checksum, and the
/// host's own numbers of the episode.
///
/// Layout, little-endian: magic "ARGUSNAP", u32 version, u32 group count, 24 bytes specification hash, i64 episode
/// index, u64 seed, i64 step, u8 start flag, u8 active flag, 6 zero bytes, f64 return of each group, u64 payload size,
/// payload, u64 FNV-1a checksum of everything before it.
extension VectorEnvironment {
    private static let magic = Array("ARGUSNAP".utf8)
    private static let version: UInt32 = 1

    /// The dynamic state of one copy.
    ///
    /// - Throws: ``ArgusError`` when the environment has no snapshots.
    public func snapshot(copy: Int) throws(ArgusError) -> [UInt8] {
        let (instance, index) = instance(of: copy)
        let payload = try instance.save(copy: index)
        var bytes = Self.magic
        append(Self.version, to: &bytes)
        append(UInt32(layout.groups), to: &bytes)
        var hash = Array(specificationHash.utf8.prefix(24))
        hash += Array(repeating: 0, count: 24 - hash.count)
        bytes += hash
        append(Int64(progress.episode[copy]), to: &bytes)
        append(progress.seeds[copy], to: &bytes)
        append(Int64(progress.steps[copy]), to: &bytes)
        bytes += [progress.starts[copy], progress.active[copy], 0, 0, 0, 0, 0, 0]
        for group in copy * layout.groups..<(copy + 1) * layout.groups {
            append(progress.returns[group].bitPattern, to: &bytes)
        }
        append(UInt64(payload.count), to: &bytes)
        bytes += payload
        append(Fingerprint.fnv1a64(bytes), to: &bytes)
        return bytes
    }

    /// Continues one copy from a snapshot, as the saved copy would have gone on.
    ///
    /// - Parameter chanceSeed: when given, the future's chance is drawn from it, so that branches differ.
    /// - Throws: ``ArgusError`` (checkpoint) for bytes that are not a snapshot of this environment; the copy is then as
    ///   it was.
    public func restore(copy: Int, from bytes: [UInt8], chanceSeed: UInt64? = nil) throws(ArgusError) {
        func refused(_ found: String, _ expected: String) -> ArgusError {
            ArgusError(.checkpoint, "not a usable snapshot", at: "copy \(copy)", found: found, expected: expected)
        }
        let fixed = 8 + 4 + 4 + 24 + 8 + 8 + 8 + 8 + layout.groups * 8 + 8
        guard bytes.count >= fixed + 8 else { throw refused("\(bytes.count) bytes", "at least \(fixed + 8)") }
        guard bytes.starts(with: Self.magic) else { throw refused("other bytes", "bytes that begin with ARGUSNAP") }
        var reader = ByteReader(bytes: bytes, offset: 8)
        let version = UInt32(truncatingIfNeeded: reader.word(4))
        guard version == Self.version else { throw refused("version \(version)", "version \(Self.version)") }
        let groups = reader.word(4)
        guard groups == UInt64(layout.groups) else { throw refused("\(groups) groups", "\(layout.groups)") }
        let checksum = ByteReader.word(bytes, bytes.count - 8, 8)
        guard checksum == Fingerprint.fnv1a64(bytes.dropLast(8)) else {
            throw refused("a wrong checksum", "undamaged bytes")
        }
        let hash = String(decoding: bytes[reader.offset..<reader.offset + 24].prefix { $0 != 0 }, as: UTF8.self)
        guard hash == specificationHash else {
            throw refused("a snapshot of the specification \(hash)", specificationHash)
        }
        reader.offset += 24
        let episode = Int64(bitPattern: reader.word(8))
        let seed = reader.word(8)
        let step = Int64(bitPattern: reader.word(8))
        let flags = (bytes[reader.offset], bytes[reader.offset + 1])
        reader.offset += 8
        let returns = (0..<layout.groups).map { _ in Double(bitPattern: reader.word(8)) }
        let size = reader.word(8)
        guard size == UInt64(bytes.count - fixed - 8), episode >= -1, step >= 0, flags.0 <= 1, flags.1 <= 1 else {
            throw refused("inconsistent fields", "a snapshot as it was written")
        }
        let (instance, index) = instance(of: copy)
        do {
            try instance.load(copy: index, Array(bytes[reader.offset..<bytes.count - 8]), chanceSeed: chanceSeed)
        } catch {
            throw refused(error.found, "a state of this environment")
        }
        progress.episode[copy] = Int(episode)
        progress.seeds[copy] = seed
        progress.steps[copy] = Int(step)
        progress.starts[copy] = flags.0
        progress.active[copy] = flags.1
        if flags.1 == 0 { for agent in 0..<layout.agents { tensors.acting[copy * layout.agents + agent] = 0 } }
        for group in 0..<layout.groups { progress.returns[copy * layout.groups + group] = returns[group] }
    }

    /// Sets one copy to a state in the environment's own form, as the running episode's; the host's numbers of it stay.
    ///
    /// - Throws: ``ArgusError`` when the environment refuses the bytes; the copy is then as it was.
    func restoreEnvironment(copy: Int, from bytes: [UInt8]) throws(ArgusError) {
        let (instance, index) = instance(of: copy)
        try instance.load(copy: index, bytes, chanceSeed: nil)
    }

    /// Where each copy stands in its stream of episodes, for checkpoints of environments without snapshots.
    public var episodeIndices: [Int] {
        get { Array(progress.episode.elements) }
        set { for (copy, index) in newValue.prefix(copies).enumerated() { progress.episode[copy] = index } }
    }

    /// Begins every copy's next episode, after ``episodeIndices`` have been set.
    public func beginNextEpisodes() throws(ArgusError) { try resetAll(continuing: true) }

    private func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
}

/// Reads little-endian words from bytes whose length has been checked.
private struct ByteReader {
    let bytes: [UInt8]
    var offset: Int

    mutating func word(_ size: Int) -> UInt64 {
        defer { offset += size }
        return ByteReader.word(bytes, offset, size)
    }

    static func word(_ bytes: [UInt8], _ offset: Int, _ size: Int) -> UInt64 {
        bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
