import ArgusEnvAPI
import SkirmishRules
import Testing

@Suite("skirmish: specification")
struct SpecificationTests {
    @Test("sizes are the reference's", arguments: [("3m", 75, 72), ("2s3z", 127, 120), ("6h_vs_8z", 179, 168)])
    func sizes(map: String, observation: Int, state: Int) throws {
        let list = try PlayedEnvironment(["map": map]).specification
        #expect(list.observationSize == observation)
        #expect(list.state?.size == state)
        #expect(try PlayedEnvironment(["map": map, "observation": "conic"]).specification.observationSize == 842)
    }

    @Test("agents, groups and actions are as the scenarios' readers expect")
    func names() throws {
        let alone = try PlayedEnvironment(["map": "5m_vs_6m"]).specification
        #expect(alone.agents.map(\.name) == (0..<5).map { "ally_\($0)" })
        #expect(alone.groups == ["allies"])
        #expect(alone.rewardScope == .group)
        #expect(alone.legalSize == 11)
        #expect(alone.suggestedHorizon == 101)
        let versus = try PlayedEnvironment(["map": "5m_vs_6m", "opponent": "policies"]).specification
        #expect(versus.agents.map(\.name) == (0..<5).map { "ally_\($0)" } + (0..<6).map { "enemy_\($0)" })
        #expect(versus.agents.map(\.group) == Array(repeating: 0, count: 5) + Array(repeating: 1, count: 6))
        #expect(
            versus.agents.map(\.role) == Array(repeating: "marine", count: 5)
                + Array(repeating: "enemy_marine", count: 6))
        #expect(
            versus.agents.map { $0.actionSizes ?? [] } == Array(repeating: [11], count: 5)
                + Array(repeating: [10], count: 6))
        #expect(versus.groups == ["allies", "enemies"])
        #expect(
            versus.actionNames
                == ["north", "east", "south", "west", "stop"] + (0..<6).map { "attack_opponent_\($0)" })
    }

    @Test("no row leaves the declared bounds, and segments cover the rows without gaps", arguments: TextTests.tasks)
    func boundsAndSegments(task: [String: String]) throws {
        let played = try PlayedEnvironment(task)
        let specification = played.specification
        let bounds = try #require(specification.observationBounds)
        var random = SplitMix64(seed: 12)
        for seed in 0..<40 {
            played.reset(seed: UInt64(seed))
            for _ in 0..<30 where !played.isOver {
                for agent in 0..<played.agents {
                    let row = played.observation(agent)
                    #expect(zip(row, bounds.low).allSatisfy { $0 >= $1 })
                    #expect(zip(row, bounds.high).allSatisfy { $0 <= $1 })
                }
                played.chooseRandomly(&random)
                played.step()
            }
        }
        let state = try #require(specification.state)
        for (segments, size) in [
            (specification.observationSegments, specification.observationSize), (state.segments, state.size),
        ] {
            #expect(segments.flatMap { $0.offset..<$0.offset + $0.count } == Array(0..<size))
            #expect(Set(segments.map(\.name)).count == segments.count)
        }
    }

    @Test("an unknown map is refused with the nearest name")
    func unknownMap() {
        let refusal = #expect(throws: ParameterError.self) { try PlayedEnvironment(["map": "3n"]) }
        #expect(refusal?.remedy == "'3m'")
        #expect(throws: RulesError.self) { try SkirmishConfiguration(map: "3n") }
    }
}
