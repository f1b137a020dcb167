import ArgusEnvAPI
import Testing
import WarehouseRules

@Suite("warehouse: the text view")
struct TextTests {
    static let tasks: [[String: ParameterValue]] = [
        ["agents": .integer(3), "requests": .integer(9)],
        [
            "layout": .string("1x3"), "column_height": .integer(2), "agents": .integer(6), "requests": .integer(4),
            "message_bits": .integer(2),
        ],
        ["layout": .string(".x.x\ng..x\n"), "sensor_range": .integer(2), "requests": .integer(1)],
        [
            "layout": .string("gx.xg\n.xx..\n.....\n"), "agents": .integer(4), "sensor_range": .integer(0),
            "normalised_coordinates": .boolean(true), "reward": .string("two-stage"),
        ],
        ["layout": .string("xgx.x\n"), "agents": .integer(1), "requests": .integer(1)],
    ]

    @Test("equal observation rows give equal situations, different rows different ones", arguments: tasks)
    func textEqualsObservation(task: [String: ParameterValue]) throws {
        var random = SplitMix64(seed: 9)
        var environment = try WarehouseEnvironment(task)
        let robots = environment.state.game.parameters.robots
        var texts = Array(repeating: [[Float]: String](), count: robots)
        var rows = Array(repeating: [String: [Float]](), count: robots)
        for seed in 0..<20 {
            var state = environment.state
            state.reset(seed: UInt64(seed))
            for _ in 0..<100 {
                try environment.adopt(state)
                for robot in 0..<robots {
                    let row = Array(state.observation(robot).dropLast())
                    let text = environment.textSituation(agent: robot)
                    #expect(texts[robot][row, default: text] == text)
                    #expect(rows[robot][text, default: row] == row)
                    texts[robot][row] = text
                    rows[robot][text] = row
                }
                state.stepRandomly(&random)
            }
        }
        #expect(texts.allSatisfy { $0.count > 10 })
    }

    @Test("a situation names what the row holds, in compass directions")
    func wording() throws {
        var environment = try WarehouseEnvironment(
            ["layout": .string("....g\n.xx..\n.xx.."), "agents": .integer(3), "requests": .integer(1)])
        // robot_0 drives south between robot_1, under a shelf, and robot_2, which carries the requested one.
        try environment.adopt(scene([".v...", ".4R..", ".ss.."], floor: ["....g", ".xx..", ".xx.."], requests: [1]))
        #expect(
            environment.textSituation(agent: 0) == """
                You are at column 1, row 0, on a corridor, facing south. You carry nothing. Ahead: a robot and a shelf. \
                Nearest goal: 3 east.
                Requested shelves in sight: 1 south 1 east.
                Other shelves in sight: 1 south.
                Robots in sight: 1 south facing west; 1 south 1 east facing east.
                """)
        #expect(
            environment.textSituation(agent: 2) == """
                You are at column 2, row 1, at a shelf place, facing east. You carry a requested shelf. \
                Ahead: free corridor. Nearest goal: 1 north 2 east.
                Requested shelves in sight: none.
                Other shelves in sight: 1 west; 1 south 1 west; 1 south.
                Robots in sight: 1 north 1 west facing south; 1 west facing west.
                """)
    }

    @Test("rules depend on the parameters and the agent alone, and actions have different names", arguments: tasks)
    func rulesAndActions(task: [String: ParameterValue]) throws {
        var environment = try WarehouseEnvironment(task)
        for agent in 0..<environment.state.game.parameters.robots {
            let rules = environment.textRules(agent: agent)
            #expect(rules.contains("robot_\(agent)"))
            environment.reset(seed: 77)
            #expect(environment.textRules(agent: agent) == rules)
            let count = environment.state.game.legalActionsSize
            let words = (0..<count).map { environment.textAction(agent: agent, choice: $0) }
            #expect(Set(words).count == count)
            #expect(words.allSatisfy { !$0.isEmpty })
        }
        #expect(environment.textQuanta().isEmpty)
    }

    @Test("a situation of range 1 takes less than 1.5 kB, even among shelves and robots")
    func size() throws {
        let floor = ["xxx", "xxx", "xxxg"].map { $0.count < 4 ? $0 + "." : $0 }
        var environment = try WarehouseEnvironment(
            ["layout": .string(floor.joined(separator: "\n")), "agents": .integer(9), "requests": .integer(4)])
        try environment.adopt(scene(["666.", "888.", "444."], floor: floor, requests: [0, 2, 4, 6]))
        #expect(environment.textSituation(agent: 4).utf8.count < 1500)
    }

    @Test("the picture shows every robot, shelf and goal, and the same in colour")
    func picture() throws {
        var environment = try WarehouseEnvironment(
            ["layout": .string("....g\n.xx..\n.x.x."), "agents": .integer(3), "requests": .integer(1)])
        try environment.adopt(scene([".v...", ".4.R.", ".s.s."], floor: ["....g", ".xx..", ".x.x."], requests: [1]))
        let picture = environment.renderText(color: false)
        #expect(
            picture.split(separator: "\n").prefix(4) == [
                "  0   1   2   3   4", "0 .   ▼0  .   .   G", "1 .   ◀1- _   ▶2* .", "2 .   []  .   []  .",
            ])
        let colored = environment.renderText(color: true)
        #expect(colored.replacing(/\u{1B}\[[0-9]*m/, with: "") == picture)
        #expect(colored.contains("\u{1B}[33m▶2*\u{1B}[0m"))
    }
}
