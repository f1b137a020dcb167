import ArgusHost
import PluginFixtures
import Testing

@Suite("A library in a process of its own")
struct PeerSourceTests {
    private func library() throws -> String { try PluginFixture.library("probe") }

    private func pair(
        _ scenario: Scenario, copies: Int, threads: Int = 1
    ) throws -> (here: RandomPlay, there: RandomPlay) {
        let path = try library()
        return (
            RandomPlay(
                try VectorEnvironment(
                    PluginLibrary(path: path), scenario: scenario, copies: copies, threads: threads)),
            RandomPlay(
                try VectorEnvironment(
                    PeerSource(isolating: path), scenario: scenario, copies: copies, threads: threads))
        )
    }

    private func expectEqual(_ here: RandomPlay, _ there: RandomPlay, _ step: Int) throws {
        let (one, other) = (here.environment, there.environment)
        for copy in 0..<one.copies {
            #expect(
                here.part(one.local.observations, copy) == there.part(other.local.observations, copy), "step \(step)")
            #expect(here.part(one.local.legal, copy) == there.part(other.local.legal, copy))
            #expect(here.part(one.local.acting, copy) == there.part(other.local.acting, copy))
            #expect(here.part(one.central.states, copy) == there.part(other.central.states, copy))
            #expect(here.part(one.outcome.rewards, copy) == there.part(other.outcome.rewards, copy))
            #expect(one.outcome.end(copy) == other.outcome.end(copy))
            #expect(one.outcome.elapsed[copy] == other.outcome.elapsed[copy])
            #expect(one.local.seeds[copy] == other.local.seeds[copy])
            guard one.outcome.end(copy) != .running else { continue }
            #expect(
                here.part(one.outcome.finalObservations, copy) == there.part(other.outcome.finalObservations, copy))
            #expect(here.part(one.outcome.finalLegal, copy) == there.part(other.outcome.finalLegal, copy))
            #expect(here.part(one.outcome.finalActing, copy) == there.part(other.outcome.finalActing, copy))
            #expect(here.part(one.central.finalStates, copy) == there.part(other.central.finalStates, copy))
            #expect(here.part(one.outcome.episodeMetrics, copy) == there.part(other.outcome.episodeMetrics, copy))
            #expect(here.part(one.outcome.episodeReturns, copy) == there.part(other.outcome.episodeReturns, copy))
        }
    }

    @Test(
        "Plays exactly what the library plays in this process",
        arguments: [(1, 1, 0), (5, 1, 0), (7, 3, 0), (4, 2, 6)])
    func sameEpisodes(copies: Int, threads: Int, length: Int) throws {
        let (here, there) = try pair(
            PluginFixture.probeScenario(groups: 2, length: length, horizon: 9), copies: copies, threads: threads)
        for play in [here, there] { try play.environment.reset(.stream(run: 5)) }
        for step in 0..<60 {
            try here.step()
            try there.step()
            try expectEqual(here, there, step)
        }
    }

    @Test("A list of seeds is played to its end, resets that fail included")
    func listOfSeeds() throws {
        let (here, there) = try pair(PluginFixture.probeScenario(fault: "reset_fails", horizon: 7), copies: 3)
        let seeds = (0..<20).map { UInt64($0) }
        let one = try here.environment.play(seeds: seeds) { () throws(ArgusError) in try here.act() }
        let other = try there.environment.play(seeds: seeds) { () throws(ArgusError) in try there.act() }
        #expect(one == other)
        #expect(one.failed == 5 && one.returns.count == 15)
    }

    @Test("Two environments in turn give what one gives")
    func doubleBuffering() throws {
        let scenario = PluginFixture.probeScenario(horizon: 8)
        let source = try PeerSource(isolating: library())
        let seeds = (100..<131).map { UInt64($0) }
        let whole = RandomPlay(try VectorEnvironment(source, scenario: scenario, copies: 6))
        let one = try whole.environment.play(seeds: seeds) { () throws(ArgusError) in try whole.act() }
        let halves = [
            RandomPlay(try VectorEnvironment(source, scenario: scenario, copies: 3)),
            RandomPlay(try VectorEnvironment(PluginLibrary(path: library()), scenario: scenario, copies: 2)),
        ]
        let other = try VectorEnvironment.play(
            seeds: seeds, alternating: (halves[0].environment, halves[1].environment)
        ) { environment throws(ArgusError) in
            try (environment === halves[0].environment ? halves[0] : halves[1]).act()
        }
        #expect(one.returns == other.returns && one.seeds == other.seeds && one.metrics == other.metrics)
        #expect(one.steps == other.steps)
    }

    @Test("Texts, pictures and snapshots are the same")
    func extensions() throws {
        let (here, there) = try pair(PluginFixture.probeScenario(), copies: 2)
        for play in [here, there] { try play.environment.reset(.stream(run: 8)) }
        for _ in 0..<4 {
            try here.step()
            try there.step()
        }
        let (one, other) = (here.environment, there.environment)
        for agent in one.specification.agents.indices {
            #expect(try one.textRules(agent: agent) == other.textRules(agent: agent))
            #expect(try one.textSituation(copy: 1, agent: agent) == other.textSituation(copy: 1, agent: agent))
            #expect(
                try one.textAction(copy: 1, agent: agent, choice: 1)
                    == other.textAction(copy: 1, agent: agent, choice: 1))
        }
        #expect(one.textQuanta == other.textQuanta)
        #expect(try one.renderText(copy: 0, color: false) == other.renderText(copy: 0, color: false))
        // A snapshot that was made in one place goes on in the other.
        let saved = try one.snapshot(copy: 0)
        #expect(try other.snapshot(copy: 0) == saved)
        for _ in 0..<3 {
            try here.step()
            try there.step()
        }
        try one.restore(copy: 1, from: saved)
        try other.restore(copy: 1, from: saved)
        try expectEqual(here, there, 7)
        for step in 8..<16 {
            try here.step()
            try there.step()
            try expectEqual(here, there, step)
        }
        let damaged = Array(saved.dropLast(1))
        #expect(argusError { try other.restore(copy: 0, from: damaged) }?.code == .checkpoint)
    }

    @Test("Scripted policies act the same", arguments: ["scripted"])
    func baselines(policy: String) throws {
        let (here, there) = try pair(PluginFixture.probeScenario(horizon: 10), copies: 3)
        let names = here.environment.baselines.map(\.name)
        #expect(names == there.environment.baselines.map(\.name) && !names.isEmpty)
        for name in names {
            let results = try [here, there].map { play in
                let team = try Team(
                    TeamSpecification(policy: "scripted:\(name)"), environment: play.environment,
                    providers: [ScriptedPolicyProvider()], settings: PolicySettings(seed: 1))
                return try play.environment.play(seeds: [1, 2, 3, 4, 5]) { () throws(ArgusError) in
                    try team.act(on: play.environment)
                }
            }
            #expect(results[0] == results[1], "\(name)")
        }
    }

    @Test("A crash costs the episodes of its runner, and is named; all others are as they would have been")
    func crash() throws {
        let seeds = (0..<60).map { UInt64($0) }
        let sound = RandomPlay(
            try VectorEnvironment(
                PluginLibrary(path: library()), scenario: PluginFixture.probeScenario(horizon: 6), copies: 6))
        let expected = try sound.environment.play(seeds: seeds) { () throws(ArgusError) in try sound.act() }
        let play = RandomPlay(
            try VectorEnvironment(
                PeerSource(isolating: library()),
                scenario: PluginFixture.probeScenario(fault: "step_crash", horizon: 6), copies: 6, threads: 3))
        var notes: [String] = []
        play.environment.failureNotes = FailureNotes { notes.append($0) }
        let found = try play.environment.play(seeds: seeds) { () throws(ArgusError) in try play.act() }
        #expect(found.failed > 0 && found.failed + found.returns.count == 60)
        // A runner holds two of the six copies.
        #expect(!notes.isEmpty && found.failed <= notes.count * 2)
        // Signal 6, or what a sanitizer makes of it.
        #expect(notes.allSatisfy { $0.contains("the peer's process ") && $0.contains("during STEP of 2 copies") })
        let returns = Dictionary(uniqueKeysWithValues: zip(expected.seeds, expected.returns))
        for (seed, value) in zip(found.seeds, found.returns) { #expect(returns[seed] == value) }
    }

    @Test(
        "Numbers that are not finite cost their episode alone, and are named with seed and step",
        arguments: ["nan_observation", "nan_at_reset", "nan_state", "inf_reward"])
    func notFinite(fault: String) throws {
        let play = RandomPlay(
            try VectorEnvironment(
                PeerSource(isolating: library()), scenario: PluginFixture.probeScenario(fault: fault, horizon: 6),
                copies: 3))
        var notes: [String] = []
        play.environment.failureNotes = FailureNotes { notes.append($0) }
        let found = try play.environment.play(seeds: Array(1...12)) { () throws(ArgusError) in try play.act() }
        #expect(found.failed == 12 && found.returns.isEmpty)
        #expect(notes.count == 12)
        #expect(
            notes.allSatisfy { $0.contains("breaks its contract") && $0.contains(", seed ") && $0.contains("step") })
    }

    @Test(
        "Other rows that break the contract end the evaluation, as they do in this process",
        arguments: ["nan_elapsed", "ended_seven", "reset_ended", "zero_mask", "mask_two"])
    func brokenRows(fault: String) throws {
        let play = RandomPlay(
            try VectorEnvironment(
                PeerSource(isolating: library()), scenario: PluginFixture.probeScenario(fault: fault, horizon: 6),
                copies: 3))
        let error = argusError {
            _ = try play.environment.play(seeds: Array(1...12)) { () throws(ArgusError) in try play.act() }
        }
        #expect(error?.what == "the environment breaks its contract")
    }

    @Test("An error of the environment says what the environment says")
    func environmentError() throws {
        let environment = try VectorEnvironment(
            PeerSource(isolating: library()), scenario: PluginFixture.probeScenario(fault: "reset_error"), copies: 2)
        let error = argusError { try environment.reset(.stream(run: 1)) }
        #expect(error?.description.contains("the environment failed") == true, "\(error?.description ?? "no error")")
    }

    @Test("A library that is none is an error before anything runs")
    func noLibrary() throws {
        let error = argusError { _ = try PeerSource(isolating: "/dev/null") }
        #expect(error != nil)
    }
}
