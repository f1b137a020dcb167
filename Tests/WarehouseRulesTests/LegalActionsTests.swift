import ArgusEnvAPI
import Testing
import WarehouseRules

@Suite("warehouse: legal actions")
struct LegalActionsTests {
    /// Whether `action` of `robot` moves it or changes its load, for some joint action of the others.
    private func hasEffect(_ action: WarehouseAction, of robot: Int, in state: WarehouseState) -> Bool {
        let all = WarehouseAction.allCases
        let robots = state.game.parameters.robots
        var joint = 0
        for _ in 1..<robots { joint = joint * all.count + all.count - 1 }
        for code in 0...joint {
            var rest = code
            let actions = (0..<robots).map { other in
                if other == robot { return action }
                defer { rest /= all.count }
                return all[rest % all.count]
            }
            var next = state
            next.step(actions)
            if next.robot(robot).cell != state.robot(robot).cell || next.robot(robot).load != state.robot(robot).load {
                return true
            }
        }
        return false
    }

    @Test("an action is legal if and only if it has an effect for some joint action of the others")
    func exact() throws {
        var random = NumpyGenerator(seed: 5)
        let maps = ["..x\nxx.\ng..", "xx\nxx\n.g", ".x.\n.x.\n.g."]
        for (map, robots) in [(maps[0], 3), (maps[1], 4), (maps[2], 4), (maps[2], 1)] {
            let game = try WarehouseGame(WarehouseParameters(floor: .map(map), robots: robots, requests: 1))
            var state = WarehouseState(game)
            for seed in 0..<12 {
                state.reset(seed: UInt64(seed))
                for _ in 0..<12 {
                    for robot in 0..<robots {
                        let legal = state.legalActions(robot)
                        #expect(legal[0] == 1 && legal[2] == 1 && legal[3] == 1)
                        for action in [WarehouseAction.forward, .toggleLoad] {
                            let expected: UInt8 = hasEffect(action, of: robot, in: state) ? 1 : 0
                            #expect(legal[Int(action.rawValue)] == expected, "\(map) seed \(seed) robot \(robot)")
                        }
                    }
                    // Mostly forward and toggle, so that robots carry, meet and queue.
                    state.step(
                        (0..<robots).map { _ in [.forward, .forward, .turnLeft, .toggleLoad][random.integers(4)] })
                }
            }
        }
    }

    @Test("message bits are always legal")
    func messages() throws {
        let game = try WarehouseGame(
            WarehouseParameters(floor: .init(layout: "tiny"), robots: 2, requests: 2, messageBits: 3))
        #expect(game.actionHeads == [5, 2, 2, 2])
        #expect(WarehouseState(game).legalActions(0).dropFirst(5).allSatisfy { $0 == 1 })
        #expect(game.legalActionsSize == 11)
    }
}
