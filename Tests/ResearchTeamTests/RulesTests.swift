import ArgusEnvAPI
import ResearchTeamRules
import Testing

@Suite("research team: rules")
struct RulesTests {
    private static let small: [String: ParameterValue] = [
        "rounds": .integer(12), "reading_budget": .integer(3), "message_budget": .integer(3),
        "question_budget": .integer(2),
    ]

    /// Velor → Molase → Simto, and everything else one further.
    private func chain(_ configuration: ResearchConfiguration) -> EvidenceProblem {
        var problem = EvidenceProblem()
        for hop in 0..<configuration.hops {
            for subject in 0..<configuration.candidates {
                let object = UInt8((subject + 1) % configuration.candidates)
                problem.links[8 * hop + subject] = object
                for source in configuration.sources(hop: hop, subject: subject) { problem.objects[source] = object }
            }
        }
        return problem
    }

    private func small(_ changes: [String: ParameterValue] = [:]) throws -> PlayedTeam {
        let team = try PlayedTeam(Self.small.merging(changes) { $1 })
        try team.begin(chain(team.configuration))
        return team
    }

    private func source(_ team: PlayedTeam, _ hop: Int, _ subject: Int) -> Int {
        team.configuration.sources(hop: hop, subject: subject).lowerBound
    }

    private func isLegal(_ team: PlayedTeam, _ agent: Int, _ choice: ResearchChoice) -> Bool {
        team.legal[agent][team.configuration.number(agent: agent, choice)] == 1
    }

