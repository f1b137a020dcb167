import ArgusEnvAPI
import ForagingRules
import Testing

@Suite("foraging: loading and reset")
struct LoadingTests {
    /// Three players beside a food of level 4, and another food elsewhere.
    private func beside(penalty: Double = 0, normalised: Bool = true) throws -> PlayedGame {
        let configuration = try ForagingConfiguration(
            rows: 8, columns: 8, players: 3, foods: 2, penalty: penalty, playerLevels: 1...3, maximumFoodLevel: 5,
            normalisesReward: normalised)
        return try PlayedGame(
            configuration, players: [(2, 1, 1), (2, 3, 3), (1, 2, 1)], foods: [(2, 2, 4), (5, 5, 2)])
    }

    @Test("players that load together share the food in proportion to their levels")
    func shares() throws {
        var played = try beside()
        let (rewards, isOver) = played.step(.load, .load, .none)
        // level · food / (levels of the loaders · levels of all food) = level · 4 / (4 · 6)
        #expect(rewards == [Float(1.0 * 4 / 24), Float(3.0 * 4 / 24), 0])
        #expect(!isOver)
        #expect(played.game.foodsLeft == 1)
    }

    @Test("more strength than needed dilutes the shares")
    func tooManyLoaders() throws {
        var played = try beside()
        #expect(played.step(.load, .load, .load).rewards == [Float(4.0 / 30), Float(12.0 / 30), Float(4.0 / 30)])
    }

    @Test("without normalisation each loader gets its level times the food's")
    func unnormalised() throws {
        var played = try beside(normalised: false)
        #expect(played.step(.load, .load, .none).rewards == [4, 12, 0])
    }

    @Test("a load that is too weak leaves the food and costs each loader the penalty; one without food costs nothing")
    func tooWeak() throws {
        var played = try beside(penalty: 0.5)
        #expect(played.step(.none, .load, .none).rewards == [0, -0.5, 0])
        #expect(played.step(.load, .none, .load).rewards == [-0.5, 0, -0.5])
        played.step(.west, .none, .none)
        #expect(played.step(.load, .none, .none).rewards == [0, 0, 0])
        #expect(played.game.foodsLeft == 2)
        var free = try beside()
        #expect(free.step(.none, .load, .none).rewards == [0, 0, 0])
    }

    @Test("the cell of loaded food is free from the next step on")
    func freedCell() throws {
        var played = try beside()
        played.step(.load, .load, .south)
        #expect(played.places[2] == [1, 2])
        played.step(.none, .none, .south)
        #expect(played.places[2] == [2, 2])
    }

    @Test("the episode is over when the last food is loaded, and all rewards then add up to 1")
    func wholeEpisode() throws {
        for coop in [true, false] {
            let configuration = try ForagingConfiguration(rows: 8, columns: 8, players: 3, foods: 3, coop: coop)
            var planner = ScriptedForagers(configuration: configuration)
            for seed in 0..<100 {
                var played = PlayedGame(configuration, seed: UInt64(seed))
                var total = 0.0
                for step in 0... {
                    try #require(step < 100)
                    var actions = [ForagingAction](repeating: .none, count: 3)
                    actions.withUnsafeMutableBufferPointer { planner.act(on: played.game, actions: $0) }
                    let (rewards, isOver) = played.step(actions.map(\.rawValue))
                    total += rewards.reduce(0) { $0 + Double($1) }
                    #expect(isOver == (played.game.foodsLeft == 0))
                    if isOver { break }
                }
                #expect(abs(total - 1) < 1e-5)
            }
        }
    }

