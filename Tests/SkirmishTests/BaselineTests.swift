import SkirmishRules
import Testing

@Suite("skirmish: scripted policies")
struct BaselineTests {
    /// Share of battles that the allies win, playing as `allies` say, against the enemies' heuristic or `enemies`.
    private func won(
        _ map: String, _ allies: String, against enemies: String? = nil, observation: String = "list",
        battles: Int = 100
    ) throws -> Double {
        let opponent = enemies == nil ? "heuristic" : "policies"
        let played = try PlayedEnvironment(["map": map, "opponent": opponent, "observation": observation])
        var wins = 0.0
        for seed in 0..<battles {
            var memories = played.emptyMemories()
            played.reset(seed: UInt64(seed))
            for _ in 0..<101 where !played.isOver {
                played.choose(allies, allies: true, &memories)
                if let enemies { played.choose(enemies, allies: false, &memories) }
                for agent in 0..<played.agents where played.frame.acting[first: agent] == 1 {
                    #expect(played.legalRow(agent)[Int(played[choice: agent])] == 1)
                }
                played.step()
            }
            wins += played.metrics["won"] ?? 0
        }
        return wins / Double(battles)
    }

    @Test("focus beats the reference's heuristic, and the mirrored heuristic does not")
    func focusBeatsHeuristic() throws {
        #expect(try won("3m", "focus") > 0.8)
        #expect(try won("8m", "focus") > 0.9)
        #expect(try won("3s_vs_5z", "focus") > 0.9)
        let mirrored = try won("3m", "heuristic", battles: 300)
        #expect(mirrored > 0.4 && mirrored < 0.6)
        #expect(try won("3s_vs_5z", "heuristic") < 0.1)
    }

    @Test("local does nearly as well from its own observation")
    func local() throws {
        #expect(try won("3m", "local") > 0.8)
        #expect(try won("2s3z", "local") > 0.8)
    }

    @Test("scripts play the enemies too")
    func enemies() throws {
        #expect(try won("3m", "heuristic", against: "focus") < 0.25)
        #expect(try won("3m", "focus", against: "heuristic") > 0.75)
        #expect(try won("3m", "heuristic", against: "local") < 0.25)
        let even = try won("8m", "focus", against: "focus", battles: 200)
        #expect(even > 0.3 && even < 0.7)
    }

    @Test("scripts act legally on every map and with cones")
    func everywhere() throws {
        for map in SkirmishMap.all {
            for script in SkirmishEnvironmentBaselines.names {
                _ = try won(map.name, script, against: script, battles: 2)
            }
        }
        for script in SkirmishEnvironmentBaselines.names {
            _ = try won("smacv2_5_units", script, against: script, observation: "conic", battles: 5)
        }
    }
}

private enum SkirmishEnvironmentBaselines {
    static let names = SkirmishEnvironment.baselines.map(\.name)
}
