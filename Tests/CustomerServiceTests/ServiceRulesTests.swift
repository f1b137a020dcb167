import ArgusEnvAPI
import Testing

/// The rules of the contact centre, one by one, through the environment's own step.
@Suite("customer service: rules")
struct ServiceRulesTests {
    /// A quiet centre of two kinds in which nothing happens by itself but what the test asks for: contacts that wait at
    /// the start, fixed chances, and no ticks for an hour.
    private static func quiet(_ changes: [String: ParameterValue]) -> [String: ParameterValue] {
        [
            "arrivals": .string("0.001 0.001"), "patience": .string("0"), "ambiguity": .number(0),
            "classifier_error": .number(0), "backlog": .integer(1), "day": .number(0), "tick": .number(3600),
            "resolution": .string("1"), "experts": .integer(2), "speed": .string("1 0; 0 1"),
            "handling": .string("60"), "waiting_cost": .string("0"), "transfer_time": .number(30),
        ].merging(changes) { $1 }
    }

    /// A run whose first contacts are of these kinds; kinds are 0 and 1.
    private func run(_ changes: [String: ParameterValue], kinds: [Int]) throws -> CentreRun {
        let given = Self.quiet(changes.merging(["backlog": .integer(kinds.count)]) { $1 })
        for seed in 0..<UInt64(4000) {
            let run = try CentreRun(given, seed: seed)
            let lengths = try [run.segment(0, "queue_billing")[0], run.segment(0, "queue_technical")[0]]
            let wanted = [kinds.count { $0 == 0 }, kinds.count { $0 == 1 }].map { Float($0) / 10 }
            if lengths == wanted { return run }
        }
        throw EpisodeFailure("no seed begins so")
    }

    @Test("a free expert may take from the queues of its skills in which somebody waits, or wait")
    func freeExpert() throws {
        let run = try run([:], kinds: [0])
        #expect(run.acting == [1, 0])
        #expect(try run.legalChoices(0) == [0, Int(run.choice("take_billing"))])
        #expect(run.legalChoices(1) == [0])
    }

    @Test("taking a contact shows what it needs, in no time; answering it ends with its resolution")
    func takeAndAnswer() throws {
        var run = try run(["transfers": .boolean(true), "speed": .string("1")], kinds: [0])
        run.step([try run.choice("take_billing"), 0])
        #expect(run.elapsed == 0)
        #expect(run.acting == [1, 0])
        #expect(try run.segment(0, "held") == [1, 0])
        run.step([try run.choice("answer"), 0])
        #expect(run.elapsed > 0)
        #expect(run.rewards == [1])
        #expect(run.metrics()["resolved"] == 1)
        #expect(run.metrics()["first_contact_resolution"] == 1)
    }

    @Test("where there is nothing else to do with a contact, it is answered at once")
    func answeredAtOnce() throws {
        var run = try run(
            ["transfers": .boolean(false), "consulting": .boolean(false), "speed": .string("1")], kinds: [0])
        run.step([try run.choice("take_billing"), 0])
        #expect(run.elapsed > 0)
        #expect(run.metrics()["resolved"] == 1)
    }

    @Test("of two experts who want the last contact the one who has been idle longest gets it, the other decides again")
    func longestIdleFirst() throws {
        var run = try run(["speed": .string("1")], kinds: [0, 1])
        run.step([try run.choice("take_billing"), try run.choice("take_billing")])
        #expect(run.elapsed == 0)
        #expect(try run.segment(0, "self") == [0, 1, 0])
        #expect(try run.segment(1, "self") == [1, 0, 0])
        #expect(run.acting == [1, 1])
        #expect(try run.isLegal(1, "take_technical"))
        // Nothing is left to take: who comes too late does not decide again.
        var last = try self.run(["speed": .string("1")], kinds: [0])
        last.step([try last.choice("take_billing"), try last.choice("take_billing")])
        #expect(last.acting == [1, 0])
    }

