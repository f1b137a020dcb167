import ArgusEnvAPI
import Foundation
import Testing
import WarehouseRules

/// Episodes recorded from `rware` 2.0.0; `Fixtures/README.md` says how.
@Suite("warehouse: golden traces of rware 2.0.0")
struct ReferenceTraceTests {
    private struct Header: Decodable {
        let reference: String
        let parameters: [String: ParameterValue]
        let horizon: Int
        let agents: [String]
    }

    private struct Episode: Decodable {
        let seed: UInt64
        /// A digit for each robot and head.
        let actions: String
        /// Step, robot, reward.
        let rewards: [[Double]]
        let ended: Bool
        /// 16 digits each.
        let observationHashes: String
    }

    @Test(
        "every reward, observation and end of 5 episodes is the reference's, from the seed alone",
        arguments: [
            "tiny-2ag", "tiny-2ag-hard", "small-4ag", "tiny-8ag-easy", "medium-6ag-easy", "small-2ag-2s",
            "tiny-3ag-messages", "tiny-4ag-global", "small-5ag-two-stage", "tiny-2ag-inactivity", "map-4ag",
        ])
    func equalsReference(task: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(task).jsonl")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        // The strategy would change the parameters' names as well, so the header is read without it.
        let header = try JSONDecoder().decode(Header.self, from: Data(try #require(lines.first).utf8))
        #expect(header.reference == "rware 2.0.0")
        // One state plays all episodes: nothing of one may reach the next.
        var state = try WarehouseEnvironment(header.parameters).state
        #expect(header.agents.count == state.game.parameters.robots)
        for line in lines.dropFirst() {
            try replay(decoder.decode(Episode.self, from: Data(line.utf8)), on: &state, horizon: header.horizon)
        }
        #expect(lines.count == 6)
    }

    private func replay(_ episode: Episode, on state: inout WarehouseState, horizon: Int) throws {
        let robots = state.game.parameters.robots
        let width = robots * state.game.actionHeads.count
        let actions = episode.actions.utf8.map { Int32($0) - 48 }
        let steps = actions.count / width
        let hashes = Array(episode.observationHashes)
        try #require(hashes.count == 16 * (steps + 1))
        var rewards = [[Float]](repeating: [Float](repeating: 0, count: robots), count: steps)
        for entry in episode.rewards { rewards[Int(entry[0])][Int(entry[1])] = Float(entry[2]) }

        state.reset(seed: episode.seed)
        #expect(hash(state) == String(hashes[..<16]), "seed \(episode.seed), reset")
        var isOver = false
        for step in 0..<steps {
            #expect(!isOver)
            let result = state.step(row: Array(actions[step * width..<(step + 1) * width]))
            isOver = result.isTerminated
            let moment: Comment = "seed \(episode.seed), step \(step)"
            try #require(result.rewards == rewards[step], moment)
            try #require(hash(state) == String(hashes[16 * (step + 1)..<16 * (step + 2)]), moment)
        }
        #expect(isOver == episode.ended)
        #expect(isOver || steps == horizon)
    }

    /// FNV-1a, 64 bits, over the little-endian bytes of all robots' observations.
    private func hash(_ state: WarehouseState) -> String {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for robot in 0..<state.game.parameters.robots {
            for number in state.observation(robot).dropLast() {
                for shift in stride(from: UInt32(0), to: 32, by: 8) {
                    value = (value ^ UInt64(number.bitPattern >> shift & 0xFF)) &* 0x100_0000_01B3
                }
            }
        }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
