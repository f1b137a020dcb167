import ArgusEnvAPI
import ForagingRules
import Foundation
import Testing

/// Episodes recorded from `lbforaging` 2.0.0; `Fixtures/README.md` says how.
@Suite("foraging: golden traces of lbforaging 2.0.0")
struct ReferenceTraceTests {
    private struct Header: Decodable {
        let reference: String
        let parameters: [String: ParameterValue]
        let horizon: Int
        let agents: [String]
    }

    private struct Episode: Decodable {
        let seed: UInt64
        let actions: [[Int32]]
        let rewards: [[Double]]
        let ended: Bool
        let observationHashes: [String]
    }

    @Test(
        "every reward, observation and end of 20 episodes is the reference's, from the seed alone",
        arguments: [
            "5x5-2p-1f", "8x8-2p-2f-coop", "2s-8x8-2p-2f-coop", "2s-5x5-9p-4f-coop", "2s-10x10-4p-3f", "15x15-4p-5f",
            "penalty", "hidden-levels-1s", "crowd", "3x7-1p-3f",
        ])
    func equalsReference(task: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(task).jsonl")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        // The strategy would change the parameters' names as well, so the header is read without it.
        let header = try JSONDecoder().decode(Header.self, from: Data(try #require(lines.first).utf8))
        #expect(header.reference == "lbforaging 2.0.0")
        let environment = try ForagingEnvironment(header.parameters)
        // One game plays all episodes: nothing of one may reach the next.
        var played = PlayedGame(environment.game.configuration)
        #expect(header.agents.count == played.game.players.count)
        var count = 0
        for line in lines.dropFirst() {
            let episode = try decoder.decode(Episode.self, from: Data(line.utf8))
            try replay(episode, on: &played, horizon: header.horizon)
            count += 1
        }
        #expect(count == 20)
    }

    private func replay(_ episode: Episode, on played: inout PlayedGame, horizon: Int) throws {
        played.game.reset(seed: episode.seed)
        try #require(episode.observationHashes.count == episode.actions.count + 1)
        try #require(episode.rewards.count == episode.actions.count)
        #expect(hash(played) == episode.observationHashes[0], "seed \(episode.seed), reset")
        var isOver = false
        for (step, actions) in episode.actions.enumerated() {
            #expect(!isOver)
            let result = played.step(actions)
            isOver = result.isOver
            let moment: Comment = "seed \(episode.seed), step \(step)"
            try #require(result.rewards == episode.rewards[step].map { Float($0) }, moment)
            try #require(hash(played) == episode.observationHashes[step + 1], moment)
        }
        #expect(isOver == episode.ended)
        #expect(isOver || episode.actions.count == horizon)
    }

    /// FNV-1a, 64 bits, over the little-endian bytes of all players' observations.
    private func hash(_ played: PlayedGame) -> String {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for player in played.game.players.indices {
            for number in played.observation(player) {
                for shift in stride(from: UInt32(0), to: 32, by: 8) {
                    value = (value ^ UInt64(number.bitPattern >> shift & 0xFF)) &* 0x100_0000_01B3
                }
            }
        }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
