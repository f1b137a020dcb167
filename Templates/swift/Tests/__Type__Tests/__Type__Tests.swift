import ArgusEnvAPI
import Testing
import __Type__

@Suite("__NAME__")
struct __Type__Tests {
    private let call: Int32 = 2
    private let press: Int32 = 3

    /// Walks both workers to the button.
    private func atButton(seed: UInt64) throws -> Episode {
        let episode = try Episode(seed: seed)
        for _ in 0..<10 {
            let ways = (0..<2).map { episode.observation($0)[1] }
            episode.step(ways.map { $0 == 0 ? call : $0 < 0 ? 0 : 1 })
        }
        return episode
    }

    @Test("the team wins when both press in one step, and pays when one presses alone")
    func pressing() throws {
        let episode = try atButton(seed: 1)
        episode.step([press, call])
        #expect(episode.reward == -0.05)
        #expect(!episode.isOver)
        episode.step([press, press])
        #expect(episode.reward == 1)
        #expect(episode.isOver)
    }

    @Test("a call is heard by the other worker, in the next step only")
    func calling() throws {
        let episode = try Episode(seed: 2)
        episode.step([call, 0])
        #expect(episode.observation(0)[2...] == [1, 0])
        #expect(episode.observation(1)[2...] == [0, 1])
        episode.step([0, 0])
        #expect(episode.observation(1)[2...] == [0, 0])
    }

    @Test("no worker leaves the line, and what is not legal does nothing", arguments: [0, 1] as [Int32])
    func edges(direction: Int32) throws {
        let episode = try Episode(["length": .integer(4)], seed: 3)
        for _ in 0..<5 { episode.step([direction, direction]) }
        #expect(episode.observation(0)[0] == Float(direction))
        #expect(!episode.legal(0).contains(Int(direction)))
    }

    @Test("the same seed gives the same episode, whatever was played before")
    func seeds() throws {
        for seed in 0..<20 as Range<UInt64> {
            let first = try Episode(seed: seed)
            var second = first.environment
            second.reset(seed: seed &+ 1)
            second.reset(seed: seed)
            #expect(try second.snapshot() == first.environment.snapshot())
        }
    }

    @Test("the scripted policy wins from every start")
    func baseline() throws {
        for seed in 0..<100 as Range<UInt64> {
            let episode = try Episode(["length": .integer(20)], seed: seed)
            for _ in 0..<25 where !episode.isOver { episode.step(baseline: 0) }
            #expect(episode.isOver)
        }
    }

    @Test("a restored episode goes on as the saved one, and made-up states are refused")
    func snapshots() throws {
        let saved = try atButton(seed: 4)
        let other = try Episode(seed: 5)
        try other.restore(try saved.environment.snapshot())
        #expect(other.observation(0) == saved.observation(0))
        other.step([press, press])
        #expect(other.isOver)
        let short = try Episode(["length": .integer(2)], seed: 6)
        for seed in 0..<100 as Range<UInt64> where try Episode(seed: seed).observation(0)[0] > 0.5 {
            let far = try Episode(seed: seed).environment.snapshot()
            #expect(throws: (any Error).self) { try short.restore(far) }
        }
    }
}