    @Test("a reset keeps food off the border and apart, levels within their ranges, and players apart")
    func placement() throws {
        for (coop, margin) in [(true, 0), (false, 0), (true, 1), (false, 1)] {
            let configuration = try ForagingConfiguration(
                rows: 7, columns: 9, players: 4, foods: 4, coop: coop, playerLevels: 1...3, teamLevelMargin: margin)
            var isHighestDrawn = false
            for seed in 0..<500 {
                let game = PlayedGame(configuration, seed: UInt64(seed)).game
                #expect(Set(game.players.map { [$0.row, $0.column] }).count == 4)
                #expect(game.players.allSatisfy { (1...3).contains($0.level) })
                let lift = game.players.map(\.level).sorted().prefix(3).reduce(0, +) - Int32(margin)
                if game.foods.contains(where: { $0.level == lift }) { isHighestDrawn = true }
                #expect(game.foods.allSatisfy { coop ? $0.level == lift : (1...lift).contains($0.level) })
                #expect(game.foods.allSatisfy { (1..<6).contains($0.row) && (1..<8).contains($0.column) })
                #expect(game.levelsSpawned == game.foods.reduce(0) { $0 + Int($1.level) })
                for (index, food) in game.foods.enumerated() {
                    for other in game.foods[..<index] {
                        #expect(abs(food.row - other.row) + abs(food.column - other.column) > 2)
                    }
                }
            }
            #expect(isHighestDrawn)
        }
    }

    @Test("the seed alone fixes an episode, whatever was played before")
    func seedFixesEpisode() throws {
        var random = SplitMix64(seed: 8)
        let configuration = try ForagingConfiguration(rows: 6, columns: 6, players: 3, foods: 3)
        var used = PlayedGame(configuration)
        for seed in 0..<50 {
            for _ in 0..<10 { used.stepRandomly(&random) }
            used.game.reset(seed: UInt64(seed))
            #expect(used.game == PlayedGame(configuration, seed: UInt64(seed)).game)
        }
    }

    @Test("impossible configurations are refused by the parameter's name")
    func refusedConfigurations() throws {
        func refusal(_ given: [String: ParameterValue]) -> String? {
            do {
                _ = try ForagingEnvironment(given)
                return nil
            } catch let error as RulesError {
                return error.code == .configuration ? String(error.description.prefix { $0 != ":" }) : "wrong code"
            } catch {
                return (error as? ParameterError)?.parameter ?? "another error"
            }
        }
        #expect(refusal([:]) == nil)
        #expect(refusal(["rows": .integer(2)]) == "rows")
        #expect(refusal(["rows": .integer(3), "columns": .integer(3), "players": .integer(5)]) == "players")
        #expect(refusal(["min_player_level": .integer(3)]) == "max_player_level")
        #expect(refusal(["min_food_level": .integer(3)]) == "min_food_level")
        #expect(refusal(["min_food_level": .integer(3), "max_food_level": .integer(2)]) == "max_food_level")
        #expect(refusal(["min_food_level": .integer(2)]) == nil)
        #expect(refusal(["min_food_level": .integer(2), "max_food_level": .integer(-1)]) == "min_food_level")
        #expect(refusal(["max_food_level": .integer(-2)]) == "max_food_level")
        #expect(refusal(["min_food_level": .integer(3), "max_food_level": .integer(9)]) == nil)
        #expect(refusal(["penalty": .number(-1)]) == "penalty")
        #expect(refusal(["penalty": .number(.nan)]) == "penalty")
        #expect(refusal(["sight": .integer(-1)]) == "sight")
        #expect(refusal(["food": .integer(2)]) == "food")
        for sights in ["1", "1,2,3", "1,", "1,-2", "1,x", "1,101"] {
            #expect(refusal(["sights": .string(sights)]) == "sights", "\(sights)")
        }
        #expect(refusal(["sights": .string("1,0")]) == nil)
    }

    @Test("each player sees as far as its own sight, and a sight for all is the same as one for each")
    func sights() throws {
        func rows(_ task: [String: ParameterValue]) throws -> [[Float]] {
            let game = PlayedGame(try ForagingEnvironment(task).game.configuration, seed: 4)
            return (0..<3).map { game.observation($0) }
        }
        let far = try rows(["players": .integer(3)])
        let near = try rows(["players": .integer(3), "sight": .integer(1)])
        let mixed = try rows(["players": .integer(3), "sights": .string("0,1,0")])
        #expect(mixed == [far[0], near[1], far[2]])
        #expect(far[1] != near[1])
        #expect(try rows(["players": .integer(3), "sights": .string("1,1,1")]) == near)
    }
}
