import ArgusEnvAPI
import Testing
import WarehouseRules

@Suite("warehouse: states as values")
struct WarehouseStateTests {
    private func parameters() throws -> WarehouseParameters {
        WarehouseParameters(
            floor: try .init(layout: "1x3", columnHeight: 3), robots: 5, requests: 4, messageBits: 1, reward: .twoStage,
            maximumInactivity: 300)
    }

    private func play(_ state: inout WarehouseState, _ random: inout NumpyGenerator) {
        let choices: [WarehouseAction] = [.forward, .forward, .forward, .turnLeft, .turnRight, .toggleLoad]
        state.step((0..<state.game.parameters.robots).map { _ in choices[random.integers(choices.count)] })
    }

    @Test("a copy is not changed by what happens to the original")
    func copiesAreIndependent() throws {
        var random = NumpyGenerator(seed: 3)
        var state = WarehouseState(try WarehouseGame(parameters()))
        let copy = state
        let before = copy.bytes
        for _ in 0..<50 { play(&state, &random) }
        #expect(copy.bytes == before)
        #expect(state.bytes != before)
    }

    @Test("a restored state goes on identically")
    func restoredStateContinues() throws {
        var random = NumpyGenerator(seed: 4)
        let game = try WarehouseGame(parameters())
        var state = WarehouseState(game)
        for seed in 0..<10 {
            state.reset(seed: UInt64(seed))
            for _ in 0..<100 { play(&state, &random) }
            #expect(state.bytes.count == game.snapshotSize)
            var restored = try state.bytes.withUnsafeBytes { try WarehouseState(game, serialised: $0) }
            for _ in 0..<200 {
                var again = random
                play(&state, &random)
                play(&restored, &again)
                #expect((0..<5).allSatisfy { state.observation($0).dropLast() == restored.observation($0).dropLast() })
            }
            #expect(restored.bytes == state.bytes)
        }
    }

    @Test("damaged bytes are refused with an error, or are a state that plays on")
    func damagedBytes() throws {
        var random = NumpyGenerator(seed: 6)
        let game = try WarehouseGame(parameters())
        var state = WarehouseState(game)
        for _ in 0..<60 { play(&state, &random) }
        let sound = state.bytes
        var refused = 0
        for attempt in 0..<20_000 {
            var bytes = sound
            if attempt % 10 == 0 {
                bytes = (0..<random.integers(2 * sound.count)).map { _ in UInt8(random.integers(256)) }
            } else {
                for _ in 0...random.integers(3) {
                    // Small values come nearest to being accepted.
                    bytes[random.integers(sound.count)] = UInt8(random.integers(attempt % 2 == 0 ? 256 : 40))
                }
            }
            do {
                var restored = try bytes.withUnsafeBytes { try WarehouseState(game, serialised: $0) }
                for _ in 0..<20 { play(&restored, &random) }
                #expect((0..<5).allSatisfy { restored.observation($0).dropLast().allSatisfy { $0.isFinite } })
            } catch let error as RulesError {
                #expect(error.code == .snapshot)
                refused += 1
            }
        }
        #expect(refused > 10_000)
    }

    @Test("observations stay within their length, for every range and number of message bits")
    func observationLength() throws {
        for range in 0...5 {
            for bits in 0...2 {
                let game = try WarehouseGame(
                    WarehouseParameters(
                        floor: .init(layout: "tiny"), robots: 3, requests: 3, sensorRange: range, messageBits: bits))
                #expect(game.observationSize == 8 + (2 * range + 1) * (2 * range + 1) * (7 + bits))
                let values = WarehouseState(game).observation(1)
                #expect(values.dropLast().allSatisfy { $0.isFinite })
                #expect(values.last?.isNaN == true)
            }
        }
    }

    @Test("a step with nothing delivered terminates at the allowed inactivity, not before")
    func inactivity() throws {
        var parameters = try parameters()
        parameters.maximumInactivity = 3
        var state = WarehouseState(try WarehouseGame(parameters))
        let stay = [WarehouseAction](repeating: .stay, count: 5)
        #expect((0..<3).map { _ in state.step(stay).isTerminated } == [false, false, true])
    }

    @Test("impossible parameters and malformed maps are refused by name")
    func impossibleParameters() throws {
        func refusal(_ floor: WarehouseParameters.Floor, robots: Int = 2, requests: Int = 2) -> String? {
            do {
                _ = try WarehouseGame(WarehouseParameters(floor: floor, robots: robots, requests: requests))
                return nil
            } catch {
                return (error as? RulesError).map { String($0.description.prefix { $0 != ":" }) }
            }
        }
        #expect(refusal(.blocks(rows: 1, columns: 3, columnHeight: 8)) == nil)
        #expect(refusal(.blocks(rows: 1, columns: 4, columnHeight: 8)) == "columns")
        #expect(refusal(.blocks(rows: 0, columns: 3, columnHeight: 8)) == "rows")
        #expect(refusal(.blocks(rows: 1, columns: 3, columnHeight: 8), robots: 0) == "agents")
        #expect(refusal(.blocks(rows: 1, columns: 3, columnHeight: 8), robots: 65) == "agents")
        #expect(refusal(.blocks(rows: 1, columns: 3, columnHeight: 8), requests: 32) == "requests")
        #expect(refusal(.map("xx\nx")) == "layout line 2")
        #expect(refusal(.map("xx\nxy")) == "layout line 2")
        #expect(refusal(.map("xx\nx.")) == "layout")
        #expect(refusal(.map("\n \n")) == "layout")
        #expect(throws: RulesError.self) { try WarehouseParameters.Floor(layout: "tinny") }
    }
}
