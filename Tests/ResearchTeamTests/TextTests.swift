import ArgusEnvAPI
import ResearchTeamRules
import Testing

@Suite("research team: texts")
struct TextTests {
    @Test(
        "equal rows give equal texts and different rows different ones, over random play", arguments: ScenarioTask.all)
    func viewsAreEqual(task: ScenarioTask) throws {
        var random = SplitMix64(seed: 13)
        let team = try PlayedTeam(task.parameters)
        var textOfRow: [[Float]: String] = [:]
        var rowOfText: [String: [Float]] = [:]
        for seed in 0..<12 as Range<UInt64> {
            team.begin(seed % 4)
            while !team.isOver {
                for agent in 0..<team.agents {
                    let text = team.environment.textSituation(agent: agent)
                    let row = [Float(agent)] + team.observations[agent]
                    let key = "\(agent) \(text)"
                    #expect(textOfRow[row] ?? text == text)
                    #expect(rowOfText[key] ?? row == row)
                    (textOfRow[row], rowOfText[key]) = (text, row)
                    #expect(!text.contains("  "))
                }
                team.step(team.randomActions(&random))
            }
        }
        #expect(textOfRow.count > 100)
    }

    @Test("legal choices of an agent read differently, in every situation", arguments: ScenarioTask.all)
    func actionsAreUnique(task: ScenarioTask) throws {
        var random = SplitMix64(seed: 14)
        let team = try PlayedTeam(task.parameters)
        for seed in 0..<4 as Range<UInt64> {
            team.begin(seed)
            while !team.isOver {
                for agent in 0..<team.agents {
                    let legal = team.legal[agent].indices.filter { team.legal[agent][$0] == 1 }
                    let words = legal.map { team.environment.textAction(agent: agent, choice: $0) }
                    #expect(Set(words).count == legal.count && !words.contains(""))
                }
                team.step(team.randomActions(&random))
            }
        }
    }

    @Test(
        "situations of the small scenarios stay short, whatever was read and told",
        arguments: ["two-disciplines", "silent"])
    func length(name: String) throws {
        var random = SplitMix64(seed: 15)
        let team = try PlayedTeam(ScenarioTask.named(name))
        for seed in 0..<30 as Range<UInt64> {
            team.begin(seed)
            while !team.isOver {
                for agent in 0..<team.agents {
                    let words = team.environment.textSituation(agent: agent).split(separator: " ").count
                    #expect(words <= 110)
                }
                team.step(team.randomActions(&random))
            }
        }
    }

    @Test("pictures are at most 100 columns wide", arguments: ScenarioTask.all)
    func pictures(task: ScenarioTask) throws {
        var random = SplitMix64(seed: 18)
        let team = try PlayedTeam(task.parameters)
        for seed in 0..<30 as Range<UInt64> {
            team.begin(seed)
            while !team.isOver {
                team.step(seed.isMultiple(of: 2) ? team.randomActions(&random) : team.choices("cooperative"))
                let lines = team.environment.renderText(color: false).split(separator: "\n")
                #expect(lines.allSatisfy { $0.count <= 100 })
            }
        }
    }

    @Test("a specialist's rules name its own relation and none of the others'")
    func jargon() throws {
        let team = try PlayedTeam(ScenarioTask.named("five-disciplines"))
        for discipline in 0..<5 {
            let rules = team.environment.textRules(agent: discipline + 1)
            for other in Discipline.allCases {
                #expect(rules.contains(" \(other.verb)") == (other.rawValue == discipline))
            }
        }
        #expect(Discipline.allCases.prefix(5).allSatisfy { team.environment.textRules(agent: 0).contains($0.verb) })
    }

    @Test("all subjects have different names, and rules depend on the agent alone")
    func names() throws {
        let names = (0...8).flatMap { layer in (0..<8).map { SubjectNames.name(layer: layer, subject: $0) } }
        #expect(Set(names).count == 72)
        for task in ScenarioTask.all {
            let team = try PlayedTeam(task.parameters)
            let rules = (0..<team.agents).map { team.environment.textRules(agent: $0) }
            #expect(Set(rules).count == team.agents)
            team.begin(9)
            team.step([:])
            #expect(rules == (0..<team.agents).map { team.environment.textRules(agent: $0) })
            #expect(rules.allSatisfy { !$0.contains("  ") && !$0.contains("\n ") })
        }
    }

    @Test("a situation in words")
    func words() throws {
        let team = try PlayedTeam(ScenarioTask.named("contradictions"), seed: 2)
        let problem = team.environment.game.problem
        while team.metrics["hops"] != 1 { team.step(team.choices("cooperative")) }
        let start = SubjectNames.name(layer: 0, subject: Int(problem.start))
        let next = SubjectNames.name(layer: 1, subject: problem.subject(after: 1))
        let lead = team.environment.textSituation(agent: 0)
        #expect(lead.hasPrefix("Rounds left: "))
        #expect(lead.contains("The question is about the compound \(start)."))
        #expect(lead.contains("on \(start): \(start) binds \(next) (strong)."))
        #expect(lead.hasSuffix("Cited: nothing."))
        let biologist = team.environment.textSituation(agent: 2)
        #expect(biologist.contains("Others told: paper"))
        #expect(biologist.contains("You know: nothing."))
    }
}
