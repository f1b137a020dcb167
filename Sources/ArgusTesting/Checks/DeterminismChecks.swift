/// One seed fixes an episode, whatever ran before and whatever runs beside.
let determinismChecks: [ConformanceCheck] = [
    ConformanceCheck(
        "seed-fixes-episode", proves: "The same seeds and actions give the same bits twice, over whole episodes.",
        remedy: "Draw every random number from a generator that reset() seeds; read no clock and no address."
    ) { subject in
        let seeds = ConformanceSubject.seeds(4, 6)
        var first = try subject.makePlayer(seeds: seeds)
        let one = try first.record(subject.effort / 16)
        var second = try subject.makePlayer(seeds: seeds)
        let other = try second.record(subject.effort / 16)
        try requireEqual(one, other, "one seed played twice")
        return .passed
    },
    ConformanceCheck(
        "reset-forgets", proves: "An episode does not depend on the episodes before it, nor on where they stopped.",
        remedy: "Set everything in reset(), also counters, buffers and the random generator."
    ) { subject in
        let seeds = ConformanceSubject.seeds(3, 7)
        var fresh = try subject.makePlayer(seeds: seeds)
        let one = try fresh.record(subject.effort / 16)
        var used = try subject.makePlayer(seeds: ConformanceSubject.seeds(3, 8))
        for _ in 0..<subject.horizon + 7 { try used.step() }
        try used.begin(seeds)
        let other = try used.record(subject.effort / 16)
        try requireEqual(one, other, "in a new and in a used copy")
        return .passed
    },
    ConformanceCheck(
        "interleaved-equal",
        proves: "Two instances that are stepped in turns play as one alone: nothing is process-wide.",
        remedy: "Keep no random generator and no state in globals; rand(), random and numpy.random are process-wide."
    ) { subject in
        let seeds = ConformanceSubject.seeds(2, 9)
        let steps = max(1, subject.effort / 8)
        var alone = try subject.makePlayer(seeds: seeds)
        let expected = try alone.record(steps)
        var one = try subject.makePlayer(seeds: seeds)
        var other = try subject.makePlayer(seeds: seeds.reversed())
        for step in 1...steps {
            try one.step { player in
                for copy in seeds.indices {
                    try requireEqual(
                        [expected[copy][step]], [RowDigest(player, copy: copy)], "alone and with another instance")
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
            // At least the first and some of the later copies.
            guard copy < 8 || subject.hasTime else { return .passed("\(copy) of 64 copies compared, then time was up") }
            var single = try subject.makePlayer(seeds: [seed])
            try requireEqual(together[copy], try single.record(steps)[0], "copy \(copy) of 64 and alone")
        }
        return .passed
    },
    ConformanceCheck(
        "masked-stand-still", proves: "Copies outside the mask stand still: stepping others does not move them.",
        remedy: "Skip copies whose mask is 0 altogether, also counters and random draws."
    ) { subject in
        let seeds = ConformanceSubject.seeds(3, 19)
        let steps = max(6, min(subject.horizon, subject.effort / 32))
        var together = try subject.makePlayer(seeds: seeds)
        let expected = try together.record(steps)
        var uneven = try subject.makePlayer(seeds: seeds)
        // Copy 0 goes ahead of the others, then copy 1, then 2.
        for copy in seeds.indices {
            for step in 1...steps {
                guard try uneven.stepOnly(copy) else { break }
                try requireEqual(
                    [expected[copy][step]], [RowDigest(uneven, copy: copy)], "all at a time and one at a time")
            }
        }
        return .passed
    },
]
