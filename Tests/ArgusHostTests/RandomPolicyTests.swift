import ArgusHost
import PluginFixtures
import Testing

@Suite("Random policy")
struct RandomPolicyTests {
    @Test("Each legal choice is equally likely, for every set of legal choices")
    func uniform() throws {
        let vector = try VectorEnvironment(
            try PluginFixture.gridWorld(), scenario: PluginFixture.gridWorldScenario(), copies: 64)
        let play = RandomPlay(vector)
        try vector.reset(.stream(run: 1))
        var counts: [[UInt8]: [Int]] = [:]
        for _ in 0..<800 {
            try play.act()
            for agent in 0..<2 {
                let rows = vector.local.rows(agent: agent)
                for copy in 0..<64 {
                    let legal = Array(try #require(rows.legal(copy)))
                    let action = Int(vector.actions.discrete(copy: copy, agent: agent)[0])
                    try #require(legal[action] == 1, "an illegal choice")
                    counts[legal, default: Array(repeating: 0, count: legal.count)][action] += 1
                }
            }
            try vector.step()
        }
        #expect(counts.count >= 9, "all corners, edges and the middle are visited")
        for (legal, found) in counts {
            let choices = legal.indices.filter { legal[$0] == 1 }
            let expected = Double(found.reduce(0, +)) / Double(choices.count)
            let square = choices.reduce(0) { $0 + (Double(found[$1]) - expected) * (Double(found[$1]) - expected) }
            // The 0.9999 quantile of chi-square with 4 degrees of freedom; with fewer it is smaller. The seed is fixed.
            #expect(square / expected < 23.5, "mask \(legal): \(found)")
        }
    }

    @Test("The draw depends on run, episode, step and agent, not on copies, threads or the order of agents")
    func independentOfBatch() throws {
        let seeds = (1...12).map { UInt64($0) }
        func actions(copies: Int, threads: Int, run: UInt64 = 9) throws -> [UInt64: [Int32]] {
            let vector = try VectorEnvironment(
                try PluginFixture.gridWorld(), scenario: PluginFixture.gridWorldScenario(horizon: 6), copies: copies,
                threads: threads)
            let policies = [RandomPolicy(seed: run), RandomPolicy(seed: run)]
            var found: [UInt64: [Int32]] = [:]
            try vector.reset(.list(seeds))
            while vector.hasActiveCopies {
                for agent in threads > 1 ? [1, 0] : [0, 1] {
                    try policies[agent].act(vector.local.rows(agent: agent), into: vector.actions.rows(agent: agent))
                }
                for copy in 0..<copies where vector.isActive(copy) {
                    for agent in 0..<2 {
                        let action = vector.actions.discrete(copy: copy, agent: agent)[0]
                        found[vector.local.seeds[copy], default: []].append(action)
                    }
                }
                try vector.step()
            }
            return found
        }
        let expected = try actions(copies: 1, threads: 1)
        #expect(expected.count == 12)
        #expect(try actions(copies: 5, threads: 3) == expected)
        #expect(try actions(copies: 12, threads: 2) == expected)
        #expect(try actions(copies: 1, threads: 1, run: 10) != expected)
    }

    @Test("Without masks every choice of the agent is drawn")
    func withoutMasks() throws {
        let vector = try VectorEnvironment(
            try PluginFixture.gridWorld(), scenario: PluginFixture.gridWorldScenario(masks: .none), copies: 32)
        let play = RandomPlay(vector)
        try vector.reset(.stream(run: 1))
        var seen: Set<Int32> = []
        for _ in 0..<10 {
            #expect(vector.local.legal.allSatisfy { $0 == 1 })
            try play.act()
            seen.formUnion(vector.actions.allDiscrete)
            try vector.step()
        }
        #expect(seen == [0, 1, 2, 3, 4])
    }
}
