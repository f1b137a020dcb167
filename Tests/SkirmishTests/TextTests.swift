import ArgusEnvAPI
import SkirmishRules
import Testing

@Suite("skirmish: the text view")
struct TextTests {
    static let tasks: [[String: String]] = [
        ["map": "3m"], ["map": "smacv2_5_units"], ["map": "5m_vs_6m", "opponent": "policies", "reward": "win"],
        ["map": "2s3z", "observation": "conic", "targeting": "random"],
        ["map": "3s_vs_5z", "observation": "conic", "opponent": "policies"],
    ]

    @Test("equal rows give equal situations, and equal situations come from rows within the quanta", arguments: tasks)
    func textEqualsObservation(task: [String: String]) throws {
        let played = try PlayedEnvironment(task)
        let quanta = played.environment.textQuanta()
        #expect(quanta.count == played.specification.observationSize)
        var random = SplitMix64(seed: 2)
        var texts: [[Float]: String] = [:]
        var rows: [String: [Float]] = [:]
        for seed in 0..<12 {
            played.reset(seed: UInt64(seed))
            for _ in 0..<40 where !played.isOver {
                for agent in 0..<played.agents {
                    let row = played.observation(agent) + [Float(agent)]
                    let text = "\(agent): " + played.environment.textSituation(agent: agent)
                    #expect(texts[row, default: text] == text)
                    texts[row] = text
                    let known = rows[text, default: row]
                    for index in quanta.indices { #expect(abs(known[index] - row[index]) <= quanta[index] * 1.001) }
                    rows[text] = row
                }
                played.chooseRandomly(&random)
                // Towards each other, so that they meet.
                if random.below(2) == 0 { for agent in 0..<played.agents { played[choice: agent] = agent < 3 ? 1 : 3 } }
                played.step()
            }
        }
        #expect(rows.count > 300)
    }

    @Test("a situation tells all that the row holds")
    func wording() throws {
        let played = try PlayedEnvironment(["map": "3m", "opponent": "policies"])
        var state = WrittenState.marines(
            allies: [(8, 8), (10, 12), (1, 30)], enemies: [(11, 11), (17.5, 8), (30, 30)])
        state.units[0].cooldown = 0.3
        state.units[3].health = 18
        state.units[3].cooldown = -1
        state.noise = 0
        try played.restore(json: state.json)
        #expect(
            played.environment.textSituation(agent: 0)
                == "You: 45 hp at x 8.0 y 8.0, reloads 0.3. Opponents: enemy_0 18 hp, "
                + "in range 3.0 east 3.0 north, stood. Your team: ally_1 45 hp, "
                + "2.0 east 4.0 north, stood.")
        played.step([4, 5, 4, 7, 3, 4])
        #expect(
            played.environment.textSituation(agent: 0)
                == "You: 36 hp at x 8.0 y 8.0, ready. Opponents: enemy_0 9 hp, "
                + "in range 3.0 east 3.0 north, reloads 0.2, attacked ally_0; enemy_1 45 hp, "
                + "7.9 away 7.9 east, moved west. Your team: ally_1 45 hp, "
                + "2.0 east 4.0 north, reloads 0.2, attacked enemy_0.")
    }

    @Test("a situation of 3m is short")
    func length() throws {
        let played = try PlayedEnvironment(["map": "3m"])
        var memories = played.emptyMemories()
        var longest = 0
        for seed in 0..<30 {
            played.reset(seed: UInt64(seed))
            while !played.isOver {
                for agent in 0..<3 {
                    let words = played.environment.textSituation(agent: agent).split { $0 == " " }
                    longest = max(longest, words.count)
                }
                played.choose("focus", &memories)
                played.step()
            }
        }
        #expect(longest > 60 && longest <= 80)
    }

    @Test("rules depend on the parameters and the agent alone, and actions have different names", arguments: tasks)
    func rulesAndActions(task: [String: String]) throws {
        let played = try PlayedEnvironment(task)
        for (agent, own) in played.specification.agents.enumerated() {
            let rules = played.environment.textRules(agent: agent)
            #expect(rules.contains("You are \(own.name)"))
            #expect(!rules.contains("  "))
            played.reset(seed: 77)
            #expect(played.environment.textRules(agent: agent) == rules)
            let count = own.actionSizes?[0] ?? 0
            let words = (0..<count).map { played.environment.textAction(agent: agent, choice: $0) }
            #expect(Set(words).count == count)
            #expect(words.allSatisfy { !$0.isEmpty })
        }
        #expect(played.environment.textAction(agent: 0, choice: 5) == "attack enemy_0")
        guard task["opponent"] == "policies" else { return }
        let allies = played.environment.battle.configuration.allies
        #expect(played.environment.textAction(agent: allies, choice: 5) == "attack ally_\(allies - 1)")
    }

    @Test("the picture fits a terminal, with and without colours", arguments: SkirmishMap.all.map(\.name))
    func picture(map: String) throws {
        let played = try PlayedEnvironment(["map": map])
        var random = SplitMix64(seed: 4)
        played.reset(seed: 2)
        for _ in 0..<8 {
            let plain = played.environment.renderText(color: false)
            #expect(plain.split(separator: "\n").allSatisfy { $0.count <= 100 })
            #expect(!plain.contains("\u{1B}"))
            let colored = played.environment.renderText(color: true)
            #expect(colored.replacing(/\u{1B}\[[0-9]+m/, with: "") == plain)
            played.chooseRandomly(&random)
            played.step()
        }
    }
}
