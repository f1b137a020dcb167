import ArgusEnvAPI
import ForagingRules
import Testing

@Suite("foraging: the text view")
struct TextTests {
    static let tasks: [[String: ParameterValue]] = [
        ["players": .integer(3)],
        ["sight": .integer(2), "players": .integer(4), "foods": .integer(3)],
        ["sight": .integer(1), "rows": .integer(6), "columns": .integer(11), "observe_levels": .boolean(false)],
        ["sight": .integer(3), "rows": .integer(4), "columns": .integer(9), "max_player_level": .integer(12)],
        ["players": .integer(1), "max_food_level": .integer(1)],
        ["players": .integer(1), "max_food_level": .integer(-1)],
        ["players": .integer(3), "foods": .integer(3), "max_food_level": .integer(-1)],
        ["sights": .string("0, 1, 2"), "players": .integer(3)],
        ["rows": .integer(5), "columns": .integer(5), "players": .integer(9), "coop": .boolean(true)],
    ]

    @Test("equal observation rows give equal situations, different rows different ones", arguments: tasks)
    func textEqualsObservation(task: [String: ParameterValue]) throws {
        var random = SplitMix64(seed: 9)
        var environment = try ForagingEnvironment(task)
        let players = environment.game.players.count
        var texts = Array(repeating: [[Float]: String](), count: players)
        var rows = Array(repeating: [String: [Float]](), count: players)
        // For each row the place on the whole field where it was first seen.
        var places: [[Float]: [Int]] = [:]
        var seenElsewhere = 0
        for seed in 0..<150 {
            var played = PlayedGame(environment.game.configuration, seed: UInt64(seed))
            for _ in 0..<40 {
                try environment.adopt(played.game)
                for player in 0..<players {
                    let row = played.observation(player)
                    let text = environment.textSituation(agent: player)
                    #expect(texts[player][row, default: text] == text)
                    #expect(rows[player][text, default: row] == row)
                    texts[player][row] = text
                    rows[player][text] = row
                    if places[row, default: played.places[player]] != played.places[player] { seenElsewhere += 1 }
                    places[row] = played.places[player]
                }
                played.stepRandomly(&random)
            }
        }
        // With limited sight the same row is seen at many places, and the text must not tell them apart.
        if task["sight"] != nil { #expect(seenElsewhere > 100) }
    }

    @Test("a situation names every number of the row and nothing else")
    func wording() throws {
        var environment = try ForagingEnvironment(
            ["players": .integer(3), "max_player_level": .integer(3), "sight": .integer(2)])
        try environment.adopt(
            PlayedGame(
                environment.game.configuration, players: [(4, 1, 1), (5, 5, 3), (6, 2, 2)],
                foods: [(3, 3, 4), (6, 5, 2)]
            ).game)
        // The corner of player_0's view is row 2, column 0; player_1 is out of sight but for the cut at the west edge.
        #expect(
            environment.textSituation(agent: 0)
                == "You are at row 2, column 1, your level is 1. Food in sight: level 4 at row 1, column 3. "
                + "Other players in sight: a player of level 2 at row 4, column 2.")
        #expect(
            environment.textSituation(agent: 1)
                == "You are at row 2, column 2, your level is 3. Food in sight: level 4 at row 0, column 0; "
                + "level 2 at row 3, column 2. Other players in sight: none.")
        var whole = try ForagingEnvironment(["players": .integer(3), "max_player_level": .integer(3)])
        try whole.adopt(environment.game)
        #expect(
            whole.textSituation(agent: 1)
                == "You are at row 5, column 5, your level is 3. Food left: level 4 at row 3, column 3; "
                + "level 2 at row 6, column 5. Other players: player_0 of level 1 at row 4, column 1; "
                + "player_2 of level 2 at row 6, column 2.")
    }

    @Test("rules depend on the parameters and the agent alone, and actions have different names", arguments: tasks)
    func rulesAndActions(task: [String: ParameterValue]) throws {
        var environment = try ForagingEnvironment(task)
        for agent in environment.game.players.indices {
            let rules = environment.textRules(agent: agent)
            #expect(rules.contains("player_\(agent)"))
            environment.reset(seed: 77)
            #expect(environment.textRules(agent: agent) == rules)
            #expect(!rules.contains("  "))
            let words = (0..<ForagingAction.count).map { environment.textAction(agent: agent, choice: $0) }
            #expect(Set(words).count == ForagingAction.count)
            #expect(words.allSatisfy { !$0.isEmpty })
        }
        #expect(environment.textQuanta().isEmpty)
    }
}
