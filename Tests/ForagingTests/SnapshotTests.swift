import ArgusEnvAPI
import ForagingRules
import Testing

@Suite("foraging: snapshots")
struct SnapshotTests {
    @Test("a restored game goes on identically")
    func restoredGameContinues() throws {
        var random = SplitMix64(seed: 10)
        let configuration = try ForagingConfiguration(rows: 6, columns: 7, players: 5, foods: 3, penalty: 0.1)
        var restored = PlayedGame(configuration)
        for seed in 0..<100 {
            var played = PlayedGame(configuration, seed: UInt64(seed))
            for _ in 0..<random.below(40) { played.stepRandomly(&random) }
            let bytes = played.game.serialise()
            try restored.game.deserialise(bytes)
            #expect(restored.game == played.game)
            #expect(restored.game.serialise() == bytes)
            for _ in 0..<20 {
                let actions = (0..<5).map { _ in Int32(random.below(6)) }
                #expect(played.step(actions) == restored.step(actions))
                #expect((0..<5).allSatisfy { played.observation($0) == restored.observation($0) })
            }
        }
    }

    @Test("an environment's snapshot is refused when cut, empty or of another task, and changes nothing")
    func foreignSnapshots() throws {
        var environment = try ForagingEnvironment(["players": .integer(3)])
        environment.reset(seed: 4)
        let bytes = try environment.snapshot()
        let other = try ForagingEnvironment(["players": .integer(4)]).snapshot()
        var wrongVersion = bytes
        wrongVersion[0] = 2
        for bad in [[], [0], Array(bytes.dropLast()), bytes + [0], Array(bytes.dropFirst(4)), other, wrongVersion] {
            #expect(throws: RulesError.self) { try environment.restore(bad) }
            #expect(try environment.snapshot() == bytes)
        }
        try environment.restore(bytes)
    }

    @Test("damaged bytes are refused with an error, or are a state that plays on within the bounds")
    func damagedBytes() throws {
        var random = SplitMix64(seed: 11)
        var environment = try ForagingEnvironment(["players": .integer(3), "foods": .integer(3), "sight": .integer(2)])
        let bounds = try #require(
            ForagingEnvironment.specification(
                ParameterValues(
                    ["players": .integer(3), "foods": .integer(3), "sight": .integer(2)],
                    for: ForagingEnvironment.descriptor.parameters)
            ).observationBounds)
        var played = PlayedGame(environment.game.configuration, seed: 1)
        try environment.adopt(played.game)
        let sound = try environment.snapshot()
        var refused = 0
        for attempt in 0..<20_000 {
            var bytes = sound
            if attempt % 10 == 0 {
                bytes = (0..<random.below(2 * sound.count)).map { _ in UInt8(random.below(256)) }
            } else {
                for _ in 0...random.below(3) {
                    // Small values come nearest to being accepted.
                    bytes[random.below(sound.count)] = UInt8(random.below(attempt % 2 == 0 ? 256 : 9))
                }
            }
            do {
                try environment.restore(bytes)
                played.game = environment.game
                for _ in 0..<5 {
                    for player in 0..<3 {
                        let row = played.observation(player)
                        #expect(zip(row, bounds.low).allSatisfy { $0 >= $1 })
                        #expect(zip(row, bounds.high).allSatisfy { $0 <= $1 })
                        #expect(!environment.textSituation(agent: player).isEmpty)
                    }
                    played.stepRandomly(&random)
                }
            } catch let error as RulesError {
                #expect(error.code == .snapshot)
                refused += 1
            }
        }
        #expect(refused > 10_000)
        #expect(refused < 20_000)
    }
}
