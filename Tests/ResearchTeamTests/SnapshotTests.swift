import ArgusEnvAPI
import ResearchTeamRules
import Testing

@Suite("research team: snapshots")
struct SnapshotTests {
    @Test("a restored episode goes on identically", arguments: ScenarioTask.all)
    func continues(task: ScenarioTask) throws {
        var random = SplitMix64(seed: 11)
        let (played, restored) = (try PlayedTeam(task.parameters), try PlayedTeam(task.parameters, seed: 77))
        for seed in 0..<20 as Range<UInt64> {
            played.begin(seed)
            for _ in 0..<random.below(15) where !played.isOver { played.step(played.randomActions(&random)) }
            let bytes = try played.environment.snapshot()
            try restored.environment.restore(bytes)
            #expect(try restored.environment.snapshot() == bytes)
            restored.look()
            #expect(restored.observations == played.observations)
            for _ in 0..<20 where !played.isOver {
                let actions = played.randomActions(&random)
                #expect(played.step(actions) == restored.step(actions))
                #expect(played.observations == restored.observations && played.legal == restored.legal)
                #expect(played.state == restored.state && played.isOver == restored.isOver)
            }
        }
    }

    @Test("a new chance seed changes readings to come and nothing else")
    func chance() throws {
        let team = try PlayedTeam(ScenarioTask.named("noisy"), seed: 4)
        let before = team.observations
        let bytes = try team.environment.snapshot()
        var readings: Set<Float> = []
        for seed in 0..<20 as Range<UInt64> {
            try team.environment.restore(bytes)
            team.environment.reseedChance(seed)
            team.look()
            #expect(team.observations == before)
            team.step([2: .look(team.configuration.ownSources(1).lowerBound)])
            readings.insert(team.observations[2].reduce(0, +))
        }
        #expect(readings.count > 5)
    }

    @Test("bytes of another task, and bytes that are cut or damaged, are refused or are a state that plays on")
    func refusals() throws {
        var random = SplitMix64(seed: 12)
        let parameters = ScenarioTask.named("five-disciplines")
        let team = try PlayedTeam(parameters, seed: 5)
        for _ in 0..<15 { team.step(team.randomActions(&random)) }
        let sound = try team.environment.snapshot()
        let foreign = try PlayedTeam(ScenarioTask.named("noisy")).environment.snapshot()
        var wrongVersion = sound
        wrongVersion[0] = 2
        for bad in [[], [1], Array(sound.dropLast()), sound + [0], foreign, wrongVersion, sound + sound] {
            #expect(throws: RulesError.self) { try team.environment.restore(bad) }
            #expect(try team.environment.snapshot() == sound)
        }
        let bounds = try #require(team.specification.observationBounds)
        var refused = 0
        for attempt in 0..<6000 {
            var bytes = sound
            for _ in 0...random.below(3) {
                // Small values come nearest to being accepted.
                bytes[random.below(sound.count)] = UInt8(random.below(attempt % 2 == 0 ? 256 : 9))
            }
            do {
                try team.environment.restore(bytes)
            } catch let error as RulesError {
                #expect(error.code == .snapshot)
                refused += 1
                continue
            }
            team.look()
            for _ in 0..<3 {
                for row in team.observations {
                    #expect(row.indices.allSatisfy { row[$0] >= bounds.low[$0] && row[$0] <= bounds.high[$0] })
                }
                #expect(!team.environment.renderText(color: true).isEmpty)
                team.step(team.randomActions(&random))
            }
        }
        #expect(refused > 3000 && refused < 6000)
    }
}
