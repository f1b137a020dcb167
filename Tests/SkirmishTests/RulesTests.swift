import ArgusEnvAPI
import SkirmishRules
import Testing

@Suite("skirmish: rules")
struct RulesTests {
    private let versus = ["opponent": "policies"]

    /// Allies far in the north-west, enemies far in the south-east, but for those given.
    private func apart() -> WrittenState {
        .marines(allies: [(4, 28), (6, 28), (8, 28)], enemies: [(24, 4), (26, 4), (28, 4)])
    }

    @Test("a unit walks half its velocity in a step, in the direction that it chose")
    func moves() throws {
        let played = try PlayedEnvironment(versus)
        try played.restore(json: apart().json)
        played.step([0, 1, 2, 3, 4, 4])
        let battle = played.environment.battle
        #expect(abs(battle.y(0) - 29.575) < 1e-4)
        #expect(abs(battle.x(1) - 7.575) < 1e-4)
        #expect(abs(battle.y(2) - 26.425) < 1e-4)
        #expect(abs(battle.x(3) - 22.425) < 1e-4)
        #expect(battle.x(4) == 26)
    }

    @Test("who touches a wall dies, and the other team is rewarded for it")
    func wallsKill() throws {
        let played = try PlayedEnvironment(versus)
        var state = apart()
        state.units[0].y = 31
        try played.restore(json: state.json)
        played.step([0, 4, 4, 4, 4, 4])
        #expect(!played.environment.battle.isAlive(0))
        #expect(abs(played.reward(1) - 1 / 3) < 1e-6)
        #expect(played.reward(0) == 0)
        #expect(played.frame.terminated[first: 0] == 1)
        #expect(played.frame.acting[first: 0] == 0)
        #expect(played.legalRow(0) == [1, 0, 0, 0, 0, 0, 0, 0])
        #expect(played.observation(0).allSatisfy { $0 == 0 })
        // What a dead unit chooses is ignored.
        played.step([1, 4, 4, 4, 4, 4])
        #expect(played.environment.battle.lastAction(0) == 4)
    }

    @Test("a hit takes the weapon's damage, and the weapon its cooldown plus the given noise")
    func hits() throws {
        let played = try PlayedEnvironment(versus)
        var state = apart()
        state.units[3].x = 8
        state.units[3].y = 24
        state.noise = 0.1
        try played.restore(json: state.json)
        #expect(played.legalChoices(2) == [0, 1, 2, 3, 4, 5])
        // Enemies count the allies backwards: ally_2 is their first.
        #expect(played.legalChoices(3) == [0, 1, 2, 3, 4, 5, 6])
        played.step([4, 4, 5, 4, 4, 4])
        let battle = played.environment.battle
        #expect(battle.health(3) == 36)
        #expect(abs(battle.cooldown(2) - (0.61 + 0.1 - 7 / 16)) < 1e-6)
        #expect(abs(played.reward(0) - 9 / 45 / 3) < 1e-6)
        // The noise was for one step only: the next cooldown is another one.
        played.step([4, 4, 5, 4, 4, 4])
        #expect(played.environment.battle.health(3) == 27)
        let noise = played.environment.battle.cooldown(2) + 2.0 / 16 - 0.61
        #expect(abs(noise - 0.1) > 1e-5)
    }

    @Test("an attack out of range hits nobody until the target walks into range")
    func attackWaits() throws {
        let played = try PlayedEnvironment(versus)
        var state = apart()
        state.units[3].x = 8
        state.units[3].y = 22
        try played.restore(json: state.json)
        #expect(played.legalChoices(2) == [0, 1, 2, 3, 4])
        let bytes = try played.environment.snapshot()
        played.step([4, 4, 5, 4, 4, 4])
        #expect(played.environment.battle.health(3) == 45)
        try played.restore(bytes)
        played.step([4, 4, 5, 0, 4, 4])
        #expect(played.environment.battle.health(3) == 36)
    }

    @Test("units that kill each other in one substep are both dead, and nobody has won")
    func draw() throws {
        var state = apart()
        for unit in [0, 1, 4, 5] { state.units[unit].health = 0 }
        for unit in [2, 3] { state.units[unit].health = 9 }
        state.units[3].x = 8
        state.units[3].y = 24
        for (reward, expected) in [("shaped", Float(0.2 / 3)), ("win", 0)] {
            let played = try PlayedEnvironment(["opponent": "policies", "reward": reward])
            try played.restore(json: state.json)
            played.step([0, 0, 5, 5, 0, 0])
            #expect(played.isOver)
            #expect(abs(played.reward(0) - expected) < 1e-6)
            #expect(played.reward(0) == played.reward(1))
            #expect(played.metrics["won"] == 0)
            #expect(played.metrics["lost"] == 0)
        }
    }

