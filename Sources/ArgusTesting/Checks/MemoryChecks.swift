/// Memory that is not given back.
let memoryChecks: [ConformanceCheck] = [
    ConformanceCheck(
        "create-destroy", proves: "Instances can be made and ended a hundred times, used or not, without leaks.",
        remedy: "Free in destroy() what create() allocated, and keep nothing in globals.", needsOwnProcess: true
    ) { subject in
        guard subject.canMeasureMemory else {
            for round in 0..<100 where subject.hasTime { try use(subject, round) }
            return .passed("memory of a process elsewhere is not measured")
        }
        // What is set up once settles in the first rounds.
        for round in 0..<24 { try use(subject, round) }
        var watch = GrowthWatch(subject.kind)
        watch.sample()
        var rounds = 24
        for _ in 0..<4 {
            for round in 0..<24 { try use(subject, round) }
            rounds += 24
            watch.sample()
            guard subject.hasTime else { break }
        }
        if let words = watch.growth(rounds: 24, "instances") { return .failed(words) }
        return .passed("\(rounds) instances")
    },
    ConformanceCheck(
        "long-play-memory", proves: "Long play does not need more and more memory.",
        remedy: "Keep no history over episodes; free in reset() what an episode has allocated.", needsOwnProcess: true
    ) { subject in
        guard subject.canMeasureMemory else { return .skipped("the peer's process is not one that was started here") }
        let steps = max(60, subject.effort / 4)
        var player = try subject.makePlayer(seeds: ConformanceSubject.seeds(4, 24))
        for _ in 0..<2 * steps { try player.step() }
        var watch = GrowthWatch(subject.kind)
        watch.sample()
        var all = 0
        for round in 0..<5 {
            for _ in 0..<steps { try player.step() }
            all += 4 * steps
            // At the same point of an episode, since an environment may keep an episode's history.
            try player.begin(ConformanceSubject.seeds(4, 25 + UInt64(round)))
            watch.sample()
            guard subject.hasTime else { break }
        }
        if let words = watch.growth(rounds: 4 * steps, "steps") { return .failed(words) }
        return .passed("\(all) steps")
    },
]

/// Makes an instance, uses it or not, and ends it.
private func use(_ subject: ConformanceSubject, _ round: Int) throws {
    let instance = try subject.makeInstance(copies: round % 4)
    if round % 3 == 0 { try instance.reset(ConformanceSubject.seeds(round % 4)) }
    if round % 6 == 0 { try instance.step() }
}
