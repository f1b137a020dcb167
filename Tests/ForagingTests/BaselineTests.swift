import ArgusEnvAPI
import ForagingRules
import Testing

@Suite("foraging: scripted players")
struct BaselineTests {
    private static let task: [String: ParameterValue] = ["coop": .boolean(true)]

    /// Steps until all food was loaded, or nil after 50.
    private func steps(seed: UInt64, choose: (inout ForagingEnvironment, PlayedGame, inout [Int32]) -> Void) throws
        -> Int?
    {
        var environment = try ForagingEnvironment(Self.task)
        var played = PlayedGame(environment.game.configuration, seed: seed)
        for step in 1...50 {
            try environment.adopt(played.game)
            var actions: [Int32] = [0, 0]
            choose(&environment, played, &actions)
            if played.step(actions).isOver { return step }
        }
        return nil
    }

    @Test("the planner loads all food of 8x8-2p-2f-coop in time, and writes only the rows that are asked for")
    func planner() throws {
        for seed in 0..<100 {
            let steps = try steps(seed: UInt64(seed)) { environment, _, actions in
                var alone: [Int32] = [-7, -7]
                act(&environment, agents: [0, 1], &alone)
                act(&environment, agents: [1, 1], &actions)
                #expect(alone == [-7, actions[1]])
            }
            #expect(steps != nil)
        }
    }

    @Test("the greedy players load all food of 8x8-2p-2f-coop, without a mask and with one that allows all")
    func greedy() throws {
        for seed in 0..<100 {
            var memories = [[UInt8]](repeating: [UInt8](repeating: 0, count: 16), count: 2)
            var others = memories
            let steps = try steps(seed: UInt64(seed)) { environment, played, actions in
                for player in 0..<2 {
                    let row = played.observation(player)
                    actions[player] = act(environment, player, row, legal: nil, &memories[player])
                    let legal = [UInt8](repeating: 1, count: 6)
                    #expect(act(environment, player, row, legal: legal, &others[player]) == actions[player])
                }
            }
            #expect(steps != nil)
        }
    }

    private func act(_ environment: inout ForagingEnvironment, agents: [UInt8], _ actions: inout [Int32]) {
        var agents = agents
        agents.withUnsafeMutableBufferPointer { agents in
            actions.withUnsafeMutableBytes { actions in
                guard let asked = agents.baseAddress, let base = actions.baseAddress else { return }
                environment.actJointly(
                    baseline: 0, agents: Row(asked, count: 2), actions: Rows(base: base, stride: 4, count: 2, width: 1))
            }
        }
    }

    private func act(
        _ environment: ForagingEnvironment, _ player: Int, _ row: [Float], legal: [UInt8]?, _ memory: inout [UInt8]
    ) -> Int32 {
        var action: Int32 = -1
        row.withUnsafeBufferPointer { row in
            memory.withUnsafeMutableBytes { memory in
                withUnsafeMutablePointer(to: &action) { action in
                    func choose(_ legal: UnsafeBufferPointer<UInt8>?) {
                        environment.actLocally(
                            baseline: 1, agent: player, observation: row, legal: legal, memory: memory,
                            action: Row(action, count: 1))
                    }
                    if let legal { legal.withUnsafeBufferPointer { choose($0) } } else { choose(nil) }
                }
            }
        }
        return action
    }
}
