import ArgusEnvAPI
import ArgusHost

/// What the host makes of the environment.
let hostChecks: [ConformanceCheck] = [
    ConformanceCheck(
        "host-threads-equal", proves: "64 copies on 1, 2 and 4 threads, and one at a time, play the same episodes.",
        remedy: "Keep no mutable process-wide state; a peer that begins the next episode within STEP must do it as a "
            + "RESET does, and leave nothing of the last episode in its rows."
    ) { subject in
        var scenario = subject.scenario
        scenario.horizon = min(scenario.horizon, max(6, subject.effort / 100))
        let seeds = ConformanceSubject.seeds(64, 11)
        func episodes(copies: Int, threads: Int) throws -> [UInt64: [UInt64]] {
            let environment = try VectorEnvironment(
                subject.source, scenario: scenario, copies: copies, threads: threads)
            return try recordEpisodes(environment, seeds)
        }
        let serial = try episodes(copies: 1, threads: 1)
        try require(serial.count == seeds.count, "\(serial.count) episodes of \(seeds.count) seeds")
        for threads in [1, 2, 4] {
            let batch = try episodes(copies: 64, threads: threads)
            for seed in seeds where batch[seed] != serial[seed] {
                let pair = zip(serial[seed] ?? [], batch[seed] ?? [])
                let step = pair.enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? 0
                throw ConformanceFailure(
                    "64 copies on \(threads) thread\(threads == 1 ? "" : "s") and one alone differ", seed: seed,
                    step: (step + 1) / 2)
            }
        }
        return .passed
    },
    ConformanceCheck(
        "host-action-out-of-range",
        proves: "An action out of range gets an error that names the agent, and the next reset works.",
        remedy: "This is the host's: report it."
    ) { subject in
        let environment = try VectorEnvironment(subject.source, scenario: subject.scenario, copies: 2)
        let agents = subject.specification.agents
        let last = agents.count - 1
        for isNegative in [true, false] {
            try environment.reset(.stream(run: 1))
            for agent in agents.indices {
                let rows = environment.actions
                switch subject.specification.actions {
                case .discrete: rows.discrete(copy: 1, agent: agent).update(repeating: 0)
                case .continuous(_, let bounds): _ = rows.continuous(copy: 1, agent: agent).update(from: bounds.low)
                }
            }
            switch subject.specification.actions {
            case .discrete: environment.actions.discrete(copy: 1, agent: last)[0] = isNegative ? -1 : .max
            case .continuous: environment.actions.continuous(copy: 1, agent: last)[0] = isNegative ? -.infinity : .nan
            }
            do {
                try environment.step()
                return .failed("no error for an action out of range")
            } catch let error as ArgusError {
                try require(error.code == .policy, "an error of another kind: \(error)")
                try require(error.description.contains(agents[last].name), "an error without the agent: \(error)")
            }
        }
        try environment.reset(.stream(run: 2))
        return .passed
    },
]

/// Plays one random episode for each seed and gives back a hash a step of everything that policies, trainers and reports
/// read.
private func recordEpisodes(_ environment: VectorEnvironment, _ seeds: [UInt64]) throws -> [UInt64: [UInt64]] {
    let policies = environment.specification.agents.map { _ in RandomPolicy(seed: 3) }
    let agents = environment.specification.agents.count
    var trajectories: [UInt64: [UInt64]] = [:]
    var hashes = Array(repeating: [UInt64](), count: environment.copies)
    /// A copy's part of a tensor.
    func add<Element>(_ values: UnsafeBufferPointer<Element>, _ copy: Int, to hash: inout UInt64) {
        let size = values.count / environment.copies
        let part = UnsafeBufferPointer(rebasing: values[copy * size..<(copy + 1) * size])
        RowDigest.add(UnsafeRawBufferPointer(part), to: &hash)
    }
    func addWritable<Element>(_ values: AlignedBuffer<Element>, _ copy: Int, to hash: inout UInt64) {
        add(UnsafeBufferPointer(values.elements), copy, to: &hash)
    }
    func live(_ copy: Int) -> UInt64 {
        var hash: UInt64 = 1
        add(environment.local.observations, copy, to: &hash)
        add(environment.local.legal, copy, to: &hash)
        add(environment.local.acting, copy, to: &hash)
        add(environment.central.states, copy, to: &hash)
        return hash
    }
    try environment.reset(.list(seeds))
    for copy in 0..<environment.copies { hashes[copy] = [live(copy)] }
    while environment.hasActiveCopies {
        for agent in 0..<agents {
            try policies[agent].act(environment.local.rows(agent: agent), into: environment.actions.rows(agent: agent))
        }
        let active = (0..<environment.copies).map(environment.isActive)
        try environment.step()
        let outcome = environment.outcome
        for copy in 0..<environment.copies where active[copy] {
            var hash: UInt64 = 2
            addWritable(outcome.rewards, copy, to: &hash)
            addWritable(outcome.terminated, copy, to: &hash)
            addWritable(outcome.ended, copy, to: &hash)
            addWritable(outcome.elapsed, copy, to: &hash)
            if outcome.end(copy) == .running {
                hashes[copy] += [hash, live(copy)]
                continue
            }
            addWritable(outcome.finalObservations, copy, to: &hash)
            addWritable(outcome.finalLegal, copy, to: &hash)
            addWritable(outcome.finalActing, copy, to: &hash)
            addWritable(outcome.episodeLengths, copy, to: &hash)
            addWritable(outcome.episodeReturns, copy, to: &hash)
            addWritable(outcome.episodeMetrics, copy, to: &hash)
            add(environment.central.finalStates, copy, to: &hash)
            trajectories[outcome.episodeSeeds[copy]] = hashes[copy] + [hash]
            hashes[copy] = [live(copy)]
        }
    }
    return trajectories
}