    @Test("the longest idle is the one who became free first, whatever its number")
    func orderOfBecomingFree() throws {
        let given = Self.quiet([
            "arrivals": .string("20 0"), "speed": .string("1; 2"), "transfers": .boolean(false),
            "consulting": .boolean(false), "backlog": .integer(2), "distribution": .string("lognormal"),
            "variation": .number(0.01), "tick": .number(5),
        ])
        var found = 0
        for seed in 0..<UInt64(100) {
            var run = try CentreRun(given, seed: seed)
            // expert_0 is busy for a minute, expert_1 for half of one.
            run.step([try run.choice("take_billing"), try run.choice("take_billing")])
            while run.acting == [0, 0] { run.step([0, 0]) }
            guard run.acting == [1, 1] else { continue }
            found += 1
            run.step([try run.choice("take_billing"), try run.choice("take_billing")])
            #expect(try run.segment(0, "self") == [1, 0, 0])
            #expect(try run.segment(1, "self") == [0, 0, 1])
        }
        #expect(found > 20)
    }

    @Test("a choice to wait holds until something happens, at the latest until the tick")
    func waiting() throws {
        var run = try run(["tick": .number(120)], kinds: [0])
        run.step([0, 0])
        #expect(run.elapsed == 2)
        #expect(run.acting == [1, 0])
        #expect(try run.segment(0, "queue_billing")[1] == 0.2)
    }

    @Test("a transfer takes the expert's time, costs its price, and a colleague finds the contact known")
    func transfer() throws {
        var run = try run(["speed": .string("1 0.5; 0 1"), "classifier_error": .number(1)], kinds: [0])
        run.step([try run.choice("take_billing"), 0])
        // The classifier was wrong: it is technical.
        #expect(try run.segment(0, "held") == [0, 1])
        #expect(try run.isLegal(0, "answer"))
        #expect(try run.isLegal(0, "transfer_technical"))
        #expect(try !run.isLegal(0, "transfer_billing"))
        run.step([try run.choice("transfer_technical"), 0])
        #expect(run.elapsed == 0.5)
        #expect(abs(run.rewards[0] + 0.05) < 1e-6)
        #expect(try run.segment(1, "queue_technical") == [0.1, 0, 0, 1])
        run.step([0, try run.choice("take_technical")])
        #expect(try run.segment(1, "held") == [0, 1])
        run.step([0, try run.choice("answer")])
        #expect(run.metrics()["resolved"] == 1)
        #expect(run.metrics()["first_contact_resolution"] == 0)
        #expect(run.metrics()["transfers"] == 1)
    }

    @Test("a transfer leaves the customer the stated share of its patience", arguments: [0.0, 1.0])
    func patienceAfterTransfer(share: Double) throws {
        var run = try run(
            [
                "speed": .string("1 0.5; 0 1"), "classifier_error": .number(1), "patience": .string("100000"),
                "transfer_patience": .number(share),
            ], kinds: [0])
        run.step([try run.choice("take_billing"), 0])
        run.step([try run.choice("transfer_technical"), 0])
        run.step([0, 0])
        #expect(run.metrics()["abandoned"] == (share == 0 ? 1 : 0))
        // It was answered once, so it did not abandon unanswered.
        #expect(run.metrics()["abandonment"] == 0)
    }

