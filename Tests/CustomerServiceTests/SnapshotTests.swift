import ArgusEnvAPI
import CustomerServiceRules
import Testing

@Suite("customer service: snapshots")
struct SnapshotTests {
    static let tasks: [[String: ParameterValue]] = [
        [:],
        [
            "diagnosis": .number(0.5), "triage": .number(5), "ambiguity": .number(0.8),
            "follow_up": .string("0.2 0.5; 0.5 0.2"), "profile": .string("1 3 1"), "day": .number(1800),
            "lines": .integer(8), "warm_up": .number(200),
        ],
        [
            "patience": .string("0"), "arrivals": .string("150 100"), "experts": .integer(3),
            "consulting": .boolean(false),
        ],
    ]

    @Test("a restored centre goes on identically, and saves the same bytes", arguments: tasks)
    func continues(task: [String: ParameterValue]) throws {
        var random = SplitMix64(seed: 10)
        var restored = try CentreRun(task, seed: 99)
        for seed in 0..<UInt64(40) {
            var run = try CentreRun(task, seed: seed)
            for _ in 0..<random.below(50) where run.ended == 0 {
                run.chooseRandomly(&random)
                run.step()
            }
            let bytes = try run.environment.snapshot()
            try restored.environment.restore(bytes)
            #expect(try restored.environment.snapshot() == bytes)
            for _ in 0..<40 where run.ended == 0 {
                run.chooseRandomly(&random)
                restored.actions = run.actions
                run.step()
                restored.step()
                #expect(run.observations == restored.observations)
                #expect(run.legal == restored.legal)
                #expect(run.state == restored.state)
                #expect(run.rewards == restored.rewards)
                #expect(run.elapsed == restored.elapsed)
                #expect(try run.environment.snapshot() == restored.environment.snapshot())
            }
        }
    }

    @Test(
        "foreign, cut and damaged bytes are refused and change nothing, or are a state that plays on", arguments: tasks)
    func damage(task: [String: ParameterValue]) throws {
        var random = SplitMix64(seed: 11)
        var run = try CentreRun(task, seed: 1)
        for _ in 0..<25 {
            run.chooseRandomly(&random)
            run.step()
        }
        let sound = try run.environment.snapshot()
        let other = try CentreRun(["experts": .integer(2), "speed": .string("1"), "resolution": .string("1")])
        for bad in try [[], [0], Array(sound.dropLast()), sound + [0], other.environment.snapshot()] {
            #expect(throws: RulesError.self) { try run.environment.restore(bad) }
            #expect(try run.environment.snapshot() == sound)
        }
        let bounds = try #require(run.specification.observationBounds)
        var refused = 0
        for attempt in 0..<6000 {
            var bytes = sound
            for _ in 0...random.below(3) {
                let place = random.below(bytes.count)
                bytes[place] =
                    attempt.isMultiple(of: 2) ? UInt8(random.below(256)) : bytes[place] ^ 1 << random.below(8)
            }
            do {
                try run.environment.restore(bytes)
            } catch let error as RulesError {
                #expect(error.code == .snapshot)
                refused += 1
                continue
            }
            for _ in 0..<6 {
                run.chooseRandomly(&random)
                run.step()
                for expert in 0..<run.experts {
                    let row = run.observation(expert)
                    #expect(zip(row, bounds.low).allSatisfy { $0 >= $1 })
                    #expect(zip(row, bounds.high).allSatisfy { $0 <= $1 })
                }
                #expect(run.rewards[0].isFinite && run.elapsed >= 0 && run.elapsed.isFinite)
                if run.ended != 0 { break }
            }
        }
        #expect(refused > 1500)
        #expect(refused < 6000)
    }

    @Test("a new chance seed changes what comes, not what is")
    func reseeding() throws {
        var run = try CentreRun([:], seed: 6)
        let present = run.observations
        let bytes = try run.environment.snapshot()
        var futures: Set<[Double]> = []
        for seed in 0..<UInt64(10) {
            try run.environment.restore(bytes)
            run.environment.reseedChance(seed)
            run.observe()
            #expect(run.observations == present)
            let metrics = try run.playDay(as: "fifo")
            futures.insert([metrics["arrived"] ?? 0, metrics["handling_time"] ?? 0])
        }
        #expect(futures.count == 10)
    }
}