    @Test("the winner of a battle gets 1 more; with reward: win the loser pays it")
    func winning() throws {
        var state = apart()
        for unit in [0, 1, 4, 5] { state.units[unit].health = 0 }
        state.units[3] = .init(x: 8, y: 24, health: 9)
        for (reward, expected) in [("shaped", [1 + Float(0.2 / 3), 0]), ("win", [1, -1])] {
            let played = try PlayedEnvironment(["opponent": "policies", "reward": reward])
            try played.restore(json: state.json)
            played.step([0, 0, 5, 4, 0, 0])
            #expect(played.isOver)
            #expect(abs(played.reward(0) - expected[0]) < 1e-6)
            #expect(played.reward(1) == expected[1])
            #expect(played.metrics["won"] == 1)
            #expect(played.metrics["enemies_killed"] == 3)
            #expect(played.metrics["allies_lost"] == 2)
            #expect(played.metrics["damage_dealt"] == 135)
        }
    }

    @Test("units that overlap are pushed apart to the sum of their radii; the dead are not in the way")
    func pushing() throws {
        let played = try PlayedEnvironment(versus)
        var state = apart()
        state.units[1] = .init(x: 4.2, y: 28)
        state.units[2] = .init(x: 4.1, y: 28, health: 0)
        try played.restore(json: state.json)
        for _ in 0..<3 { played.step([4, 4, 0, 4, 4, 4]) }
        let battle = played.environment.battle
        #expect(abs(battle.x(1) - battle.x(0) - 0.75) < 1e-3)
        #expect(battle.x(2) == 4.1)
    }

    @Test("the step counter ends no episode: the horizon is the host's")
    func noClock() throws {
        let played = try PlayedEnvironment(versus)
        var state = apart()
        state.step = 99
        try played.restore(json: state.json)
        for _ in 0..<300 { played.step([4, 4, 4, 4, 4, 4]) }
        #expect(!played.isOver)
        #expect(played.environment.battle.steps == 399)
    }

    @Test("numbers that are no action of the agent count as stop")
    func noActions() throws {
        let played = try PlayedEnvironment(["map": "5m_vs_6m", "opponent": "policies"])
        played.reset(seed: 1)
        // An enemy has five allies to attack; its row has a place more.
        played.step(Array(repeating: 11, count: 5) + [10, -1, .max, .min, 1000, 9])
        #expect((0..<10).allSatisfy { played.environment.battle.lastAction($0) == 4 })
        #expect(played.environment.battle.lastAction(10) == 9)
    }

    @Test("one seed fixes an episode, whatever was played before", arguments: ["3m", "smacv2_10_units"])
    func seeds(map: String) throws {
        func episode(_ played: PlayedEnvironment) -> [[Float]] {
            var random = SplitMix64(seed: 8)
            var rows: [[Float]] = []
            played.reset(seed: 5)
            for _ in 0..<30 {
                rows.append(played.globalState)
                played.chooseRandomly(&random)
                played.step()
            }
            return rows
        }
        let fresh = try PlayedEnvironment(["map": map])
        let used = try PlayedEnvironment(["map": map])
        for seed in 0..<3 {
            used.reset(seed: UInt64(seed))
            for _ in 0..<20 { used.step() }
        }
        #expect(episode(fresh) == episode(used))
        used.reset(seed: 6)
        #expect(used.globalState != episode(fresh)[0])
    }

    @Test("the heuristic that attacks at random chooses among those in range, and stays with its choice")
    func randomTargeting() throws {
        var first: Set<Int> = []
        for seed in 0..<60 {
            let played = try PlayedEnvironment(["targeting": "random"])
            var state = WrittenState.marines(
                allies: [(12, 16), (12, 18), (12, 27)], enemies: [(15, 17), (28, 4), (30, 4)])
            state.step = 1
            try played.restore(json: state.json)
            played.environment.reseedChance(UInt64(seed))
            played.step([4, 4, 4])
            let choice = played.environment.battle.lastAction(3)
            first.insert(choice)
            for _ in 0..<3 { played.step([4, 4, 4]) }
            #expect(played.environment.battle.lastAction(3) == choice)
        }
        // ally_0 and ally_1 are the third and second in the list of an enemy.
        #expect(first == [6, 7])
    }

    @Test("cones: what stands a rounding error to the west is in no section")
    func barelyWest() throws {
        let played = try PlayedEnvironment(["opponent": "policies", "observation": "conic"])
        var state = apart()
        state.units[0] = .init(x: 0.5, y: 10)
        state.units[1] = .init(x: 0.49999997, y: 12)
        try played.restore(json: state.json)
        #expect(played.observation(0).dropLast(10).allSatisfy { $0 == 0 })
    }
}
