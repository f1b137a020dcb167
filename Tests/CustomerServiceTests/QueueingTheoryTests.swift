import ArgusEnvAPI
import Testing

/// The environment, stepped with a scripted policy, against queueing theory.
@Suite("customer service: agreement with queueing theory")
struct QueueingTheoryTests {
    /// A centre stripped to the textbook: exponential times, perfect answers, no transfers, nobody misread.
    static func textbook(_ changes: [String: ParameterValue]) -> [String: ParameterValue] {
        [
            "kinds": .string("billing"), "speed": .string("1"), "resolution": .string("1"),
            "distribution": .string("exponential"), "patience": .string("0"), "transfers": .boolean(false),
            "consulting": .boolean(false), "ambiguity": .number(0), "classifier_error": .number(0),
            "backlog": .integer(0), "lines": .integer(500), "target": .string("20"), "waiting_cost": .string("0"),
            "abandonment_cost": .string("0"), "unresolved_cost": .number(0),
        ].merging(changes) { $1 }
    }

    private static let day: [String: ParameterValue] = ["arrivals": .string("100"), "handling": .string("180")]

    @Test("one skill, endless patience: Erlang-C", arguments: [(6, 400_000.0), (8, 120_000)])
    func erlangC(experts: Int, contacts: Double) throws {
        let theory = ErlangC(arrivals: 100 / 3600, service: 1 / 180, servers: experts)
        let run = try BatchMeans(
            Self.textbook(Self.day.merging(["experts": .integer(experts)]) { $1 }), contacts: contacts, hourly: 100,
            policy: "fifo")
        run.expect("average_speed_of_answer", theory.averageWait)
        run.expect("service_level", theory.serviceLevel(target: 20))
        run.expect("delayed", theory.delayed)
        run.expect("occupancy", theory.occupancy)
        run.expect("average_queue", theory.averageQueue)
        run.expect("handling_time", 180)
        // Poisson arrivals see time averages.
        run.expect("all_busy", theory.delayed)
        #expect(run.sum("abandoned") == 0)
    }

    @Test("one skill, exponential patience: Erlang-A")
    func erlangA() throws {
        let theory = ErlangA(arrivals: 100 / 3600, service: 1 / 180, servers: 5, impatience: 1 / 120)
        let run = try BatchMeans(
            Self.textbook(Self.day.merging(["experts": .integer(5), "patience": .string("120")]) { $1 }), hourly: 100,
            policy: "fifo")
        run.expect("abandonment", theory.abandonment)
        run.expect("average_wait", theory.averageWait)
        run.expect("delayed", theory.delayed)
        run.expect("occupancy", theory.occupancy)
        run.expect("service_level", theory.serviceLevel(target: 20))
        run.expect("average_queue", theory.averageQueue)
        run.expect("all_busy", theory.delayed)
    }

    @Test("as many lines as experts: Erlang-B")
    func erlangB() throws {
        let run = try BatchMeans(
            Self.textbook(Self.day.merging(["experts": .integer(6), "lines": .integer(6)]) { $1 }), hourly: 100,
            policy: "fifo")
        let blocking = QueueingFormulas.erlangB(load: 5, servers: 6)
        run.expect("blocked_share", blocking)
        run.expect("all_busy", blocking)
        run.expect("occupancy", 5 * (1 - blocking) / 6)
        #expect(run.mean("delayed") == 0)
    }

    /// Two kinds; queue 0 is named urgent so that its wait is told apart.
    private static let twoKinds: [String: ParameterValue] = [
        "kinds": .string("billing technical"), "arrivals": .string("60 40"), "handling": .string("180"),
        "priorities": .string("1 2"),
    ]

    @Test("disjoint skills: queues that know nothing of each other")
    func disjointSkills() throws {
        let run = try BatchMeans(
            Self.textbook(
                Self.twoKinds.merging(["experts": .integer(9), "speed": .string("5x 1 0; 4x 0 1")]) { $1 }),
            hourly: 100, policy: "fifo")
        run.expect("average_wait_urgent", ErlangC(arrivals: 60 / 3600, service: 1 / 180, servers: 5).averageWait)
        run.expect("average_wait_others", ErlangC(arrivals: 40 / 3600, service: 1 / 180, servers: 4).averageWait)
    }

