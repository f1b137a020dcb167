/// What a seed changes.
let seedChecks: [ConformanceCheck] = [
    ConformanceCheck(
        "seeds-differ", proves: "Different seeds give different episodes.",
        remedy: "Use all 64 bits of the seed; an environment without any chance may keep this warning."
    ) { subject in
        // Also seeds that differ in their high bits alone.
        let seeds: [UInt64] = [1, 2, 3, 4, 1 << 32 | 1, 2 << 32 | 1, 1 << 52 | 1, 1 << 63 | 1]
        let found = try futures(subject, seeds)
        if Set(found).count == 1 { return .warning("all seeds give the same: is there chance in the environment?") }
        if Set(found[4...]).count == 1, found[4] == found[0], Set(found[..<4]).count == 4 {
            return .warning("seeds that differ in their upper 32 bits only give the same episode")
        }
        // Small worlds may be alike by chance.
        if Set(found).count < 3 { return .warning("only \(Set(found).count) different episodes with 8 seeds") }
        return .passed
    },
    ConformanceCheck(
        "later-seeds-matter", proves: "The seeds of the second and later resets are used as the first one is.",
        remedy: "Seed the generator at every reset(), not only at the first; never draw the next episode from the last "
            + "one's generator."
    ) { subject in
        let seeds = ConformanceSubject.seeds(6, 20)
        let fresh = try futures(subject, seeds)
        if Set(fresh).count == 1 { return .skipped("all seeds give the same") }
        var player = try subject.makePlayer(seeds: [seeds[0]], choosing: .repeated)
        var later: [[RowDigest]] = []
        for seed in seeds {
            try player.begin([seed])
            later.append(try player.record(4)[0])
        }
        if Set(later).count == 1 {
            return ConformanceResult(
                .fail, "six resets of one copy with different seeds all give the same episode", seed: seeds[1], step: 0)
        }
        for index in seeds.indices {
            try requireEqual(fresh[index], later[index], "as a copy's first and as its reset number \(index + 2)")
        }
        return .passed
    },
]

/// The first steps with each seed, in new copies, always with the same actions.
private func futures(_ subject: ConformanceSubject, _ seeds: [UInt64]) throws -> [[RowDigest]] {
    try seeds.map { seed in
        var player = try subject.makePlayer(seeds: [seed], choosing: .repeated)
        return try player.record(4)[0]
    }
}
