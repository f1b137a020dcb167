import ArgusHost
import PluginFixtures
import Testing

@Suite("Vector environment")
struct VectorEnvironmentTests {
    private func environment(
        _ scenario: Scenario, copies: Int, threads: Int = 1
    ) throws -> VectorEnvironment {
        try VectorEnvironment(try PluginFixture.probe(), scenario: scenario, copies: copies, threads: threads)
    }

    // MARK: Ends

    @Test("Final observation, mask, acting and state of an ended copy are kept before the reset")
    func finalRows() throws {
        let short = RandomPlay(try environment(PluginFixture.probeScenario(horizon: 6), copies: 4, threads: 2))
        let long = RandomPlay(try environment(PluginFixture.probeScenario(horizon: 100), copies: 4, threads: 2))
        try short.environment.reset(.list([11, 22, 33, 44, 55, 66, 77, 88]))
        try long.environment.reset(.list([11, 22, 33, 44]))
        let next = RandomPlay(try environment(PluginFixture.probeScenario(), copies: 4))
        try next.environment.reset(.list([55, 66, 77, 88]))
        for _ in 0..<6 {
            try short.step()
            try long.step()
        }
        let (ended, going, fresh) = (short.environment, long.environment, next.environment)
        for copy in 0..<4 {
            #expect(ended.outcome.end(copy) == .truncated)
            #expect(short.part(ended.outcome.finalObservations, copy) == long.part(going.local.observations, copy))
            #expect(short.part(ended.outcome.finalLegal, copy) == long.part(going.local.legal, copy))
            #expect(short.part(ended.outcome.finalActing, copy) == long.part(going.local.acting, copy))
            #expect(short.part(ended.central.finalStates, copy) == long.part(going.central.states, copy))
            #expect(short.part(ended.local.observations, copy) == next.part(fresh.local.observations, copy))
            #expect(short.part(ended.central.states, copy) == next.part(fresh.central.states, copy))
            #expect(ended.local.starts[copy] == 1 && ended.local.steps[copy] == 0)
        }
    }

    @Test("An end by rule is a termination, also at the horizon; the horizon alone is a truncation", arguments: [0, 5])
    func truncationAndTermination(length: Int) throws {
        let play = RandomPlay(try environment(PluginFixture.probeScenario(length: length, horizon: 5), copies: 3))
        let outcome = play.environment.outcome
        try play.environment.reset(.stream(run: 1))
        for step in 1...5 {
            try play.step()
            for copy in 0..<3 {
                let expected: EpisodeEnd = step < 5 ? .running : length == 5 ? .terminated : .truncated
                #expect(outcome.end(copy) == expected)
            }
        }
        for copy in 0..<3 {
            // At a truncation only agents that were out by rule before are terminated.
            let terminated = play.part(outcome.terminated, copy)
            #expect(length == 5 ? terminated == [1, 1, 1] : terminated[..<2] == [0, 0])
            #expect(outcome.episodeLengths[copy] == 5)
        }
    }

