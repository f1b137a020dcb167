import ArgusEnvAPI
import CAllocationCounter
import ResearchTeamRules
import Testing

@Suite("research team: rows")
struct SpecificationTests {
    @Test(
        "every row is written whole, within its bounds, and with zeros beyond its agent's size",
        arguments: ScenarioTask.all)
    func rows(task: ScenarioTask) throws {
        var random = SplitMix64(seed: 16)
        let team = try PlayedTeam(task.parameters)
        let bounds = try #require(team.specification.observationBounds)
        let stateBounds = try #require(team.specification.state?.bounds)
        for seed in 0..<10 as Range<UInt64> {
            team.begin(seed)
            while !team.isOver {
                for (agent, own) in team.specification.agents.enumerated() {
                    let row = team.observations[agent]
                    #expect(row.indices.allSatisfy { row[$0] >= bounds.low[$0] && row[$0] <= bounds.high[$0] })
                    #expect(row[(own.observationSize ?? 0)...].allSatisfy { $0 == 0 })
                    let choices = own.actionSizes?[0] ?? 0
                    #expect(team.legal[agent].allSatisfy { $0 <= 1 } && team.legal[agent][0] == 1)
                    #expect(team.legal[agent][choices...].allSatisfy { $0 == 0 })
                }
                #expect(
                    team.state.indices.allSatisfy {
                        team.state[$0] >= stateBounds.low[$0] && team.state[$0] <= stateBounds.high[$0]
                    })
                team.step(team.randomActions(&random))
            }
        }
    }

    @Test("segments cover the observation and the state without gaps", arguments: ScenarioTask.all)
    func segments(task: ScenarioTask) throws {
        let team = try PlayedTeam(task.parameters)
        let state = try #require(team.specification.state)
        for (segments, size) in [
            (team.specification.observationSegments, team.specification.observationSize), (state.segments, state.size),
        ] {
            #expect(segments.flatMap { $0.offset..<$0.offset + $0.count } == Array(0..<size))
        }
    }

    @Test(
        "steps, observations and resets allocate nothing", .enabled(if: allocation_counter_works() != 0),
        arguments: ScenarioTask.all)
    func allocations(task: ScenarioTask) throws {
        var random = SplitMix64(seed: 17)
        let team = try PlayedTeam(task.parameters)
        let rows = HostRows(team.specification)
        var environment = team.environment
        let scripts = (0..<20).map { _ in
            (0..<team.agents).map { Int32(random.below(team.configuration.choices(agent: $0))) }
        }
        let frame = rows.frame
        var counts: [Int64] = []
        counts.reserveCapacity(400)
        for seed in 0..<20 as Range<UInt64> {
            for script in scripts {
                rows.begin(script)
                let before = allocation_count_of_thread()
                if script == scripts.first { environment.reset(seed: seed) }
                environment.step(rows.actions, frame)
                environment.observe(frame)
                counts.append(allocation_count_of_thread() - before)
            }
        }
        #expect(counts.allSatisfy { $0 == 0 })
    }
}
