import ArgusEnvAPI
import SkirmishRules
import Testing

@Suite("skirmish: snapshots")
struct SnapshotTests {
    private static let tasks: [[String: String]] = [
        ["map": "3m"], ["map": "smacv2_5_units", "observation": "conic"],
        ["map": "3s5z_vs_3s6z", "opponent": "policies", "reward": "win"],
    ]

    @Test("a restored copy goes on identically, chance included", arguments: tasks)
    func restoredCopyContinues(task: [String: String]) throws {
        let played = try PlayedEnvironment(task)
        let restored = try PlayedEnvironment(task)
        var random = SplitMix64(seed: 1)
        for seed in 0..<20 {
            played.reset(seed: UInt64(seed))
            for _ in 0..<seed where !played.isOver {
                played.chooseRandomly(&random)
                played.step()
            }
            let bytes = try played.environment.snapshot()
            try restored.restore(bytes)
            #expect(try restored.environment.snapshot() == bytes)
            for _ in 0..<10 where !played.isOver {
                played.chooseRandomly(&random)
                for agent in 0..<played.agents { restored[choice: agent] = played[choice: agent] }
                played.step()
                restored.step()
                #expect(played.globalState == restored.globalState)
                #expect((0..<played.agents).allSatisfy { played.observation($0) == restored.observation($0) })
            }
        }
    }

    @Test("a new chance seed changes what comes, and the same one does not")
    func chanceSeeds() throws {
        let played = try PlayedEnvironment(["map": "3m"])
        played.reset(seed: 3)
        for _ in 0..<6 { played.step([1, 1, 1]) }
        let bytes = try played.environment.snapshot()
        func future(_ seed: UInt64) throws -> [Float] {
            try played.restore(bytes)
            played.environment.reseedChance(seed)
            for _ in 0..<6 { played.step([4, 4, 4]) }
            return played.globalState
        }
        #expect(try future(1) == future(1))
        #expect(try future(1) != future(2))
    }

    @Test("given noise that is not yet used is part of a snapshot")
    func noiseIsSaved() throws {
        let played = try PlayedEnvironment(["map": "3m"])
        var state = WrittenState.marines(allies: [(8, 8), (8, 9), (8, 10)], enemies: [(10, 8), (10, 9), (10, 10)])
        state.noise = 0.05
        try played.restore(json: state.json)
        let bytes = try played.environment.snapshot()
        let other = try PlayedEnvironment(["map": "3m"])
        other.reset(seed: 9)
        try other.restore(bytes)
        #expect(try other.environment.snapshot() == bytes)
        for copy in [played, other] { copy.step([5, 5, 5]) }
        #expect(abs(other.environment.battle.cooldown(0) - (0.61 + 0.05 - 7 / 16)) < 1e-6)
        #expect(played.globalState == other.globalState)
    }

    @Test("cut, empty, foreign and damaged bytes are refused and change nothing")
    func foreignSnapshots() throws {
        let played = try PlayedEnvironment(["map": "3m"])
        played.reset(seed: 4)
        let bytes = try played.environment.snapshot()
        let other = try PlayedEnvironment(["map": "2s3z"]).environment.snapshot()
        var marauder = bytes
        marauder[16] = 1
        var wrongVersion = bytes
        wrongVersion[0] = 9
        var notANumber = bytes
        notANumber[16 + 4 + 3] = 0x7F
        notANumber[16 + 4 + 2] = 0xC0
        let bad = [
            [], [1], Array(bytes.dropLast()), bytes + [0], bytes + bytes, other, marauder, wrongVersion, notANumber,
            Array("{".utf8), Array("{}".utf8),
        ]
        for content in bad {
            #expect(throws: RulesError.self) { try played.environment.restore(content) }
            #expect(try played.environment.snapshot() == bytes)
        }
    }

    @Test("a recorded state says what is wrong with it")
    func writtenStateErrors() throws {
        let played = try PlayedEnvironment(["map": "3m"])
        let good = WrittenState.marines(allies: [(8, 8), (8, 9), (8, 10)], enemies: [(20, 8), (20, 9), (20, 10)])
        try played.restore(json: good.json)
        #expect(played.environment.battle.x(0) == 8)
        func error(_ change: (inout WrittenState) -> Void) -> String {
            var state = good
            change(&state)
            return message(state.json)
        }
        func message(_ json: String) -> String {
            do {
                try played.restore(json: json)
                return "accepted"
            } catch { return "\(error)" }
        }
        #expect(error { $0.units.removeLast() } == "types: found 5 entries, expected 6")
        #expect(error { $0.units[2].type = 2 } == "type of unit 2: found 2, expected 0 (marine) on 3m")
        #expect(error { $0.units[2].type = 256 } == "type of unit 2: found 256, expected 0 to 5")
        #expect(error { $0.units[1].health = 46 } == "hit points of unit 1: found 46.0, expected 0.0 to 45.0")
        #expect(error { $0.units[4].x = 90 }.hasPrefix("x of unit 4: found 90.0, expected"))
        #expect(error { $0.units[4].cooldown = 3 }.hasPrefix("cooldown of unit 4: found 3.0, expected"))
        #expect(error { $0.noise = 1 }.hasPrefix("cooldown_noise: found 1.0, expected -0.0625 to 0.125"))
        #expect(error { $0.step = -1 }.hasPrefix("before.step: found -1, expected"))
        #expect(
            message(good.json.replacing("\"alive\":[1", with: "\"alive\":[0"))
                == "before.alive of unit 0: found 0 with 45.0 hit points, expected 1 with more than 0, else 0")
        #expect(
            message(good.json.replacing("\"previous_attacks\":[0", with: "\"previous_attacks\":[3"))
                .hasPrefix("last action of unit 0: found move (0.0, 0.0) with attack 3, expected"))
        #expect(
            message(good.json.replacing("\"previous_attacks\":[0", with: "\"previous_attacks\":[8"))
                == "last action of unit 0: found 8, expected 0 to 7")
        #expect(
            message(good.json.replacing("\"types\"", with: "\"kinds\""))
                == "transition state: found no 'types' in the object, expected one")
        #expect(message(good.json.replacing("[8.0,8.0", with: "[1e99,8.0")).contains("transition state: found"))
        #expect(message("{\"types\":[0,0").contains("transition state: found"))
        #expect(played.environment.battle.x(0) == 8)
    }
}

extension String {
    fileprivate func replacing(_ old: String, with new: String) -> String {
        guard let range = firstRange(of: old) else { return self }
        return String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
    }
}