    @Test("everybody has all skills: one pool, whichever queue experts prefer", arguments: ["fifo", "skills", "cmu"])
    func pooling(policy: String) throws {
        let theory = ErlangC(arrivals: 100 / 3600, service: 1 / 180, servers: 7)
        let run = try BatchMeans(
            Self.textbook(Self.twoKinds.merging(["experts": .integer(7)]) { $1 }), hourly: 100, policy: policy)
        run.expect("average_wait", theory.averageWait)
        run.expect("delayed", theory.delayed)
        run.expect("occupancy", theory.occupancy)
        run.expect("average_queue", theory.averageQueue)
    }

    @Test("some experts have both skills: better than separate queues, worse than one pool")
    func partialOverlap() throws {
        let speeds = ["4x 1 0; 4x 0 1", "3x 1 0; 2x 1 1; 3x 0 1", "1 1"]
        let waits = try speeds.map { speed in
            try BatchMeans(
                Self.textbook(
                    Self.twoKinds.merging([
                        "arrivals": .string("50"), "experts": .integer(8), "speed": .string(speed),
                    ]) { $1 }), contacts: 60_000, hourly: 100, policy: "fifo")
        }
        for (better, worse) in [(waits[1], waits[0]), (waits[2], waits[1])] {
            let gap = worse.mean("average_wait") - better.mean("average_wait")
            #expect(gap > better.halfWidth("average_wait") + worse.halfWidth("average_wait"))
        }
    }

    @Test("two priorities: Cobham; first come, first served: everybody waits alike")
    func priorities() throws {
        let theory = CobhamPriorities(arrivals: [0.3, 0.4], service: 0.25, servers: 4)
        let centre = Self.textbook([
            "kinds": .string("contract billing"), "arrivals": .string("1080 1440"), "handling": .string("4"),
            "experts": .integer(4), "priorities": .string("1 2"), "time_unit": .number(4),
        ])
        let byPriority = try BatchMeans(centre, hourly: 2520, policy: "skills")
        byPriority.expect("average_wait_urgent", theory.averageWait(of: 0))
        byPriority.expect("average_wait_others", theory.averageWait(of: 1))
        byPriority.expect("average_wait", theory.firstComeWait)
        let firstCome = try BatchMeans(centre, hourly: 2520, policy: "fifo")
        firstCome.expect("average_wait_urgent", theory.firstComeWait)
        firstCome.expect("average_wait_others", theory.firstComeWait)
    }

    @Test("the c-mu rule costs less than first come, first served where waiting costs are linear")
    func costRate() throws {
        let centre = Self.textbook([
            "kinds": .string("contract billing"), "arrivals": .string("12 12"), "handling": .string("90 150"),
            "experts": .integer(1), "target": .string("0"), "waiting_cost": .string("3 1"),
            "priorities": .string("1 2"),
        ])
        let rule = try BatchMeans(centre, contacts: 60_000, hourly: 24, policy: "cmu")
        let firstCome = try BatchMeans(centre, contacts: 60_000, hourly: 24, policy: "fifo")
        let gap = firstCome.mean("waiting_cost") - rule.mean("waiting_cost")
        #expect(gap > rule.halfWidth("waiting_cost") + firstCome.halfWidth("waiting_cost"))
        // Cost per hour is arrivals per hour times mean wait in minutes times the cost of a minute, of each class.
        let expected = 12 / 60.0 * (3 * rule.mean("average_wait_urgent") + rule.mean("average_wait_others"))
        #expect(abs(rule.mean("waiting_cost") / expected - 1) < 0.05)
    }

    @Test("Little's law: what waits is what arrives times how long it waits, of queue and centre, with patience or not")
    func littlesLaw() throws {
        for patience in ["0", "90"] {
            let run = try BatchMeans(
                Self.textbook(
                    Self.day.merging(["experts": .integer(6), "patience": .string(patience)]) { $1 }),
                contacts: 50_000, hourly: 100,
                policy: "fifo")
            let time = 50_000 * (BatchMeans.isLong ? 10 : 1) / 25 * 36.0
            let rate = run.mean("arrived") / time
            #expect(abs(run.mean("average_queue") / (rate * run.mean("average_wait")) - 1) < 0.01)
            let stay = run.mean("average_wait") + (1 - run.mean("abandonment")) * run.mean("handling_time")
            #expect(abs(run.mean("average_in_system") / (rate * stay) - 1) < 0.01)
        }
    }
}
