import ArgusEnvAPI
import Testing
import WarehouseRules

@Suite("warehouse: environment")
struct EnvironmentTests {
    @Test("every observed number is within the declared bounds, which long play reaches")
    func bounds() throws {
        let task: [String: ParameterValue] = [
            "layout": .string("g...\n.xx.\n.xx."), "agents": .integer(2), "requests": .integer(1),
            "message_bits": .integer(1),
        ]
        let values = try ParameterValues(task, for: WarehouseEnvironment.descriptor.parameters)
        let specification = try WarehouseEnvironment.specification(values)
        let bounds = try #require(specification.observationBounds)
        var state = try WarehouseEnvironment(task).state
        var (low, high) = (bounds.high, bounds.low)
        var random = SplitMix64(seed: 3)
        for seed in 0..<400 {
            state.reset(seed: UInt64(seed))
            for _ in 0..<60 {
                state.stepRandomly(&random)
                for robot in 0..<2 {
                    for (index, value) in state.observation(robot).dropLast().enumerated() {
                        low[index] = min(low[index], value)
                        high[index] = max(high[index], value)
                    }
                }
            }
        }
        #expect(low == bounds.low)
        #expect(high == bounds.high)
    }

    @Test("segments cover the observation row and the state row without gaps", arguments: TextTests.tasks)
    func segments(task: [String: ParameterValue]) throws {
        let values = try ParameterValues(task, for: WarehouseEnvironment.descriptor.parameters)
        let specification = try WarehouseEnvironment.specification(values)
        let state = try #require(specification.state)
        for (segments, size) in [
            (specification.observationSegments, specification.observationSize), (state.segments, state.size),
        ] {
            #expect(segments.reduce(0) { $1.offset == $0 ? $0 + $1.count : -1 } == size)
            #expect(Set(segments.map(\.name)).count == segments.count)
        }
        #expect(specification.actionNames.count == specification.legalSize)
    }

    @Test("impossible parameters are refused by the name that a scenario gives them")
    func refusals() throws {
        func refusal(_ task: [String: ParameterValue]) throws -> String? {
            do {
                _ = try WarehouseEnvironment(task)
                return nil
            } catch let error as RulesError {
                return String(error.description.prefix { $0 != ":" })
            }
        }
        #expect(try refusal(["requests": .integer(32)]) == "requests")
        #expect(try refusal(["layout": .string("huge")]) == "layout")
        #expect(try refusal(["layout": .string("x.\n.g.\n")]) == "layout line 2")
        #expect(try refusal(["layout": .string("1x2")]) == "columns")
        #expect(try refusal(["layout": .string("xg\n.x\n"), "agents": .integer(5)]) == "agents")
    }

    @Test("a snapshot is refused when cut, empty or of another warehouse, and changes nothing")
    func foreignSnapshots() throws {
        var environment = try WarehouseEnvironment(["agents": .integer(3)])
        environment.reset(seed: 4)
        let bytes = try environment.snapshot()
        let other = try WarehouseEnvironment(["agents": .integer(2)]).snapshot()
        for bad in [[], [0], Array(bytes.dropLast()), bytes + [0], Array(bytes.dropFirst(4)), other] {
            #expect(throws: RulesError.self) { try environment.restore(bad) }
            #expect(try environment.snapshot() == bytes)
        }
        try environment.restore(bytes)
        #expect(try environment.snapshot() == bytes)
    }

    @Test("a new chance seed changes the requests to come, and nothing now")
    func chance() throws {
        var environment = try WarehouseEnvironment(["agents": .integer(2)])
        environment.reset(seed: 4)
        let before = (0..<2).map { environment.textSituation(agent: $0) }
        let bytes = try environment.snapshot()
        environment.reseedChance(5)
        #expect((0..<2).map { environment.textSituation(agent: $0) } == before)
        #expect(try environment.snapshot() != bytes)
    }
}

@Suite("warehouse: scripted policies")
struct BaselineTests {
    @Test("the planner writes only the rows that are asked for, and a copy of the environment plans for itself")
    func planner() throws {
        var environment = try WarehouseEnvironment(["agents": .integer(3), "message_bits": .integer(1)])
        environment.reset(seed: 1)
        let all = environment.jointActions(asked: [1, 1, 1])
        #expect(all.allSatisfy { $0 >= 0 })
        var copy = environment
        #expect(copy.jointActions(asked: [0, 1, 0]) == [-7, -7, all[2], all[3], -7, -7])
        let before = environment.state.bytes
        _ = environment.jointActions(asked: [1, 1, 1])
        #expect(environment.state.bytes == before)
    }

    @Test("couriers, who see nothing but their rows, deliver more than twelve shelves in each episode of tiny-2ag")
    func couriers() throws {
        let environment = try WarehouseEnvironment([:])
        var state = environment.state
        let size = WarehouseEnvironment.baselines[1].memorySize
        var total: Float = 0
        for seed in 0..<10 {
            state.reset(seed: UInt64(seed))
            var memories = [[UInt8]](repeating: [UInt8](repeating: 0, count: size), count: 2)
            var sum: Float = 0
            for _ in 0..<500 {
                let actions = (0..<2).flatMap { robot in
                    // The environment that chooses never sees the state.
                    environment.localAction(
                        robot, Array(state.observation(robot).dropLast()), memory: &memories[robot])
                }
                sum += state.step(row: actions).rewards.reduce(0, +)
            }
            #expect(sum > 12)
            total += sum
        }
        #expect(total > 200)
    }

    @Test("couriers choose possible actions in any warehouse, whatever their rows say", arguments: TextTests.tasks)
    func anyRow(task: [String: ParameterValue]) throws {
        let environment = try WarehouseEnvironment(task)
        var random = SplitMix64(seed: 8)
        var memory = [UInt8](repeating: 0, count: WarehouseEnvironment.baselines[1].memorySize)
        for _ in 0..<500 {
            let row = (0..<environment.state.game.observationSize).map { _ in
                random.below(9) == 0 ? Float.nan : Float(random.below(5)) - 1
            }
            let action = environment.localAction(0, row, memory: &memory)
            #expect(zip(action, environment.state.game.actionHeads).allSatisfy { $0 >= 0 && Int($0) < $1 })
        }
    }
}
