import ArgusHost
import CAllocationCounter
import PluginFixtures
import Testing

@Suite("Heap allocations in a step", .enabled(if: allocation_counter_works() != 0, "not under a sanitizer"))
struct AllocationTests {
    /// The fewest allocations in one of many windows of 100 calls.
    ///
    /// Of this thread, where `body` does all its work; else of the process. Other tests run at the same time and allocate
    /// too, but not in every window; what `body` allocates itself shows in all.
    private func fewest(threads: Int = 1, _ body: () throws -> Void) rethrows -> Int64 {
        func count() -> Int64 { threads == 1 ? allocation_count_of_thread() : allocation_count() }
        var fewest = Int64.max
        for _ in 0..<(threads == 1 ? 300 : 20_000) where fewest > 0 {
            let before = count()
            for _ in 0..<100 { try body() }
            fewest = min(fewest, count() - before)
        }
        return fewest
    }

    /// One step of all copies with a random policy for each agent.
    private func randomStep(_ vector: VectorEnvironment) -> () throws -> Void {
        let policies = vector.specification.agents.map { _ in RandomPolicy(seed: 1) }
        return {
            for (agent, policy) in policies.enumerated() {
                try policy.act(vector.local.rows(agent: agent), into: vector.actions.rows(agent: agent))
            }
            try vector.step()
        }
    }

    private final class Box {}

    @Test("Control: what allocates is counted")
    func counterCounts() {
        var boxes: [Box] = []
        boxes.reserveCapacity(300 * 100)
        let count = fewest { boxes.append(Box()) }
        #expect(count >= 100)
        #expect(boxes.count == 300 * 100)
    }

    @Test("A step allocates nothing, ends and resets of episodes included", arguments: [1, 2])
    func stepAllocatesNothing(threads: Int) throws {
        // There is no lock in a copy's step either, by construction: EnvironmentSlice touches its own rows only, and the
        // report log, which has one, is written when something goes wrong.
        let vector = try VectorEnvironment(
            try PluginFixture.gridWorld(), scenario: PluginFixture.gridWorldScenario(horizon: 7), copies: 16,
            threads: threads)
        try vector.reset(.stream(run: 1))
        let actions = vector.actions.allDiscrete
        var moves: Int32 = 0
        func step() throws {
            moves = (moves + 1) % 5
            actions.update(repeating: moves)
            try vector.step()
        }
        for _ in 0..<20 { try step() }
        #expect(try fewest(threads: threads, step) == 0)
    }

    @Test(
        "Our domains' steps allocate nothing",
        arguments: ["foraging/8x8-2p-2f-coop", "foraging/15x15-4p-5f", "warehouse/tiny-2ag", "warehouse/starter"])
    func domainsAllocateNothing(scenario: String) throws {
        let host = try EnvironmentHost()
        var scenario = try host.scenarios.scenario(named: scenario)
        // So that there are windows in which no episode begins; a reset may allocate.
        scenario.horizon = Scenario.horizonLimit
        let vector = try host.makeVectorEnvironment(scenario, copies: 8)
        try vector.reset(.stream(run: 1))
        let step = randomStep(vector)
        for _ in 0..<50 { try step() }
        #expect(try fewest(step) == 0)
    }

    @Test("A step in which everybody talks allocates nothing", arguments: [1, 3])
    func talkingAllocatesNothing(delay: Int) throws {
        let host = try EnvironmentHost()
        var scenario = try host.scenarios.scenario(named: "foraging/15x15-4p-5f")
        scenario.horizon = Scenario.horizonLimit
        scenario.communication = .with {
            $0.delay = delay
            $0.loss = 0.2
            $0.shuffle = true
            $0.perEpisode = 1_000_000
        }
        let vector = try host.makeVectorEnvironment(scenario, copies: 8)
        try vector.reset(.stream(run: 1))
        let step = randomStep(vector)
        for _ in 0..<50 { try step() }
        #expect(try fewest(step) == 0)
        // Texts allocate; once they are read, nothing is left of them.
        vector.actions.rows(agent: 0).send(text: "hello", 0)
        for _ in 0..<50 { try step() }
        #expect(try fewest(step) == 0)
    }

    @Test("Random policies allocate nothing")
    func randomPolicyAllocatesNothing() throws {
        let vector = try VectorEnvironment(
            try PluginFixture.gridWorld(), scenario: PluginFixture.gridWorldScenario(), copies: 16)
        try vector.reset(.stream(run: 1))
        let step = randomStep(vector)
        for _ in 0..<20 { try step() }
        #expect(try fewest(step) == 0)
    }
}
