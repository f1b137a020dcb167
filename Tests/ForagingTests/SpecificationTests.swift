import ArgusEnvAPI
import ForagingRules
import Testing

@Suite("foraging: specification")
struct SpecificationTests {
    private static let small: [String: ParameterValue] = [
        "rows": .integer(4), "columns": .integer(5), "players": .integer(3), "foods": .integer(2),
    ]

    @Test(
        "no row leaves the declared bounds, and every bound is reached",
        arguments: [
            small, small.merging(["sight": .integer(1)]) { $1 }, small.merging(["sight": .integer(3)]) { $1 },
            small.merging(["observe_levels": .boolean(false), "sight": .integer(2)]) { $1 },
            small.merging(["sights": .string("1,3,2")]) { $1 }, small.merging(["sights": .string("0,1,0")]) { $1 },
            small.merging(["min_player_level": .integer(2), "max_food_level": .integer(9)]) { $1 },
        ])
    func boundsAreExact(task: [String: ParameterValue]) throws {
        var random = SplitMix64(seed: 12)
        let parameters = try ParameterValues(task, for: ForagingEnvironment.descriptor.parameters)
        let specification = try ForagingEnvironment.specification(parameters)
        let configuration = try ForagingEnvironment(task).game.configuration
        var seen = Extremes()
        var state = Extremes()
        for seed in 0..<6000 {
            var played = PlayedGame(configuration, seed: UInt64(seed))
            for _ in 0..<12 {
                for player in 0..<3 { seen.add(played.observation(player)) }
                state.add(played.state())
                played.stepRandomly(&random)
            }
        }
        #expect(seen.low == specification.observationBounds?.low)
        #expect(seen.high == specification.observationBounds?.high)
        #expect(state.low == specification.state?.bounds?.low)
        #expect(state.high == specification.state?.bounds?.high)
    }

    @Test("segments cover the observation and the state without gaps")
    func segments() throws {
        for task in TextTests.tasks {
            let specification = try ForagingEnvironment.specification(
                ParameterValues(task, for: ForagingEnvironment.descriptor.parameters))
            let state = try #require(specification.state)
            for (segments, size) in [
                (specification.observationSegments, specification.observationSize), (state.segments, state.size),
            ] {
                #expect(segments.flatMap { $0.offset..<$0.offset + $0.count } == Array(0..<size))
            }
        }
    }

    @Test("agents, actions and scope are as the scenarios' readers expect")
    func names() throws {
        let specification = try ForagingEnvironment.specification(
            ParameterValues([:], for: ForagingEnvironment.descriptor.parameters))
        #expect(specification.agents.map(\.name) == ["player_0", "player_1"])
        #expect(specification.agents.allSatisfy { $0.role == "player" })
        #expect(specification.actionNames == ["none", "north", "south", "west", "east", "load"])
        #expect(specification.rewardScope == .agent)
        #expect(specification.suggestedHorizon == 50)
    }

    private struct Extremes {
        var low: [Float] = []
        var high: [Float] = []

        mutating func add(_ row: [Float]) {
            if low.isEmpty { (low, high) = (row, row) }
            for index in row.indices {
                low[index] = min(low[index], row[index])
                high[index] = max(high[index], row[index])
            }
        }
    }
}
