import ArgusEnvAPI
import ResearchTeamRules
import Testing

@Suite("research team: scripted teams and bounds")
struct BaselineTests {
    private func returns(_ parameters: [String: ParameterValue], _ baseline: String, episodes: Int) throws -> [Float] {
        let team = try PlayedTeam(parameters)
        return (0..<episodes).map { seed in
            team.begin(UInt64(1_000_000 + seed))
            return team.play(baseline)
        }
    }

    private func mean(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double($1) } / Double(values.count) }

    @Test("the oracle has a return of exactly 1 in every scenario", arguments: ScenarioTask.all)
    func oracle(task: ScenarioTask) throws {
        #expect(try returns(task.parameters, "oracle", episodes: 200).allSatisfy { $0 == 1 })
    }

    @Test("scripted teams choose legally, and do the same when asked again", arguments: ScenarioTask.all)
    func legality(task: ScenarioTask) throws { try expectLegalPlay(task.parameters) }

    @Test("scripted teams choose legally where instruments are all there is, and there is one reading for each")
    func legalityOfMeasuring() throws {
        try expectLegalPlay(["measured": .integer(2), "measuring_budget": .integer(1)])
        try expectLegalPlay([
            "hops": .integer(4), "measured": .integer(2), "measuring_budget": .integer(2),
            "message_budget": .integer(6), "reading_budget": .integer(10), "rounds": .integer(40),
        ])
    }

    private func expectLegalPlay(_ parameters: [String: ParameterValue]) throws {
        for baseline in ResearchEnvironment.baselines.map(\.name) {
            let team = try PlayedTeam(parameters)
            for seed in 0..<40 as Range<UInt64> {
                team.begin(seed)
                while !team.isOver {
                    let choices = team.choices(baseline)
                    #expect(team.choices(baseline) == choices)
                    #expect(choices.enumerated().allSatisfy { team.legal[$0][Int($1)] == 1 }, "\(baseline)")
                    team.step(choices)
                }
            }
        }
    }

    @Test("the cooperative team solves what has no errors of measurement", arguments: ScenarioTask.all)
    func cooperative(task: ScenarioTask) throws {
        let configuration = try task.configuration()
        guard configuration.tells, configuration.measured == 0 else { return }
        let team = try PlayedTeam(task.parameters)
        for seed in 0..<200 as Range<UInt64> {
            team.begin(seed)
            let total = team.play("cooperative")
            #expect(team.metrics["success"] == 1)
            #expect(Double(total) + (team.metrics["cost"] ?? 1) > 0.999)
        }
    }

    /// The best expected score of a lead that knows the links of some hops and nothing else, by trying every set of
    /// citations that the rules allow and every answer, over all worlds.
    private func bestScore(
        hops: Int, candidates: Int, known: (Int) -> Bool, canCite: (Int) -> Bool, most: Int
    ) throws -> Double {
        let configuration = try ResearchConfiguration(disciplines: 2, hops: hops, candidates: candidates)
        var random = SplitMix64(seed: 10)
        let problem = EvidenceProblem(configuration, &random)
        let start = Int(problem.start)
        let worlds = WorldEnumeration(hops: hops, candidates: candidates).worlds.filter { world in
            (0..<hops).allSatisfy { hop in
                !known(hop) || (0..<candidates).allSatisfy { world[hop][$0] == problem.link(hop: hop, subject: $0) }
            }
        }
        let links = hops * candidates
        var best = 0.0
        for subset in 0..<1 << links {
            let cited = (0..<links).filter { subset >> $0 & 1 == 1 }
            guard (hops...most).contains(cited.count), cited.allSatisfy({ canCite($0 / candidates) }) else { continue }
            var sums = Array(repeating: 0.0, count: candidates)
            for world in worlds {
                var subject = start
                var right = 0
                for hop in 0..<hops {
                    if cited.contains(hop * candidates + subject) { right += 1 }
                    subject = world[hop][subject]
                }
                sums[subject] += 2 * Double(right) / Double(cited.count + hops)
            }
            best = max(best, (sums.max() ?? 0) / Double(worlds.count))
        }
        return best
    }

    @Test("without being told anything, no lead can score more than 2/9 in `silent`; the scripted one does")
    func noCommunication() throws {
        let bound = try bestScore(hops: 2, candidates: 3, known: { _ in false }, canCite: { _ in true }, most: 6)
        #expect(abs(bound - 2.0 / 9) < 1e-9)
        let scores = try returns(ScenarioTask.named("silent"), "no-communication", episodes: 20_000)
        // Scores are at most 1: five standard errors.
        #expect(abs(mean(scores) - bound) < 0.013)
        #expect(try returns(ScenarioTask.named("silent"), "cooperative", episodes: 50) == Array(scores.prefix(50)))
        #expect(
            try returns(ScenarioTask.named("two-disciplines"), "no-communication", episodes: 50).allSatisfy { $0 == 0 })
    }

    @Test("with the material of one role, no lead can score more than 1/6 in `two-disciplines`; the scripted one does")
    func singleRole() throws {
        var bounds: [Double] = []
        for role in 0..<2 {
            bounds.append(
                try bestScore(hops: 2, candidates: 3, known: { $0 == role }, canCite: { $0 == role }, most: 3))
        }
        #expect(bounds.allSatisfy { abs($0 - 1.0 / 6) < 1e-9 })
        let scores = try returns(ScenarioTask.named("two-disciplines"), "single-role", episodes: 20_000)
        #expect(abs(mean(scores) - 1.0 / 6) < 0.01)
    }
}
