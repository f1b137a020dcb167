import ArgusEnvAPI
import CAllocationCounter
import SkirmishRules
import Testing

@Suite("skirmish: heap allocations", .enabled(if: allocation_counter_works() != 0, "not under a sanitizer"))
struct AllocationTests {
    @Test(
        "steps, observations and resets of a running copy allocate nothing",
        arguments: [
            ["map": "3m"], ["map": "27m_vs_30m"], ["map": "smacv2_20_units", "observation": "conic"],
            ["map": "3s5z", "opponent": "policies", "targeting": "random"],
        ])
    func noAllocations(task: [String: String]) throws {
        let played = try PlayedEnvironment(task)
        var random = SplitMix64(seed: 3)
        played.reset(seed: 0)
        var fewest = Int64.max
        for round in 0..<20 where fewest > 0 {
            let before = allocation_count_of_thread()
            for step in 0..<50 {
                for agent in 0..<played.agents { played[choice: agent] = Int32(random.below(6)) }
                played.step()
                if played.isOver || step == 40 { played.reset(seed: UInt64(round * 50 + step)) }
            }
            fewest = min(fewest, allocation_count_of_thread() - before)
        }
        #expect(fewest == 0)
    }
}