    @Test("A copy that fails is counted, has no reward, and is reset; the others go on")
    func failedCopy() throws {
        let play = RandomPlay(try environment(PluginFixture.probeScenario(fault: "step_discard"), copies: 3))
        let healthy = RandomPlay(try environment(PluginFixture.probeScenario(), copies: 3))
        try play.environment.reset(.stream(run: 1))
        try healthy.environment.reset(.stream(run: 1))
        for _ in 1...3 {
            try play.step()
            try healthy.step()
        }
        let outcome = play.environment.outcome
        #expect((0..<3).map(outcome.end) == [.running, .failed, .running])
        #expect(play.part(outcome.rewards, 1) == [0, 0, 0])
        #expect(play.environment.local.steps[1] == 0)
        #expect(play.environment.lastReport?.contains("a broken leg") == true)
        for copy in [0, 2] {
            #expect(
                play.part(play.environment.local.observations, copy)
                    == healthy.part(healthy.environment.local.observations, copy))
        }
    }

    // MARK: Rewards

    @Test(
        "Rewards go to teams or to agents as scenario, scope and groups say",
        arguments: [1, 2, 3], ["agent", "group"])
    func rewards(groups: Int, scope: String) throws {
        // The probe's rules: an agent's group, and the reward of an agent's or a group's row.
        let groupOf: [Int] = groups == 1 ? [0, 0, 0] : groups == 2 ? [0, 0, 1] : [1, 2, 0]
        for reward in [Scenario.Reward.team, .individual] {
            let scenario = PluginFixture.probeScenario(groups: groups, scope: scope, horizon: 4, reward: reward)
            let play = RandomPlay(try environment(scenario, copies: 2))
            let (vector, outcome) = (play.environment, play.environment.outcome)
            try vector.reset(.stream(run: 5))
            var returns = Array(repeating: Array(repeating: 0.0, count: groups), count: 2)
            for step in 1...4 {
                try play.act()
                let acting = (0..<2).map { play.part(vector.local.acting, $0) }
                let last = (0..<2).map { copy in
                    (0..<3).map { agent -> Float in
                        // An agent that does not act keeps its last choice, which its observation tells.
                        acting[copy][agent] != 0
                            ? Float(vector.actions.discrete(copy: copy, agent: agent)[0])
                            : vector.local.rows(agent: agent).observation(copy)[2] * 2
                    }
                }
                try vector.step()
                for copy in 0..<2 {
                    let own: [Float] = (0..<3).map { Float($0 + 1) + 0.5 * last[copy][$0] }
                    var team = [Float](repeating: 0, count: groups)
                    for group in 0..<groups where scope == "group" { team[group] = 100 * Float(group + 1) }
                    for agent in 0..<3 where scope == "agent" { team[groupOf[agent]] += own[agent] }
                    for group in 0..<groups { returns[copy][group] += Double(team[group]) }
                    let isTeams = reward == .team || scope == "group"
                    let expected: [Float] = (0..<3).map { isTeams ? team[groupOf[$0]] : own[$0] }
                    #expect(play.part(outcome.rewards, copy) == expected, "step \(step)")
                    if step == 4 { #expect(play.part(outcome.episodeReturns, copy) == returns[copy]) }
                }
            }
        }
    }

    // MARK: Seeds

    @Test("A list of seeds is played once each, by any number of copies and threads", arguments: [1, 3, 7, 20, 64])
    func listOfSeeds(copies: Int) throws {
        let seeds = (0..<20).map { UInt64($0 * $0 + 1) }
        let scenario = PluginFixture.gridWorldScenario(horizon: 12)
        func play(_ copies: Int, _ threads: Int) throws -> [UInt64: [Double]] {
            let vector = try VectorEnvironment(
                try PluginFixture.gridWorld(), scenario: scenario, copies: copies, threads: threads)
            let play = RandomPlay(vector)
            var found: [UInt64: [Double]] = [:]
            try vector.reset(.list(seeds))
            while vector.hasActiveCopies {
                try play.step()
                for copy in 0..<copies where vector.outcome.end(copy) != .running {
                    let seed = vector.outcome.episodeSeeds[copy]
                    #expect(found[seed] == nil, "seed \(seed) twice")
                    found[seed] = [
                        vector.outcome.episodeReturns[copy], Double(vector.outcome.episodeLengths[copy]),
                        vector.outcome.episodeMetrics[copy * 2 + 1],
                    ]
                }
            }
            return found
        }
        let expected = try play(1, 1)
        #expect(Set(expected.keys) == Set(seeds))
        #expect(try play(copies, 3) == expected)
    }

    @Test("Copies that have played all of their seeds rest: no reward, no acting, no end")
    func restingCopies() throws {
        let play = RandomPlay(try environment(PluginFixture.probeScenario(horizon: 3), copies: 2))
        let vector = play.environment
        try vector.reset(.list([1, 2, 3]))
        for _ in 0..<3 { try play.step() }
        #expect(vector.isActive(0) && !vector.isActive(1) && vector.activeCount == 1)
        try play.step()
        #expect(vector.outcome.end(1) == .running)
        #expect(play.part(vector.outcome.rewards, 1) == [0, 0, 0])
        #expect(play.part(vector.local.acting, 1) == [0, 0, 0])
        for _ in 0..<2 { try play.step() }
        #expect(!vector.hasActiveCopies)
    }

    @Test("A stream's seeds depend on run, copy and episode alone, and do not repeat")
    func streamOfSeeds() throws {
        func seeds(run: UInt64, copies: Int, threads: Int) throws -> [[UInt64]] {
            let play = RandomPlay(
                try environment(PluginFixture.probeScenario(horizon: 2), copies: copies, threads: threads))
            try play.environment.reset(.stream(run: run))
            var seeds = Array(repeating: [UInt64](), count: copies)
            for _ in 0..<10 {
                for copy in 0..<copies { seeds[copy].append(play.environment.local.seeds[copy]) }
                try play.step()
                try play.step()
            }
            return seeds
        }
        let many = try seeds(run: 1, copies: 8, threads: 3)
        #expect(Set(many.joined()).count == 80)
        #expect(many.joined().allSatisfy { $0 < 1 << 50 })
        #expect(try seeds(run: 1, copies: 3, threads: 1) == Array(many[..<3]))
        #expect(Set(try seeds(run: 2, copies: 8, threads: 1).joined()).isDisjoint(with: many.joined()))
    }

    @Test("Seeds whose reset fails count as failed episodes, and the next seed takes their place")
    func failingResets() throws {
        let play = RandomPlay(
            try environment(PluginFixture.probeScenario(fault: "reset_fails", horizon: 2), copies: 3, threads: 2))
        // Seeds that 4 divides fail.
        let episodes = try play.environment.play(seeds: Array(0..<10), act: play.act)
        #expect(episodes.seeds == [1, 2, 3, 5, 6, 7, 9])
        #expect(episodes.failed == 3)
    }

    // MARK: Errors

    @Test("After an error in several slices a reset makes the environment usable again")
    func errorsDoNotLinger() throws {
        let vector = try environment(PluginFixture.probeScenario(), copies: 4, threads: 4)
        try vector.reset(.stream(run: 1))
        for copy in 0..<4 { vector.actions.discrete(copy: copy, agent: 0)[0] = 9 }
        let error = argusError { try vector.step() }
        #expect(error?.code == .policy)
        #expect(error?.description.contains("probe_0") == true)
        #expect(error?.description.contains("0 to 2") == true)
        try vector.reset(.stream(run: 1))
        for copy in 0..<4 { vector.actions.discrete(copy: copy, agent: 0)[0] = 0 }
        try vector.step()
    }

    @Test("Impossible numbers of copies are refused", arguments: [0, -1, .max])
    func badCopies(copies: Int) throws {
        let library = try PluginFixture.probe()
        let error = argusError {
            _ = try VectorEnvironment(library, scenario: PluginFixture.probeScenario(), copies: copies)
        }
        #expect(error?.code == .configuration)
    }

    // MARK: Snapshots

    @Test("A restored copy continues as the saved one, also in another copy and on another thread")
    func snapshotContinues() throws {
        let play = RandomPlay(try environment(PluginFixture.probeScenario(), copies: 4, threads: 2))
        let vector = play.environment
        try vector.reset(.list([5, 6, 7, 8]))
        for _ in 0..<4 { try play.step() }
        let bytes = try vector.snapshot(copy: 0)
        func future(_ copy: Int) throws -> [[Float]] {
            try (0..<8).map { _ in
                try play.step()
                return play.part(vector.local.observations, copy) + play.part(vector.outcome.rewards, copy)
                    + play.part(vector.central.states, copy)
            }
        }
        let expected = try future(0)
        try vector.restore(copy: 3, from: bytes)
        #expect(vector.local.seeds[3] == 5 && vector.local.steps[3] == 4)
        #expect(try future(3) == expected)
    }

    @Test("With a chance seed a restored copy has another future, the same one for the same seed")
    func snapshotBranches() throws {
        let play = RandomPlay(try environment(PluginFixture.probeScenario(), copies: 3))
        let vector = play.environment
        try vector.reset(.stream(run: 1))
        let bytes = try vector.snapshot(copy: 0)
        for (copy, seed) in [(0, 1), (1, 1), (2, 2)] as [(Int, UInt64)] {
            try vector.restore(copy: copy, from: bytes, chanceSeed: seed)
        }
        for _ in 0..<3 { try play.step() }
        let rows = (0..<3).map { play.part(vector.local.observations, $0) }
        #expect(rows[0] == rows[1])
        #expect(rows[0] != rows[2])
    }

    @Test("A snapshot of other parameters is refused")
    func foreignSnapshot() throws {
        let one = try environment(PluginFixture.probeScenario(), copies: 1)
        let other = try environment(PluginFixture.probeScenario(length: 9), copies: 1)
        try one.reset(.stream(run: 1))
        try other.reset(.stream(run: 1))
        let bytes = try one.snapshot(copy: 0)
        let error = argusError { try other.restore(copy: 0, from: bytes) }
        #expect(error?.code == .checkpoint)
        #expect(error?.found.contains("specification") == true)
    }
}
