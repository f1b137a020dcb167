import ArgusEnvAPI
import CustomerServiceRules
import Testing

@Suite("customer service: the text view")
struct TextTests {
    static let tasks: [[String: ParameterValue]] = [
        [:],
        [
            "kinds": .string("billing technical access delivery"), "arrivals": .string("60"),
            "handling": .string("60"), "speed": .string("1 1 0 0; 0 0 1 1; 1 1 1 1"), "resolution": .string("0.9"),
            "ambiguity": .number(0.9), "diagnosis": .number(0.4), "profile": .string("1 2 1"), "triage": .number(5),
        ],
        [
            "kinds": .string("returns"), "experts": .integer(1), "speed": .string("1"), "resolution": .string("0.9"),
            "arrivals": .string("80"), "handling": .string("60"),
        ],
    ]

    @Test("equal rows give equal texts; equal texts come from rows within the declared quanta", arguments: tasks)
    func textEqualsObservation(task: [String: ParameterValue]) throws {
        var random = SplitMix64(seed: 9)
        var run = try CentreRun(task)
        let quanta = run.environment.textQuanta()
        var texts = Array(repeating: [[Float]: String](), count: run.experts)
        var rows = Array(repeating: [String: [Float]](), count: run.experts)
        for seed in 0..<UInt64(60) {
            run.reset(seed: seed)
            while run.ended == 0 {
                for expert in 0..<run.experts {
                    let row = run.observation(expert)
                    let text = run.environment.textSituation(agent: expert)
                    #expect(texts[expert][row, default: text] == text)
                    texts[expert][row] = text
                    let known = rows[expert][text, default: row]
                    #expect(zip(zip(row, known), quanta).allSatisfy { abs($0.0 - $0.1) <= $1 }, "\(text)")
                    rows[expert][text] = known
                }
                run.chooseRandomly(&random)
                run.step()
            }
        }
    }

    @Test("a customer's words tell the kinds that the scores point to, and how")
    func wordsTellScores() throws {
        let given: [String: ParameterValue] = [
            "kinds": .string("billing technical access delivery returns contract sales appointment"),
            "arrivals": .string("60"), "handling": .string("60"), "speed": .string("1"), "resolution": .string("1"),
            "ambiguity": .number(0.8), "patience": .string("30"), "day": .number(3600), "experts": .integer(1),
        ]
        var seen: [String: [Int]] = [:]
        for seed in 0..<UInt64(40) {
            var run = try CentreRun(given, seed: seed)
            while run.ended == 0 {
                run.step([0])
                let text = run.environment.textSituation(agent: 0)
                for (index, line) in text.split(separator: "\n").dropFirst().enumerated() {
                    guard let words = line.firstRange(of: "says: ") else { continue }
                    let scores = try run.segment(0, run.specification.observationSegments[4 + index].name).dropFirst(2)
                    // The pattern: which kinds stand out, and how far, in steps of the wordings' ranges.
                    let pattern = scores.map {
                        $0 < 0.2 ? 0 : $0 < 0.44 ? 1 : $0 < 0.555 ? 2 : $0 < 0.655 ? 3 : $0 < 0.8 ? 4 : 5
                    }
                    let said = String(line[words.upperBound...])
                    #expect(seen[said, default: pattern] == pattern, "\(said)")
                    seen[said] = pattern
                }
            }
        }
        // Hardly anybody says the same twice.
        #expect(seen.count > 2500)
    }

    @Test(
        "rules depend on parameters and expert alone; choices have different names; situations are short",
        arguments: tasks)
    func rulesAndChoices(task: [String: ParameterValue]) throws {
        var random = SplitMix64(seed: 5)
        var run = try CentreRun(task, seed: 2)
        let rules = (0..<run.experts).map { run.environment.textRules(agent: $0) }
        for (expert, text) in rules.enumerated() {
            #expect(text.contains("expert_\(expert)"))
            #expect(!text.contains("  "))
        }
        var longest = 0
        while run.ended == 0 {
            for expert in 0..<run.experts {
                #expect(run.environment.textRules(agent: expert) == rules[expert])
                let words = (0..<run.choiceCount).map { run.environment.textAction(agent: expert, choice: $0) }
                #expect(Set(words).count == words.count)
                #expect(words.allSatisfy { !$0.isEmpty })
                let situation = run.environment.textSituation(agent: expert)
                longest = max(longest, situation.split(whereSeparator: { $0 == " " || $0 == "\n" }).count)
            }
            run.chooseRandomly(&random)
            run.step()
        }
        #expect(longest > 20)
        if task.isEmpty { #expect(longest <= 130) }
    }

    @Test("a situation in words")
    func wording() throws {
        var run = try CentreRun(
            [
                "kinds": .string("billing technical"), "ambiguity": .number(0), "classifier_error": .number(0),
                "backlog": .integer(1), "arrivals": .string("1 0"), "speed": .string("1 1; 1 1; 0 1"),
                "resolution": .string("1"),
            ], seed: 1)
        let text = run.environment.textSituation(agent: 0)
        #expect(text.hasPrefix("You are free.\nBilling queue: 1 waiting, the first for 0 s. The customer says: \""))
        #expect(text.hasSuffix("\"\nTechnical queue: empty.\nFree colleagues: expert_1, expert_2."))
        run.step([try run.choice("take_billing"), 0, 0])
        #expect(
            run.environment.textSituation(agent: 0)
                == "You have a contact. You know what it needs: billing.\nBilling queue: empty.\n"
                + "Technical queue: empty.\nFree colleagues: expert_1, expert_2.")
        run.step([try run.choice("transfer_billing"), 0, 0])
        #expect(run.environment.textSituation(agent: 1).contains("A colleague's note says that it needs billing."))
    }
}
