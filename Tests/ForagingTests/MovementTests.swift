import ArgusEnvAPI
import ForagingRules
import Testing

@Suite("foraging: movement")
struct MovementTests {
    private func place(_ players: [(Int, Int, Int)], compatible: Bool = true) throws -> PlayedGame {
        try PlayedGame(
            ForagingConfiguration(rows: 6, columns: 6, players: players.count, foods: 1, compatible: compatible),
            players: players, foods: [(4, 4, 2)])
    }

    @Test("each move changes the row or column by one; waiting and loading change neither")
    func moves() throws {
        for action in ForagingAction.allCases {
            var played = try place([(2, 2, 1), (0, 0, 1)])
            played.step(action, .none)
            #expect(played.places[0] == [2 + Int(action.offset.row), 2 + Int(action.offset.column)])
        }
    }

    @Test("a move off the field or into food, and a number that is no action, do nothing")
    func nowhere() throws {
        var played = try place([(0, 0, 1), (5, 5, 1), (4, 3, 1), (3, 4, 1)])
        let before = played.places
        played.step(.north, .south, .east, .south)
        #expect(played.places == before)
        played.step(.west, .east, .none, .none)
        #expect(played.places == before)
        played.step([6, -1, .max, .min])
        #expect(played.places == before)
    }

    @Test("players change places")
    func swap() throws {
        var played = try place([(2, 2, 1), (2, 3, 2)])
        played.step(.east, .west)
        #expect(played.places == [[2, 3], [2, 2]])
    }

    @Test("nobody enters a cell that two claim, or whose player stays")
    func contested() throws {
        var played = try place([(1, 1, 1), (1, 3, 1), (3, 2, 1)])
        played.step(.east, .west, .none)
        #expect(played.places == [[1, 1], [1, 3], [3, 2]])
        var blocked = try place([(2, 2, 1), (2, 3, 1)])
        blocked.step(.east, .load)
        #expect(blocked.places == [[2, 2], [2, 3]])
    }

    @Test("a player enters the cell that another leaves in the same step")
    func following() throws {
        for compatible in [true, false] {
            var played = try place([(2, 1, 1), (2, 2, 1), (2, 3, 1)], compatible: compatible)
            played.step(.east, .east, .east)
            #expect(played.places == [[2, 2], [2, 3], [2, 4]])
        }
    }

    @Test("who follows a player that is stopped enters its cell if compatible, and is stopped too if not")
    func followingAStoppedPlayer() throws {
        // 2 stays, so 1 is stopped; 0 follows 1.
        var compatible = try place([(2, 1, 1), (2, 2, 1), (2, 3, 1)])
        compatible.step(.east, .east, .none)
        #expect(compatible.places == [[2, 2], [2, 2], [2, 3]])
        var strict = try place([(2, 1, 1), (2, 2, 1), (2, 3, 1)], compatible: false)
        strict.step(.east, .east, .none)
        #expect(strict.places == [[2, 1], [2, 2], [2, 3]])
    }

    @Test("in random play nobody leaves the field or stands on food, and two share a cell only if compatible")
    func invariants() throws {
        var random = SplitMix64(seed: 5)
        var shared = [true: 0, false: 0]
        for compatible in [true, false] {
            let configuration = try ForagingConfiguration(
                rows: 5, columns: 7, players: 8, foods: 3, compatible: compatible)
            for seed in 0..<60 {
                var played = PlayedGame(configuration, seed: UInt64(seed))
                for _ in 0..<50 {
                    played.stepRandomly(&random)
                    let places = played.places
                    #expect(places.allSatisfy { (0..<5).contains($0[0]) && (0..<7).contains($0[1]) })
                    let foods = played.game.foods.filter { !$0.isLoaded }.map { [Int($0.row), Int($0.column)] }
                    #expect(Set(foods).isDisjoint(with: places))
                    if Set(places).count < places.count { shared[compatible, default: 0] += 1 }
                }
            }
        }
        #expect(shared[false] == 0)
        #expect(shared[true, default: 0] > 0)
    }

    @Test("a move is legal if and only if it leads somewhere when the others let it; a load, beside food")
    func masks() throws {
        var random = SplitMix64(seed: 6)
        let configuration = try ForagingConfiguration(
            rows: 5, columns: 5, players: 4, foods: 2, penalty: 1, compatible: false)
        for seed in 0..<60 {
            var played = PlayedGame(configuration, seed: UInt64(seed))
            for _ in 0..<10 {
                for player in 0..<4 {
                    let legal = played.legal(player)
                    #expect(legal[0])
                    for action in ForagingAction.allCases.dropFirst() {
                        #expect(legal[Int(action.rawValue)] == hasEffect(action, of: player, in: played))
                    }
                }
                played.stepRandomly(&random)
            }
        }
    }

    private func hasEffect(_ action: ForagingAction, of player: Int, in played: PlayedGame) -> Bool {
        var next = played
        var actions = [Int32](repeating: 0, count: 4)
        actions[player] = action.rawValue
        if action == .load { return next.step(actions).rewards[player] != 0 }
        // Whoever stands where the move leads changes places.
        let opposite: [ForagingAction: ForagingAction] = [.north: .south, .south: .north, .west: .east, .east: .west]
        let here = played.places[player]
        let target = [here[0] + Int(action.offset.row), here[1] + Int(action.offset.column)]
        if let other = played.places.firstIndex(of: target) { actions[other] = opposite[action]?.rawValue ?? 0 }
        next.step(actions)
        return next.places[player] != here
    }
}
