import ArgusHost
import PluginFixtures
import Testing

@Suite("Evaluation seeds")
struct EvaluationSeedsTests {
    @Test("The three sets are disjoint for all blocks, and repeat no seed")
    func disjoint() {
        var all: Set<UInt64> = []
        for kind in EvaluationSeeds.allCases {
            for block in 0..<20 as Range<UInt64> {
                let seeds = kind.seeds(block: block, count: 200)
                #expect(seeds == kind.seeds(block: block, count: 200))
                #expect(seeds.allSatisfy { $0 < 1 << 53 }, "a JSON number must hold it")
                all.formUnion(seeds)
            }
        }
        #expect(all.count == 3 * 20 * 200)
    }

    @Test("Training never sees them: its seeds have other high bits")
    func apartFromTraining() throws {
        for kind in EvaluationSeeds.allCases {
            #expect(kind.seeds(block: 3, count: 1000).allSatisfy { $0 >> 50 == kind.rawValue })
        }
        let vector = try VectorEnvironment(
            try PluginFixture.probe(), scenario: PluginFixture.probeScenario(horizon: 1), copies: 50)
        let play = RandomPlay(vector)
        try vector.reset(.stream(run: 3))
        for _ in 0..<20 {
            #expect(vector.local.seeds.allSatisfy { $0 >> 50 == 0 })
            try play.step()
        }
    }

    @Test("A longer list begins with the shorter one")
    func prefix() {
        let seeds = EvaluationSeeds.curve.seeds(block: 1, count: 10)
        #expect(EvaluationSeeds.curve.seeds(block: 1, count: 4) == Array(seeds[..<4]))
        #expect(EvaluationSeeds.curve.seeds(block: 1, count: 0).isEmpty)
    }
}
