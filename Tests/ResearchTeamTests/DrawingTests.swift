import ArgusEnvAPI
import ResearchTeamRules
import Testing

@Suite("research team: what is drawn gives nothing away")
struct DrawingTests {
    private static let draws = 20_000

    /// The largest of several chi-square statistics must stay below this many standard deviations of the distribution.
    private func isUniform(_ counts: [Int]) -> Bool {
        let expected = Double(counts.reduce(0, +)) / Double(counts.count)
        let statistic = counts.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
        let freedom = Double(counts.count - 1)
        return statistic < freedom + 5 * (2 * freedom).squareRoot()
    }

    private func problems(_ configuration: ResearchConfiguration, _ body: (EvidenceProblem) -> Void) {
        var game = ResearchGame(configuration: configuration)
        for seed in 0..<Self.draws {
            game.reset(seed: UInt64(seed))
            body(game.problem)
        }
    }

    @Test("the answer's index is uniform, also given the first subject, and given what any one specialist could read")
    func answerIsUniform() throws {
        let configuration = try ResearchConfiguration(disciplines: 2, hops: 2, candidates: 3)
        var all = [0, 0, 0]
        var byStart = Array(repeating: [0, 0, 0], count: 3)
        var byFirstLink = Array(repeating: [0, 0, 0], count: 9)
        var bySecondHop = Array(repeating: [0, 0, 0], count: 27)
        problems(configuration) { problem in
            let answer = problem.subject(after: 2)
            let start = Int(problem.start)
            all[answer] += 1
            byStart[start][answer] += 1
            byFirstLink[3 * start + problem.link(hop: 0, subject: start)][answer] += 1
            let second = (0..<3).reduce(0) { 3 * $0 + problem.link(hop: 1, subject: $1) }
            bySecondHop[second][answer] += 1
        }
        #expect(isUniform(all))
        for counts in byStart + byFirstLink + bySecondHop where counts.reduce(0, +) > 0 { #expect(isUniform(counts)) }
        #expect(bySecondHop.count { $0.reduce(0, +) > 0 } == 6)
    }

    @Test("majority and position baselines are right once in as many times as there are candidates")
    func priors() throws {
        let configuration = try ResearchConfiguration(disciplines: 3, hops: 3, candidates: 4)
        var same = 0
        var first = 0
        problems(configuration) { problem in
            if problem.subject(after: 3) == Int(problem.start) { same += 1 }
            if problem.subject(after: 3) == 0 { first += 1 }
        }
        // Five standard deviations around a quarter.
        for count in [same, first] { #expect(abs(Double(count) / Double(Self.draws) - 0.25) < 0.0153) }
    }

    @Test("the sound paper, the weak one and decoys take every place on a shelf equally often, on and off the chain")
    func placesAreUniform() throws {
        let configuration = try ResearchConfiguration(
            disciplines: 2, hops: 2, candidates: 3, decoys: 1, contradictions: 1)
        var counts = Array(repeating: Array(repeating: [0, 0, 0], count: 3), count: 2)
        var named = [0, 0, 0]
        problems(configuration) { problem in
            for subject in 0..<3 {
                let isOnChain = subject == Int(problem.start)
                let sources = configuration.sources(hop: 0, subject: subject)
                for source in sources {
                    let kind = Int(problem.kinds[source])
                    counts[isOnChain ? 1 : 0][kind][source - sources.lowerBound] += 1
                    if kind == 1 {
                        let truth = problem.link(hop: 0, subject: subject)
                        #expect(Int(problem.objects[source]) != truth)
                        named[(Int(problem.objects[source]) - truth + 3) % 3] += 1
                    }
                }
            }
        }
        for kinds in counts { for places in kinds { #expect(isUniform(places)) } }
        // A weak paper names each of the wrong subjects equally often.
        #expect(named[0] == 0 && isUniform(Array(named[1...])))
    }

    @Test("the seed alone fixes an episode, and neighbouring seeds give different ones")
    func seeds() throws {
        let parameters = ScenarioTask.named("contradictions")
        let used = try PlayedTeam(parameters, seed: 99)
        var random = SplitMix64(seed: 1)
        var distinct: Set<[UInt8]> = []
        for seed in 0..<50 as Range<UInt64> {
            for _ in 0..<7 where !used.isOver { used.step(used.randomActions(&random)) }
            used.begin(seed)
            let fresh = try PlayedTeam(parameters, seed: seed)
            #expect(used.environment.game.serialise() == fresh.environment.game.serialise())
            distinct.insert(fresh.environment.game.serialise())
        }
        #expect(distinct.count == 50)
    }
}
