import ArgusEnvAPI
import ArgusHost
import Foundation
import Testing

@Suite("Texts between agents")
struct TextMessageTests {
    @Test("A text arrives in the inbox of its receivers after the delay and stays for one decision")
    func delivery() throws {
        let talk = try TalkingPlayers(
            .with {
                $0.topology = .ring
                $0.delay = 2
            }, players: 4)
        try talk.vector.reset(.stream(run: 1))
        #expect(talk.send("food at row 3", 0) == .sent)
        try talk.say()
        #expect((0..<4).allSatisfy { talk.inbox($0).isEmpty })
        try talk.say()
        #expect((0..<4).map { talk.inbox($0).map(\.text) } == [[], ["food at row 3"], [], ["food at row 3"]])
        #expect(talk.inbox(1)[0].sender == 0 && talk.inbox(1)[0].step == 0)
        try talk.say()
        #expect((0..<4).allSatisfy { talk.inbox($0).isEmpty })
    }

    @Test("What is beyond a budget, too long, empty or for nobody is dropped and counted")
    func drops() throws {
        let talk = try TalkingPlayers(
            .with {
                $0.topology = .receivers([[.index(1)], [.index(0)], []])
                $0.characters = 5
                $0.perStep = 2
                $0.perEpisode = 3
            }, horizon: 4)
        try talk.vector.reset(.stream(run: 1))
        #expect(talk.send("123456", 0) == .dropped(.tooLong))
        #expect(talk.send(" \n\t", 0) == .dropped(.empty))
        #expect(talk.send("hello", 2) == .dropped(.noReceiver))
        // Characters are counted as a reader does.
        #expect(talk.send("🇫🇷é👩‍🚀ab", 0) == .sent)
        #expect(talk.send("b", 0) == .sent)
        #expect(talk.send("c", 0) == .dropped(.stepBudget))
        try talk.say()
        #expect(talk.inbox(1).map(\.text) == ["🇫🇷é👩‍🚀ab", "b"])
        #expect(talk.left(0) == 1)
        let reasons = talk.vector.lastMessages(copy: 0).map(\.dropped)
        #expect(reasons == [.tooLong, .empty, .noReceiver, nil, nil, .stepBudget])
        // Symbols and texts share the budgets; texts, which are handed in before, come first.
        #expect(talk.send("d", 0) == .sent)
        try talk.say([0: 4])
        #expect(talk.inbox(1).map(\.text) == ["d"] && talk.heard(1) == [0])
        #expect(talk.send("e", 0) == .dropped(.episodeBudget))
        try talk.say()
        try talk.say()
        #expect(
            talk.counts() == [
                "messages_sent": 3, "characters_sent": 7, "messages_dropped": 6, "messages_lost": 0,
            ])
        #expect(talk.send("new", 0) == .sent)
    }

    @Test("A text is one line, whatever was in it")
    func oneLine() throws {
        let talk = try TalkingPlayers(Communication())
        try talk.vector.reset(.stream(run: 1))
        #expect(talk.send(" a\nrules: obey\u{1B}[31m\u{2028}b\r\n", 0) == .sent)
        try talk.say()
        let text = try #require(talk.inbox(1).first?.text)
        #expect(text == "a rules: obey [31m b")
    }

    @Test("Without a channel for texts nothing is sent")
    func noTexts() throws {
        let talk = try TalkingPlayers(.with { $0.characters = 0 })
        try talk.vector.reset(.stream(run: 1))
        #expect(talk.send("hello", 0) == .dropped(.noChannel))
        try talk.say()
        #expect(talk.inbox(1).isEmpty)
    }

    @Test("Loss and shuffling depend on episode, step, sender and receiver alone")
    func chance() throws {
        func play(copies: Int, shuffle: Bool) throws -> [[String]] {
            let talk = try TalkingPlayers(
                .with {
                    $0.loss = 0.5
                    $0.perEpisode = nil
                    $0.shuffle = shuffle
                }, copies: copies)
            try talk.vector.reset(.list(Array(5..<5 + UInt64(copies))))
            var got: [[String]] = []
            for step in 0..<40 {
                #expect(talk.send("at row \(step), go!", 0) == .sent)
                try talk.say()
                got.append([1, 2].map { talk.inbox($0).map(\.text).joined() })
            }
            return got
        }
        let plain = try play(copies: 1, shuffle: false)
        #expect(try play(copies: 3, shuffle: false) == plain)
        let lost = plain.joined().count { $0.isEmpty }
        #expect((20...60).contains(lost))
        #expect(plain.contains { $0[0].isEmpty != $0[1].isEmpty })
        let control = try play(copies: 1, shuffle: true)
        #expect(try play(copies: 2, shuffle: true) == control)
        for (said, heard) in zip(plain.joined(), control.joined()) {
            #expect(said.isEmpty == heard.isEmpty && said.count == heard.count)
            guard !said.isEmpty else { continue }
            #expect(said != heard && heard.hasSuffix("!"))
        }
    }

    @Test("The text view tells what may be said, what was heard, and what is left")
    func words() throws {
        let talk = try TalkingPlayers(
            .with {
                $0.topology = .star
                $0.symbols = 3
                $0.perStep = 2
                $0.perEpisode = 5
            })
        try talk.vector.reset(.stream(run: 1))
        let rules = try talk.vector.textRules(agent: 1)
        let expected = """
             Each step you may send player_0 a symbol from 1 to 3 or a text of up to 120 characters. You may send at most \
            2 messages a step and 5 in all. Messages of player_0 reach you one step after they were sent.
            """
        #expect(rules.hasSuffix(expected))
        let first = try talk.vector.textSituation(copy: 0, agent: 0)
        #expect(first.hasSuffix(" Messages: none. You may send 5 more messages."))
        _ = talk.send("here", 2)
        try talk.say([1: 3])
        #expect(
            try talk.vector.textSituation(copy: 0, agent: 0).hasSuffix(
                " Messages: player_1 sent symbol 3; player_2 wrote \"here\". You may send 5 more messages."))
        #expect(try talk.vector.textSituation(copy: 0, agent: 2).hasSuffix("You may send 4 more messages."))
        // Choices count through all heads: foraging has six.
        #expect(try talk.vector.textAction(copy: 0, agent: 0, choice: 6) == "say nothing")
        #expect(try talk.vector.textAction(copy: 0, agent: 0, choice: 9) == "send symbol 3")
        #expect(try talk.vector.textAction(copy: 0, agent: 0, choice: 5) == "load")
    }

    @Test("A recording holds symbols and texts, and is verified with them")
    func recording() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/talk.jsonl"
        let channel = Communication.with {
            $0.loss = 0.2
            $0.delay = 2
            $0.perEpisode = 12
        }
        let talk = try TalkingPlayers(channel, horizon: 15)
        let scenario = talk.vector.scenario
        let recorder = try EpisodeRecorder(
            path: path,
            header: RecordingHeader(
                environment: "foraging", parameters: scenario.parameters, horizon: 15,
                agents: talk.vector.specification.agents.map(\.name), reward: .team, communication: channel),
            environment: talk.vector)
        let play = RandomPlay(talk.vector)
        var steps = 0
        for seed in [3, 4] as [UInt64] {
            try talk.vector.reset(.list([seed]))
            recorder.begin()
            while talk.vector.hasActiveCopies {
                let step = talk.vector.local.steps[0]
                try play.act()
                if step % 4 == 1 { _ = talk.send("step \(step)", step % 3) }
                recorder.recordActions()
                try talk.vector.step()
                try recorder.recordStep()
                steps += 1
            }
        }
        func verify(_ path: String) throws -> VerificationOutcome {
            guard case .episodes(let recording) = try Recording(path: path) else { throw CancellationError() }
            return try EpisodeVerification(
                environment: "foraging", recording: recording, host: try EnvironmentHost()
            ).run()
        }
        let outcome = try verify(path)
        #expect(outcome.difference == nil)
        #expect(outcome.episodes == 2 && outcome.steps == steps && steps > 10)
        // Without its texts it is another episode: budgets differ.
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let mute = text.replacingOccurrences(of: "\"text\":\"step 5\"", with: "\"text\":\"\"")
        #expect(mute != text)
        let other = try folder.write(mute, to: "mute.jsonl")
        #expect(try verify(other).difference?.quantity == "observation")
        let wrong = try folder.write(
            text.replacingOccurrences(of: "{\"agent\":2,\"text\"", with: "{\"agent\":3,\"text\""), to: "wrong.jsonl")
        #expect(argusError { _ = try verify(wrong) }?.found == "agent 3")
    }
}
