import ArgusEnvAPI
import CAllocationCounter
import Testing

@Suite("customer service: heap allocations", .enabled(if: allocation_counter_works() != 0, "not under a sanitizer"))
struct AllocationTests {
    @Test("steps, observations and resets allocate nothing, whatever experts choose", arguments: SnapshotTests.tasks)
    func stepAllocatesNothing(task: [String: ParameterValue]) throws {
        var run = try CentreRun(task, seed: 1)
        var random = SplitMix64(seed: 2)
        let before = allocation_count_of_thread()
        for step in 0..<10_000 {
            for expert in 0..<run.actions.count {
                run.actions[expert] = Int32(truncatingIfNeeded: random.below(run.legal.count / run.actions.count))
            }
            run.step()
            if run.ended != 0 { run.reset(seed: UInt64(step)) }
        }
        #expect(allocation_count_of_thread() == before)
    }
}
