import ArgusEnvAPI
import CustomerServiceRules
import Testing

@Suite("customer service: scripted policies")
struct BaselineTests {
    private func mean(_ policy: String, _ task: [String: ParameterValue], episodes: Int = 150) throws -> Double {
        let number = try CentreRun.baseline(policy)
        var total = 0.0
        var run = try CentreRun(task)
        for seed in 0..<UInt64(episodes) {
            run.reset(seed: seed)
            while run.ended == 0 {
                run.chooseAs(number)
                run.step()
                total += Double(run.rewards[0])
            }
        }
        return total / Double(episodes)
    }

    @Test("policies that know skills beat first come, first served; who sees what contacts are beats both")
    func order() throws {
        let task: [String: ParameterValue] = [
            "ambiguity": .number(0.9), "classifier_error": .number(0.2), "arrivals": .string("50 40"),
            "speed": .string("1.3 0.3; 0.3 1.3; 0.8 0.8"), "diagnosis": .number(0.3),
        ]
        let firstCome = try mean("fifo", task)
        let skills = try mean("skills", task)
        let dispatcher = try mean("dispatcher", task)
        #expect(skills > firstCome + 1)
        #expect(dispatcher > skills + 0.3)
    }

    @Test("every choice of every policy is legal, and only rows that are asked for are written")
    func legality() throws {
        for task in SnapshotTests.tasks + TextTests.tasks {
            for baseline in CustomerServiceEnvironment.baselines.indices {
                var run = try CentreRun(task, seed: 12)
                while run.ended == 0 {
                    run.actions = Array(repeating: -7, count: run.experts)
                    run.chooseAs(baseline)
                    for expert in 0..<run.experts {
                        if run.acting[expert] == 1 {
                            #expect(run.legalChoices(expert).contains(Int(run.actions[expert])))
                        } else {
                            #expect(run.actions[expert] == -7)
                        }
                    }
                    run.step(run.actions.map { max(0, $0) })
                }
            }
        }
    }
}
