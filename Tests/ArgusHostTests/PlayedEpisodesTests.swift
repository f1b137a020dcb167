import ArgusHost
import PluginFixtures
import Testing

@Suite("Evaluation episodes")
struct PlayedEpisodesTests {
    private func play(copies: Int, threads: Int, seeds: [UInt64]) throws -> PlayedEpisodes {
        let vector = try VectorEnvironment(
            try PluginFixture.gridWorld(), scenario: PluginFixture.gridWorldScenario(horizon: 15), copies: copies,
            threads: threads)
        return try vector.play(seeds: seeds, act: RandomPlay(vector).act)
    }

    @Test("Results stand in the order of the seeds, for any number of copies", arguments: [1, 2, 5, 16, 40])
    func order(copies: Int) throws {
        let seeds = (0..<16).map { UInt64(997 &* $0 % 101) }
        let episodes = try play(copies: copies, threads: 2, seeds: seeds)
        #expect(episodes.seeds == seeds)
        #expect(episodes == (try play(copies: 1, threads: 1, seeds: seeds)))
        #expect(episodes.returns.count == 16 && episodes.lengths.count == 16 && episodes.failed == 0)
        #expect(episodes.metrics["solved"]?.count == 16 && episodes.metrics["shared"]?.count == 16)
        #expect(episodes.steps == episodes.lengths.reduce(0, +))
        for (value, length) in zip(episodes.returns, episodes.lengths) where length == 15 {
            #expect(value > -0.16 && value <= 1)
        }
    }

    @Test("A seed that is listed twice is played twice, with the same result")
    func repeatedSeeds() throws {
        let episodes = try play(copies: 3, threads: 1, seeds: [7, 8, 7])
        #expect(episodes.seeds == [7, 8, 7])
        #expect(episodes.returns[0] == episodes.returns[2])
    }

    @Test("No seeds: no episodes")
    func nothing() throws {
        #expect(try play(copies: 3, threads: 2, seeds: []) == PlayedEpisodes())
    }

    @Test("Failed episodes are counted, not averaged, and reported as finished")
    func failed() throws {
        let vector = try VectorEnvironment(
            try PluginFixture.probe(), scenario: PluginFixture.probeScenario(fault: "step_discard", horizon: 6),
            copies: 2)
        var finished: [Int] = []
        let episodes = try vector.play(seeds: [1, 2, 3, 4], act: RandomPlay(vector).act) { finished.append($0) }
        // Copy 1 plays the seeds 2 and 4 and fails in both.
        #expect(episodes.seeds == [1, 3])
        #expect(episodes.failed == 2)
        #expect(finished == finished.sorted() && finished.last == 4)
    }

    @Test("What progress throws stops the evaluation")
    func stopping() throws {
        let vector = try VectorEnvironment(
            try PluginFixture.probe(), scenario: PluginFixture.probeScenario(horizon: 3), copies: 2)
        let stop = ArgusError(.training, "stopped", at: "test", found: "a wish", expected: "an end")
        let error = argusError {
            _ = try vector.play(seeds: [1, 2, 3, 4], act: RandomPlay(vector).act) { _ throws(ArgusError) in throw stop }
        }
        #expect(error == stop)
    }
}
