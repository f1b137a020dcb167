import ArgusEnvAPI
import SkirmishRules
import Testing

@Suite("skirmish: starts")
struct StartTests {
    @Test("teams stand in squares of side 4 that face each other, healthy and ready, not on top of each other")
    func facingSquares() throws {
        let played = try PlayedEnvironment(["map": "3m"])
        var mean = SIMD2<Float>(0, 0)
        for seed in 0..<500 {
            played.reset(seed: UInt64(seed))
            let battle = played.environment.battle
            for unit in 0..<6 {
                let centre: Float = unit < 3 ? 8 : 24
                // A push moves a marine by at most 0.375 for each that it overlaps.
                #expect(abs(battle.x(unit) - centre) <= 2.75 && abs(battle.y(unit) - 16) <= 2.75)
                #expect(battle.health(unit) == 45 && battle.cooldown(unit) == 0)
                mean += SIMD2(battle.x(unit) - centre, battle.y(unit) - 16)
            }
        }
        // Uniform in ±2: a standard deviation of 1.155, of the mean of 3000 of 0.021.
        #expect(abs(mean.x / 3000) < 0.1 && abs(mean.y / 3000) < 0.1)
    }

    @Test("each map has the units that its name says", arguments: SkirmishMap.all)
    func units(map: SkirmishMap) throws {
        let played = try PlayedEnvironment(["map": map.name])
        played.reset(seed: 1)
        guard !map.isRandom else { return }
        let expected: [String: [String]] = [
            "3m": ["mmm", "mmm"], "2s3z": ["ssZZZ", "ssZZZ"], "3s_vs_5z": ["sss", "ZZZZZ"],
            "6h_vs_8z": ["hhhhhh", "ZZZZZZZZ"], "5m_vs_6m": ["mmmmm", "mmmmmm"],
            "3s5z_vs_3s6z": ["sssZZZZZ", "sssZZZZZZ"],
            "8m": Array(repeating: String(repeating: "m", count: 8), count: 2),
            "25m": Array(repeating: String(repeating: "m", count: 25), count: 2),
            "3s5z": ["sssZZZZZ", "sssZZZZZ"],
            "10m_vs_11m": [10, 11].map { String(repeating: "m", count: $0) },
            "27m_vs_30m": [27, 30].map { String(repeating: "m", count: $0) },
        ]
        let letters: [UnitKind: Character] = [.marine: "m", .stalker: "s", .zealot: "Z", .hydralisk: "h"]
        let battle = played.environment.battle
        let all = (0..<battle.configuration.units).map { letters[battle.kind($0)] ?? "?" }
        let allies = battle.configuration.allies
        #expect([String(all[..<allies]), String(all[allies...])] == expected[map.name])
    }

    @Test("random maps draw kinds uniformly, the same for both teams, and half of the starts are mirrored")
    func randomMaps() throws {
        let played = try PlayedEnvironment(["map": "smacv2_10_units"])
        let runs = 1200
        var kinds: [UnitKind: Int] = [:]
        var mirrored = 0
        var alliesInside = 0
        for seed in 0..<runs {
            played.reset(seed: UInt64(seed))
            let battle = played.environment.battle
            for unit in 0..<10 {
                kinds[battle.kind(unit), default: 0] += 1
                #expect(battle.kind(unit) == battle.kind(unit + 10))
            }
            // Pushing is mirrored too, unless units of both teams touch.
            let distances = (0..<10).map {
                abs(battle.x($0) + battle.x($0 + 10) - 32) + abs(battle.y($0) - battle.y($0 + 10))
            }
            if distances.filter({ $0 < 0.01 }).count >= 6 {
                mirrored += 1
            } else if (0..<10).allSatisfy({ abs(battle.x($0) - 16) < 4 && abs(battle.y($0) - 16) < 4 }) {
                alliesInside += 1
            }
        }
        // Five standard deviations.
        for kind in UnitKind.allCases { #expect(abs(Double(kinds[kind] ?? 0) - 2000) < 205) }
        #expect(abs(Double(mirrored) - 600) < 90)
        #expect(abs(Double(alliesInside) - 300) < 80)
    }
}
