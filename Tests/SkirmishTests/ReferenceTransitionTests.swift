import Foundation
import SkirmishRules
import Testing

/// Transitions recorded from `jaxmarl` 0.2.0; `Fixtures/README.md` says how.
@Suite("skirmish: golden transitions of SMAX, jaxmarl 0.2.0")
struct ReferenceTransitionTests {
    private struct Transition: Decodable {
        struct State: Decodable {
            let positions: [Float]
            let health: [Float]
            let cooldowns: [Float]
            let alive: [Int]
            let step: Int
        }
        struct Heuristic: Decodable {
            let actions: [Int]
            let goals: [Float]?
            let targets: [Int]
            let visible: [Int]
        }

        let before: State
        let masks: [[UInt8]]
        let actions: [Int32]
        let after: State
        let rewards: [Float]
        let winRewards: [Float]
        let dones: [UInt8]
        let done: Int
        /// Of the first ally and the last enemy.
        let observations: [[Float]]
        let conicObservations: [[Float]]
        let worldState: [Float]
        let heuristic: Heuristic
    }

    static let maps = SkirmishMap.all.map(\.name)

    private func lines(_ map: String) throws -> [Substring] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(map).jsonl")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
        #expect(lines.count == 6)
        return Array(lines)
    }

    private func decode(_ line: Substring) throws -> Transition {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Transition.self, from: Data(line.utf8))
    }

    private func expectClose(_ found: [Float], _ expected: [Float], _ comment: Comment) {
        #expect(found.count == expected.count, comment)
        let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
        #expect(worst <= 1e-4, comment)
    }

    @Test("each step from an injected state ends where the reference's does, on every map", arguments: maps)
    func stepEqualsReference(map: String) throws {
        // Never reset: restoring alone must be enough.
        let played = try PlayedEnvironment(["map": map, "opponent": "policies"])
        let wins = try PlayedEnvironment(["map": map, "opponent": "policies", "reward": "win"])
        let cones = try PlayedEnvironment(["map": map, "opponent": "policies", "observation": "conic"])
        let last = played.agents - 1
        for line in try lines(map) {
            let transition = try decode(line)
            for copy in [played, wins, cones] { try copy.restore(Array(line.utf8)) }
            for unit in 0...last {
                #expect((played.frame.acting[first: unit] == 1) == (transition.before.alive[unit] == 1))
                guard transition.before.alive[unit] == 1 else { continue }
                #expect(played.legalRow(unit).prefix(transition.masks[unit].count) == transition.masks[unit][...])
                #expect(cones.legalRow(unit) == played.legalRow(unit))
            }
            for copy in [played, wins, cones] { copy.step(transition.actions) }

            let battle = played.environment.battle
            expectClose(
                (0...last).flatMap { [battle.x($0), battle.y($0)] }, transition.after.positions, "positions")
            expectClose((0...last).map { battle.health($0) }, transition.after.health, "health")
            expectClose((0...last).map { battle.cooldown($0) }, transition.after.cooldowns, "cooldowns")
            #expect(battle.steps == transition.after.step)
            expectClose(
                [played.reward(0), played.reward(1)], [transition.rewards[0], transition.rewards[last]], "rewards")
            #expect([wins.reward(0), wins.reward(1)] == [transition.winRewards[0], transition.winRewards[last]])
            #expect(
                (0...last).allSatisfy { played.isOver || played.frame.terminated[first: $0] == transition.dones[$0] })
            // The reference also ends after 101 steps, which here is the host's horizon.
            #expect(played.isOver == (transition.done == 1 && transition.before.step < 100))
            expectClose(played.observation(0), transition.observations[0], "observation of the first ally")
            expectClose(played.observation(last), transition.observations[1], "observation of the last enemy")
            expectClose(played.globalState, transition.worldState, "state")
            expectClose(cones.observation(0), transition.conicObservations[0], "cones of the first ally")
            expectClose(cones.observation(last), transition.conicObservations[1], "cones of the last enemy")
        }
    }

    @Test("the enemies' heuristic chooses as the reference's does, where chance plays no part", arguments: maps)
    func heuristicEqualsReference(map: String) throws {
        let played = try PlayedEnvironment(["map": map])
        var compared = 0
        for line in try lines(map) {
            let transition = try decode(line)
            try played.restore(Array(line.utf8))
            var bytes = try played.environment.snapshot()
            let units = transition.heuristic.targets.count
            // The heuristic's memory, where the snapshot keeps it.
            for unit in 0..<units {
                let offset = 16 + 28 * unit
                bytes[offset + 2] = UInt8(bitPattern: Int8(transition.heuristic.targets[unit]))
                guard let goals = transition.heuristic.goals else { continue }
                for index in 0..<2 {
                    withUnsafeBytes(of: goals[2 * unit + index].bitPattern.littleEndian) { word in
                        for byte in 0..<4 { bytes[offset + 20 + 4 * index + byte] = word[byte] }
                    }
                }
            }
            try played.restore(bytes)
            played.step(Array(transition.actions.prefix(played.agents)))
            for unit in played.agents..<units where transition.before.alive[unit] == 1 {
                let found = played.environment.battle.lastAction(unit)
                let expected = transition.heuristic.actions[unit]
                if expected < 5, transition.heuristic.visible[unit] > 1 {
                    // It walks to a random one of those that it sees.
                    #expect(found < 4)
                } else {
                    #expect(found == expected, "unit \(unit)")
                    compared += 1
                }
            }
        }
        #expect(compared > 5)
    }
}