    @Test("agents are the lead and the disciplines, each with choices of its own")
    func agents() throws {
        let team = try PlayedTeam(["disciplines": .integer(6), "hops": .integer(6), "rounds": .integer(30)])
        #expect(
            team.specification.agents.map(\.name) == [
                "lead", "chemist", "biologist", "geologist", "physicist", "ecologist", "statistician",
            ])
        #expect(team.specification.agents.map(\.role) == team.specification.agents.map(\.name))
        #expect(team.specification.agents[0].actionSizes == [1 + 18 + 18 + 3])
        #expect(team.specification.agents[1].actionSizes == [1 + 3 + 3])
        #expect(team.specification.rewardScope == .group)
        #expect(team.specification.suggestedHorizon == 30)
    }

    @Test("a choice's number and meaning are each other's inverse, and numbers out of range mean waiting")
    func choices() throws {
        for task in ScenarioTask.all {
            let configuration = try task.configuration()
            for agent in 0..<configuration.agents {
                let count = configuration.choices(agent: agent)
                let meanings = (0..<count).map { configuration.choice(agent: agent, $0) }
                #expect(Set(meanings).count == count)
                #expect(meanings.enumerated().allSatisfy { configuration.number(agent: agent, $1) == $0 })
                for number in [-1, count, .max, .min] { #expect(configuration.choice(agent: agent, number) == .wait) }
            }
        }
    }

    @Test("question, paper, word, citation, answer: the whole of a game, and nobody knows anything a round too early")
    func wholeGame() throws {
        let team = try small()
        let (first, second) = (source(team, 0, 0), source(team, 1, 1))
        #expect(!isLegal(team, 1, .tell(first)) && !isLegal(team, 0, .cite(first)) && !isLegal(team, 0, .submit(2)))
        let unasked = team.observations
        team.step([0: .ask(hop: 0, subject: 0)])
        // The chemist alone sees the question; the biologist only that a round has passed.
        #expect(zip(unasked[1], team.observations[1]).count { $0 != $1 } == 2)
        #expect(zip(unasked[2], team.observations[2]).count { $0 != $1 } == 1)
        #expect(!isLegal(team, 0, .ask(hop: 0, subject: 0)) && isLegal(team, 0, .ask(hop: 1, subject: 0)))
        team.step([1: .look(first)])
        #expect(!isLegal(team, 1, .look(first)) && isLegal(team, 1, .tell(first)))
        // What is told can be cited in the next round only.
        team.step([0: .cite(first), 1: .tell(first)])
        #expect(isLegal(team, 0, .cite(first)) && !isLegal(team, 1, .tell(first)))
        #expect(team.metrics["evidence_recall"] == 0)
        team.step([0: .cite(first), 2: .look(second)])
        #expect(team.metrics["evidence_recall"] == 0.5)
        team.step([2: .tell(second)])
        team.step([0: .cite(second)])
        #expect(isLegal(team, 0, .submit(2)) && team.total == 0 && !team.isOver)
        #expect(team.step([0: .submit(2)]) == 1)
        #expect(team.isOver)
        #expect(
            team.metrics == [
                "success": 1, "evidence_precision": 1, "evidence_recall": 1, "hops": 2, "messages": 3, "looked": 2,
                "redundancy": 0, "cost": 0,
            ])
    }

    @Test(
        "the score is the F1 of the citations if the answer is right, and 0 if it is wrong",
        arguments: [
            ([0], [1], 2, 1), ([0, 1], [1, 2], 2, 4.0 / 6), ([0, 1, 2], [1], 2, 4.0 / 6), ([0, 2], [0], 2, 2.0 / 5),
            ([0, 1, 2], [0, 1, 2], 2, 4.0 / 8), ([1, 2], [0], 2, 0), ([0], [1], 1, 0), ([0], [1], 0, 0),
        ] as [([Int], [Int], Int, Double)])
    func score(first: [Int], second: [Int], answer: Int, expected: Double) throws {
        let team = try small(["rounds": .integer(20), "reading_cost": .integer(0), "message_cost": .integer(0)])
        for (agent, subjects) in [(1, first), (2, second)] {
            for subject in subjects {
                let paper = source(team, agent - 1, subject)
                team.step([agent: .look(paper)])
                team.step([agent: .tell(paper)])
                team.step([0: .cite(paper)])
            }
        }
        #expect(team.step([0: .submit(answer)]) == Float(expected))
        #expect(team.isOver)
    }

    @Test("no answer is accepted with fewer citations than links")
    func submitting() throws {
        let team = try small()
        let paper = source(team, 0, 0)
        team.step([1: .look(paper)])
        team.step([1: .tell(paper)])
        team.step([0: .cite(paper)])
        #expect((0..<3).allSatisfy { !isLegal(team, 0, .submit($0)) })
        team.step([0: .submit(2)])
        #expect(!team.isOver && team.total == 0)
    }

    @Test("an illegal choice is waiting: it changes nothing but the round")
    func illegal() throws {
        let team = try small()
        let idle = try small()
        var random = SplitMix64(seed: 8)
        for _ in 0..<8 {
            let illegal = team.legal.map { row in
                row.indices.filter { row[$0] == 0 }.randomElement(using: &random).map(Int32.init) ?? 0
            }
            team.step(illegal)
            idle.step([:])
            #expect(team.environment.game.serialise() == idle.environment.game.serialise())
            #expect(team.total == 0)
        }
    }

    @Test("every legal choice but waiting changes the state by more than the round")
    func legalChoicesMatter() throws {
        var random = SplitMix64(seed: 9)
        for task in ScenarioTask.all {
            let team = try PlayedTeam(task.parameters, seed: 3)
            for _ in 0..<12 where !team.isOver {
                let before = team.environment
                for agent in 0..<team.agents {
                    for number in 1..<team.configuration.choices(agent: agent) where team.legal[agent][number] == 1 {
                        var actions = [Int32](repeating: 0, count: team.agents)
                        let trial = try PlayedTeam(task.parameters)
                        try trial.environment.restore(before.snapshot())
                        trial.step(actions)
                        let idle = trial.environment.game.serialise()
                        try trial.environment.restore(before.snapshot())
                        actions[agent] = Int32(number)
                        trial.step(actions)
                        #expect(trial.environment.game.serialise() != idle)
                    }
                }
                team.step(team.randomActions(&random))
            }
        }
    }

    @Test(
        "papers, readings and messages beyond the free ones cost as much as they are said to, and end with the budget")
    func costs() throws {
        let team = try small(["reading_cost": .number(0.125), "message_cost": .number(0.25)])
        var rewards: [Float] = []
        for subject in 0..<3 {
            rewards.append(team.step([1: .look(source(team, 0, subject)), 2: .look(source(team, 1, subject))]))
        }
        // Two papers are free.
        #expect(rewards == [0, -0.25, -0.25])
        #expect((0..<3).allSatisfy { !isLegal(team, 1, .look(source(team, 0, $0))) })
        rewards = []
        for subject in 0..<2 {
            rewards.append(
                team.step([
                    0: .ask(hop: 0, subject: subject), 1: .tell(source(team, 0, subject)),
                    2: .tell(source(team, 1, subject)),
                ]))
        }
        // Four messages are free.
        #expect(rewards == [0, -0.5])
        #expect(!isLegal(team, 0, .ask(hop: 0, subject: 2)))
        #expect(team.metrics["cost"] == 1)
        #expect(team.metrics["redundancy"] == 1 - 2.0 / 6)
    }

    @Test("the work is over after the rounds, without an answer")
    func rounds() throws {
        let team = try small()
        for round in 1...12 {
            #expect(!team.isOver)
            team.step([:])
            #expect(team.observations.allSatisfy { $0[0] == Float(12 - round) / 12 })
        }
        #expect(team.isOver && team.total == 0)
        #expect(team.legal.allSatisfy { $0[0] == 1 && !$0[1...].contains(1) })
    }

    @Test("where nobody can tell, there is nothing to tell, and the lead may cite everything")
    func silence() throws {
        let team = try small(["tell": .boolean(false)])
        #expect(team.specification.agents[1].actionSizes == [4])
        let before = team.observations[0]
        team.step([1: .look(source(team, 0, 0)), 2: .look(source(team, 1, 1))])
        // Nothing but the time reaches the lead.
        #expect(zip(before, team.observations[0]).count { $0 != $1 } == 1)
        team.step([0: .cite(source(team, 0, 0))])
        team.step([0: .cite(source(team, 1, 1))])
        #expect(team.step([0: .submit(2)]) == 1)
    }

    @Test("with the lead as the audience, specialists see nothing of each other, and the lead sees the same")
    func audience() throws {
        let (open, closed) = (try small(), try small(["audience": .string("lead")]))
        for team in [open, closed] {
            team.step([1: .look(source(team, 0, 0))])
            let before = team.observations
            team.step([1: .tell(source(team, 0, 0))])
            let changes = zip(before[2], team.observations[2]).count { $0 != $1 }
            #expect(changes == (team === open ? 3 : 1))
            #expect(isLegal(team, 0, .cite(source(team, 0, 0))))
        }
        #expect(open.observations[0] == closed.observations[0])
    }

    @Test(
        "the last part of a row is where the told links lead: for the lead from the question, for others to their subjects"
    )
    func conclusions() throws {
        let team = try small()
        func last(_ agent: Int, _ count: Int) -> [Float] {
            let size = team.specification.agents[agent].observationSize ?? 0
            return Array(team.observations[agent][(size - count)..<size])
        }
        // A link off the chain is no step of it, but leads to a subject of the biologist.
        for subject in [1, 0] {
            team.step([1: .look(source(team, 0, subject))])
            #expect(last(0, 6) == [0, 0, 0, 0, 0, 0])
            team.step([1: .tell(source(team, 0, subject))])
        }
        #expect(last(0, 6) == [0, 1, 0, 0, 0, 0])
        #expect(last(2, 3) == [0, 1, 1])
        team.step([2: .look(source(team, 1, 1))])
        team.step([2: .tell(source(team, 1, 1))])
        #expect(last(0, 6) == [0, 1, 0, 0, 0, 1])
        #expect(last(1, 3) == [0, 0, 0])
    }

    @Test("readings scatter around the true value with the configured deviation, and never further than the bound")
    func readings() throws {
        let parameters: [String: ParameterValue] = [
            "measured": .integer(2), "noise": .number(0.7), "measuring_budget": .integer(40), "rounds": .integer(60),
        ]
        let team = try PlayedTeam(parameters)
        let paper = source(team, 0, 1)
        var errors: [Double] = []
        for chance in 0..<250 as Range<UInt64> {
            try team.begin(chain(team.configuration), chance: chance)
            var sum = 0.0
            for count in 1...40 {
                team.step([1: .look(paper)])
                // The record: readings as a fraction of the budget, and the mean as one of 10 · (candidates + 1).
                let place = 4 + 3 + 2
                #expect(team.observations[1][place] == Float(count) / 40)
                let total = Double(team.observations[1][place + 1]) * 40 * Double(count)
                errors.append((total - sum).rounded() - 30)
                sum = total
            }
            #expect(!isLegal(team, 1, .look(paper)))
        }
        let mean = errors.reduce(0, +) / Double(errors.count)
        let variance = errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(errors.count)
        // 10000 readings: five standard errors of the mean, 0.07 each, and of the deviation, 0.05 each.
        #expect(abs(mean) < 0.35)
        #expect(abs(variance.squareRoot() - 7) < 0.25)
        #expect(errors.allSatisfy { abs($0) <= Double(team.configuration.largestError) })
    }

    @Test("a series can be told again once there are more readings")
    func retelling() throws {
        let team = try PlayedTeam(["measured": .integer(2), "rounds": .integer(20), "message_budget": .integer(2)])
        let paper = source(team, 0, 1)
        team.step([1: .look(paper)])
        team.step([1: .tell(paper)])
        #expect(!isLegal(team, 1, .tell(paper)) && isLegal(team, 0, .cite(paper)))
        let told = team.observations[0]
        team.step([1: .look(paper)])
        #expect(isLegal(team, 1, .tell(paper)))
        #expect(zip(told, team.observations[0]).count { $0 != $1 } == 1)
        team.step([1: .tell(paper)])
        team.step([1: .look(paper)])
        #expect(!isLegal(team, 1, .tell(paper)))
    }

    @Test("impossible configurations are refused by the parameter's name")
    func refused() throws {
        func refusal(_ given: [String: ParameterValue]) -> String? {
            do {
                _ = try PlayedTeam(given)
                return nil
            } catch let error as RulesError {
                return error.code == .configuration ? String(error.description.prefix { $0 != ":" }) : "wrong code"
            } catch {
                return (error as? ParameterError)?.parameter ?? "another error"
            }
        }
        #expect(refusal([:]) == nil)
        #expect(refusal(["disciplines": .integer(7)]) == "disciplines")
        #expect(refusal(["disciplines": .integer(3)]) == "hops")
        #expect(refusal(["candidates": .integer(2)]) == "candidates")
        #expect(refusal(["measured": .integer(3)]) == "measured")
        #expect(refusal(["measured": .integer(1), "contradictions": .integer(2)]) == "contradictions")
        #expect(refusal(["rounds": .integer(4)]) == "rounds")
        #expect(refusal(["hops": .integer(4), "reading_budget": .integer(1)]) == "reading_budget")
        #expect(refusal(["hops": .integer(4), "message_budget": .integer(1)]) == "message_budget")
        #expect(refusal(["measured": .integer(1), "measuring_budget": .integer(0)]) == "measuring_budget")
        #expect(refusal(["noise": .number(.nan)]) == "noise")
        #expect(refusal(["reading_cost": .number(-1)]) == "reading_cost")
        #expect(refusal(["audience": .string("teem")]) == "audience")
        #expect(refusal(["hop": .integer(2)]) == "hop")
    }
}
