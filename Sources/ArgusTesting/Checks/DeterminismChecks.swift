/// One seed fixes an episode, whatever ran before and whatever runs beside.
let determinismChecks: [ConformanceCheck] = [
    ConformanceCheck(
        "seed-fixes-episode", proves: "The same seeds and actions give the same bits twice.",
        remedy: "Draw every random number from a generator that reset() seeds; read no clock and no address."
    ) { subject in
        let seeds = ConformanceSubject.seeds(4, 6)
        var first = try subject.makePlayer(seeds: seeds)
        var second = try subject.makePlayer(seeds: seeds)
        let one = try first.record(subject.effort / 16)
        let other = try second.record(subject.effort / 16)
        for (copy, seed) in seeds.enumerated() { try requireEqual(one[copy], other[copy], seed: seed, "played twice") }
        return .passed
    },
    ConformanceCheck(
        "reset-forgets", proves: "An episode does not depend on the episodes before it, nor on where they stopped.",
        remedy: "Set everything in reset(), also counters, buffers and the random generator."
    ) { subject in
        let seeds = ConformanceSubject.seeds(3, 7)
        var fresh = try subject.makePlayer(seeds: seeds)
        var used = try subject.makePlayer(seeds: ConformanceSubject.seeds(3, 8))
        for _ in 0..<subject.horizon + 7 { try used.step() }
        try used.begin(seeds)
        let one = try fresh.record(subject.effort / 16)
        let other = try used.record(subject.effort / 16)
        for (copy, seed) in seeds.enumerated() {
            try requireEqual(one[copy], other[copy], seed: seed, "in a new and in a used copy")
        }
        return .passed
    },
    ConformanceCheck(
        "interleaved-equal",
        proves: "Two instances that are stepped in turns play as one alone: nothing is process-wide.",
        remedy: "Keep no random generator and no state in globals; rand() and drand48() are process-wide."
    ) { subject in
        let seeds = ConformanceSubject.seeds(2, 9)
        var alone = try subject.makePlayer(seeds: seeds)
        var one = try subject.makePlayer(seeds: seeds)
        var other = try subject.makePlayer(seeds: seeds.reversed())
        let expected = try alone.record(subject.effort / 8)
        for step in 1...max(1, subject.effort / 8) {
            try one.step { player in
                for (copy, seed) in seeds.enumerated() {
                    let digest = [RowDigest(player.instance, copy: copy)]
                    try requireEqual([expected[copy][step]], digest, seed: seed, "alone and interleaved, step \(step)")
                }
            }
            try other.step()
        }
        return .passed
    },
    ConformanceCheck(
        "batch-equals-serial", proves: "64 copies in one instance play as 64 instances with one copy each.",
        remedy: "Index everything by copy; share nothing between copies but what never changes."
    ) { subject in
        let seeds = ConformanceSubject.seeds(64, 10)
        let steps = max(8, subject.effort / 64)
        var batch = try subject.makePlayer(seeds: seeds)
        let together = try batch.record(steps)
        for (copy, seed) in seeds.enumerated() {
            var single = try subject.makePlayer(seeds: [seed])
            try requireEqual(together[copy], try single.record(steps)[0], seed: seed, "in a batch and alone")
        }
        return .passed
    },
    ConformanceCheck(
        "seeds-differ", proves: "Different seeds give different episodes.",
        remedy: "Use all 64 bits of the seed."
    ) { subject in
        // Also seeds that differ in their high bits alone.
        let seeds: [UInt64] = [0, 1, 2, 1 << 32, 2 << 32, 1 << 52, 1 << 63, .max]
        var player = try subject.makePlayer(seeds: seeds, choosing: .inRange)
        // The actions depend on the seed too, so only the beginnings tell.
        var beginnings: [RowDigest: [UInt64]] = [:]
        let roles: [TensorRole] = subject.specification.state == nil ? [.observation] : [.observation, .state]
        for copy in seeds.indices {
            beginnings[RowDigest(player.instance, copy: copy, roles: roles), default: []].append(seeds[copy])
        }
        try player.step()
        if beginnings.count == 1 { return .warning("all seeds begin alike: is there chance in the environment?") }
        // Small worlds may begin alike by chance; half of the beginnings may not.
        if beginnings.count < seeds.count / 2 {
            return .failed("only \(beginnings.count) different beginnings with the seeds \(seeds)")
        }
        return .passed
    },
]
