import ArgusHost
import Foundation
import Testing

@Suite("The key `communication` of scenario files")
struct CommunicationFileTests {
    private func read(_ communication: String) throws(ArgusError) -> Scenario {
        try ScenarioFile.read(
            text: "scenario: a/b\nversion: 1\nenvironment: grid\nhorizon: 10\ncommunication: \(communication)\n",
            file: "s.yaml")
    }

    @Test("Keys that are left out have their defaults")
    func defaults() throws {
        let communication = try #require(try read("{topology: all}").communication)
        #expect(communication == Communication())
        #expect(
            communication.canonicalText
                == "{topology: all, symbols: 8, characters: 120, per_step: 1, per_episode: 40, delay: 1, loss: 0.0, "
                + "shuffle: false}")
        #expect(try read("{}").communication == communication)
        #expect(try read("none").communication == nil)
    }

    @Test("Every key is read, in JSON too, and changes the scenario's hash")
    func everyKey() throws {
        let text =
            "{topology: [[1, player_2], [], [0]], symbols: 3, characters: 9, per_step: none, per_episode: 7, "
            + "delay: 4, loss: 0.25, shuffle: true}"
        let communication = try #require(try read(text).communication)
        #expect(communication.canonicalText == text)
        #expect(communication.topology == .receivers([[.index(1), .name("player_2")], [], [.index(0)]]))
        let json = try JSONEncoder().encode(communication)
        #expect(try JSONDecoder().decode(Communication.self, from: json) == communication)
        var hashes: Set<String> = [try read("none").hash, try read("{}").hash]
        for key in [
            "topology: ring", "symbols: 7", "characters: 0", "per_step: 2", "per_episode: none", "delay: 2",
            "loss: 0.1", "shuffle: true",
        ] {
            #expect(hashes.insert(try read("{\(key)}").hash).inserted, "\(key)")
        }
    }

    @Test(
        "What is wrong is refused with line and key",
        arguments: [
            ("all", "unknown value", "communication"),
            ("{topologie: all}", "unknown key", "communication.topologie"),
            ("{topology: tree}", "unknown value", "communication.topology"),
            ("{topology: [all]}", "wrong type", "communication.topology[0]"),
            ("{topology: [[0.5]]}", "wrong type", "communication.topology[0][0]"),
            ("{symbols: 256}", "value out of range", "communication.symbols"),
            ("{symbols: many}", "wrong type", "communication.symbols"),
            ("{symbols: 0, characters: 0}", "a channel for nothing", "communication"),
            ("{characters: -1}", "value out of range", "communication.characters"),
            ("{per_step: 0}", "value out of range", "communication.per_step"),
            ("{per_episode: all}", "wrong type", "communication.per_episode"),
            ("{delay: 0}", "value out of range", "communication.delay"),
            ("{loss: 1.5}", "value out of range", "communication.loss"),
            ("{shuffle: 1}", "wrong type", "communication.shuffle"),
        ])
    func refusals(text: String, what: String, key: String) {
        let error = argusError { _ = try read(text) }
        #expect(error?.what == what)
        #expect(error?.place == "s.yaml:5, key '\(key)'")
        #expect(error?.code == .configuration)
    }

    @Test("A channel in JSON that no file could have is refused")
    func badJSON() throws {
        let good = String(decoding: try JSONEncoder().encode(Communication()), as: UTF8.self)
        for (old, new) in [
            ("\"symbols\":8", "\"symbols\":-1"), ("\"delay\":1", "\"delay\":0"), ("\"loss\":0", "\"loss\":2"),
            ("\"per_step\":1", "\"per_step\":0"), ("\"all\"", "\"tree\""),
        ] {
            let bad = good.replacingOccurrences(of: old, with: new)
            #expect(bad != good)
            #expect(throws: DecodingError.self) { try JSONDecoder().decode(Communication.self, from: Data(bad.utf8)) }
        }
    }
}