    @Test("two experts answer together: both busy, faster, and resolved if either succeeds")
    func consulting() throws {
        let given: [String: ParameterValue] = [
            "speed": .string("0.5 1; 2 1"), "resolution": .string("0 1; 1 1"), "consult_speed": .number(2),
            "distribution": .string("lognormal"), "variation": .number(0.01), "tick": .number(10),
        ]
        var run = try run(given, kinds: [0])
        run.step([try run.choice("take_billing"), 0])
        #expect(try run.isLegal(0, "consult_expert_1"))
        #expect(try !run.isLegal(0, "consult_expert_0"))
        run.step([try run.choice("consult_expert_1"), 0])
        for expert in 0..<2 { #expect(try run.segment(expert, "self") == [0, 0, 1]) }
        // 60 s / (2 · 2): over within the second tick.
        run.step([0, 0])
        let metrics = run.metrics()
        #expect(metrics["resolved"] == 1)
        #expect(metrics["consults"] == 1)
        #expect(abs((metrics["handling_time"] ?? 0) - 15) < 1)
    }

    @Test("a colleague who takes a contact first cannot be consulted; the one who asked decides again in no time")
    func colleagueTooLate() throws {
        var run = try run(["speed": .string("1")], kinds: [0, 1])
        run.step([try run.choice("take_billing"), 0])
        // expert_1 waited, so it does not decide again before something happens; expert_0 asks it.
        #expect(run.acting == [1, 0])
        run.step([try run.choice("consult_expert_1"), 0])
        #expect(try run.segment(1, "self") == [1, 0, 0])
        #expect(run.metrics()["consults"] == 1)
        var late = try self.run(["speed": .string("1")], kinds: [0, 1])
        late.step([try late.choice("take_billing"), try late.choice("take_billing")])
        // expert_1 decides first now: it is free still, while expert_0 got its contact later.
        late.step([try late.choice("consult_expert_1"), try late.choice("take_technical")])
        #expect(late.elapsed == 0)
        #expect(late.metrics()["consults"] == 0)
        #expect(late.acting == [1, 1])
        #expect(try !late.isLegal(0, "consult_expert_1"))
    }

    @Test("without the skill an answer is in vain, and then it is plain what the contact needs")
    func inVain() throws {
        var run = try run(["classifier_error": .number(1), "diagnosis": .number(0)], kinds: [0])
        run.step([try run.choice("take_billing"), 0])
        let words = try run.segment(0, "held")
        #expect(words[0] > 0.8 && words[0] < 1)
        #expect(try run.isLegal(0, "answer"))
        run.step([try run.choice("answer"), 0])
        #expect(run.elapsed > 0)
        #expect(try run.segment(0, "held") == [0, 1])
        #expect(run.acting == [1, 0])
        #expect(try !run.isLegal(0, "answer"))
        // An illegal choice counts as the transfer to the right queue.
        run.step([try run.choice("answer"), 0])
        #expect(run.metrics()["transfers"] == 1)
    }

    @Test("where nothing can be passed on, a contact that nobody at hand can answer leaves unresolved")
    func noWayOut() throws {
        var run = try run(
            ["classifier_error": .number(1), "transfers": .boolean(false), "consulting": .boolean(false)], kinds: [0])
        run.step([try run.choice("take_billing"), 0])
        #expect(run.metrics()["served"] == 1)
        #expect(run.metrics()["resolved"] == 0)
        #expect(run.rewards == [-0.25])
    }

    @Test("a second step needs another skill: the expert has the contact still and decides again")
    func secondStep() throws {
        var run = try run(["follow_up": .string("0 1; 0 0")], kinds: [0])
        // The first step can only be answered, so it is.
        run.step([try run.choice("take_billing"), 0])
        #expect(run.metrics()["resolved"] == 0)
        #expect(try run.segment(0, "held") == [0, 1])
        #expect(run.acting == [1, 0])
        run.step([try run.choice("consult_expert_1"), 0])
        #expect(run.metrics()["resolved"] == 1)
    }

    @Test("waiting beyond the target costs what it says, to the second")
    func waitingCost() throws {
        var run = try run(
            ["target": .string("30"), "waiting_cost": .string("2"), "tick": .number(45)], kinds: [0, 0])
        run.step([0, 0])
        // Two contacts, 15 s late each, 2 a minute.
        #expect(abs(run.rewards[0] + 1) < 1e-6)
        run.step([0, 0])
        #expect(abs(run.rewards[0] + 3) < 1e-6)
    }

    @Test("triage takes its time before the expert decides")
    func triage() throws {
        var run = try run(["triage": .number(12), "speed": .string("1")], kinds: [0])
        run.step([try run.choice("take_billing"), 0])
        #expect(abs(run.elapsed - 0.2) < 1e-6)
        #expect(run.acting == [1, 0])
        #expect(try run.segment(0, "held") == [1, 0])
    }

    @Test("the day ends the episode by rule")
    func endOfDay() throws {
        var run = try CentreRun(["day": .number(100), "tick": .number(1000)])
        var time = 0.0
        while run.ended == 0 {
            run.step([0, 0, 0])
            time += Double(run.elapsed) * 60
        }
        #expect(time <= 100.001)
        #expect(run.acting == [0, 0, 0])
        #expect(run.legal.enumerated().allSatisfy { $0.element == ($0.offset % run.choiceCount == 0 ? 1 : 0) })
    }

    @Test("arrivals follow the profile of the day")
    func profile() throws {
        // Nobody in the first and last quarter; three times as many in the third as in the second.
        let given = Self.quiet([
            "arrivals": .string("200 200"), "profile": .string("0 1 3 0"), "day": .number(14_400),
            "backlog": .integer(0), "tick": .number(60), "lines": .integer(2000),
        ])
        var counts = [0.0, 0.0, 0.0, 0.0]
        for seed in 0..<20 {
            var run = try CentreRun(given, seed: UInt64(seed))
            var before = 0.0
            while run.ended == 0 {
                run.step([0, 0])
                let arrived = run.metrics()["arrived"] ?? 0
                counts[min(3, Int(run.environment.centre.now / 3600))] += arrived - before
                before = arrived
            }
        }
        #expect(counts[0] == 0)
        #expect(abs(counts[1] / 20 - 400) < 20)
        #expect(abs(counts[2] / 20 - 1200) < 40)
        // The last step of the third quarter may end in the fourth.
        #expect(counts[3] / 20 < 15)
    }

    @Test("whatever legal experts choose, contacts are conserved and no time passes without end")
    func conservation() throws {
        let tasks: [[String: ParameterValue]] = [
            [:], ["diagnosis": .number(0.3), "triage": .number(5), "ambiguity": .number(0.9)],
            ["follow_up": .string("0.3 0.6; 0.5 0.2"), "lines": .integer(6), "arrivals": .string("200")],
        ]
        for task in tasks {
            var random = SplitMix64(seed: 3)
            var run = try CentreRun(task.merging(["day": .number(7200)]) { $1 }, seed: 11)
            var instants = 0
            while run.ended == 0 {
                if random.below(4) == 0 {
                    run.actions = (0..<3).map { _ in Int32(random.below(run.choiceCount)) }
                } else {
                    run.chooseRandomly(&random)
                }
                run.step()
                instants = run.elapsed == 0 ? instants + 1 : 0
                #expect(instants < 50)
                let metrics = run.metrics()
                let gone = ["blocked", "served", "abandoned", "in_system"].compactMap { metrics[$0] }.reduce(0, +)
                #expect(metrics["arrived"] == gone)
                #expect(metrics["in_system"] == Double(run.environment.centre.contactsInSystem))
            }
        }
    }

    @Test("one choice again and again, legal or not, never stops the clock")
    func stubbornness() throws {
        for task in [[:], ["follow_up": .string("0.5 0.5; 0.5 0.5"), "diagnosis": .number(0)]]
            as [[String: ParameterValue]]
        {
            let choices = try CentreRun(task).choiceCount
            for choice in 0..<choices {
                var run = try CentreRun(task, seed: 4)
                var steps = 0
                while run.ended == 0 {
                    run.step(Array(repeating: Int32(choice), count: 3))
                    steps += 1
                    try #require(steps < 20_000)
                }
            }
        }
    }

    @Test("the seed alone fixes an episode, and customers are the same whatever experts do")
    func commonCustomers() throws {
        var random = SplitMix64(seed: 8)
        var used = try CentreRun([:])
        for seed in 0..<UInt64(20) {
            for _ in 0..<20 {
                used.chooseRandomly(&random)
                used.step()
            }
            used.reset(seed: seed)
            let fresh = try CentreRun([:], seed: seed)
            #expect(used.observations == fresh.observations)
            #expect(try used.environment.snapshot() == fresh.environment.snapshot())
        }
        var busy = try CentreRun([:], seed: 3)
        var idle = try CentreRun([:], seed: 3)
        _ = try busy.playDay(as: "fifo")
        while idle.ended == 0 { idle.step([0, 0, 0]) }
        #expect(busy.metrics()["arrived"] == idle.metrics()["arrived"])
    }
}
