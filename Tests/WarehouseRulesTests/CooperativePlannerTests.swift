import ArgusEnvAPI
import Testing
import WarehouseRules

@Suite("warehouse: cooperative planner")
struct CooperativePlannerTests {
    /// Plays whole episodes; every action must be one that there is.
    private func returns(_ parameters: WarehouseParameters, episodes: Int, steps: Int = 500) throws -> [Float] {
        let game = try WarehouseGame(parameters)
        let heads = game.actionHeads
        var state = WarehouseState(game)
        var planner = CooperativePlanner(game)
        var actions = [Int32](repeating: -1, count: parameters.robots * heads.count)
        var rewards = [Float](repeating: 0, count: parameters.robots)
        return try (0..<episodes).map { episode in
            state.reset(seed: UInt64(100 + episode))
            planner.forget()
            var total: Float = 0
            for _ in 0..<steps {
                try actions.withUnsafeMutableBufferPointer {
                    planner.act(on: state, into: try #require($0.baseAddress))
                }
                let isValid = actions.indices.allSatisfy { (0..<Int32(heads[$0 % heads.count])).contains(actions[$0]) }
                #expect(isValid)
                try actions.withUnsafeBufferPointer { actions in
                    try rewards.withUnsafeMutableBufferPointer { rewards in
                        _ = state.step(try #require(actions.baseAddress), rewards: try #require(rewards.baseAddress))
                    }
                }
                total += rewards.reduce(0, +)
            }
            return total
        }
    }

    @Test("it delivers more than the best published learners (tiny, 2 robots: 22; 4 robots: 50; small, 4: 27)")
    func beatsPublishedResults() throws {
        for (layout, robots, published) in [("tiny", 2, 22), ("tiny", 4, 50), ("small", 4, 27)] {
            let parameters = WarehouseParameters(
                floor: try .init(layout: layout), robots: robots, requests: robots)
            let mean = try returns(parameters, episodes: 4).reduce(0, +) / 4
            #expect(mean > 1.2 * Float(published), "\(layout) with \(robots): \(mean)")
        }
    }

    @Test("the same seeds give the same episodes, whatever was played before")
    func isDeterministic() throws {
        let parameters = WarehouseParameters(floor: try .init(layout: "tiny"), robots: 6, requests: 6)
        let both = try returns(parameters, episodes: 2, steps: 200)
        #expect(try returns(parameters, episodes: 2, steps: 200) == both)
        #expect(try returns(parameters, episodes: 1, steps: 200)[0] == both[0])
    }

    @Test("crowds, blocks without a way in, single robots and empty queues are played without a trap")
    func oddWarehouses() throws {
        let maps = ["gxx\nxxx\n.x.", "g", ".xxx.\n.xxx.\n.xxx.\ng....", "g.x\n...\nx.g", "xg\n"]
        for map in maps {
            let shelves = map.filter { $0 == "x" }.count
            let cells = map.filter { !$0.isNewline }.count
            for robots in [1, 2, 5, 9] where robots <= cells {
                for requests in Set([0, min(1, max(0, shelves - 1)), max(0, shelves - 1)]) {
                    let parameters = WarehouseParameters(
                        floor: .map(map + "\n"), robots: robots, requests: requests, messageBits: 2, reward: .twoStage)
                    #expect(try returns(parameters, episodes: 2, steps: 60).count == 2)
                }
            }
        }
        let crowd = WarehouseParameters(floor: try .init(layout: "tiny"), robots: 40, requests: 20)
        #expect(try returns(crowd, episodes: 1, steps: 60)[0] >= 0)
    }
}
