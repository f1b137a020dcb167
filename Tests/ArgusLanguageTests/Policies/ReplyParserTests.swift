import ArgusEnvAPI
import ArgusLanguage
import Testing

@Suite("Reading replies")
struct ReplyParserTests {
    private let candidates = [
        ReplyParser.Candidate(number: 0, words: "wait"), ReplyParser.Candidate(number: 2, words: "move north"),
        ReplyParser.Candidate(number: 12, words: "load the shelf"),
    ]

    private func read(_ text: String, _ finish: Generation.Finish = .stop) -> ReplyParser.Reading {
        ReplyParser().read(Generation(text: text, finish: finish), candidates)
    }

    @Test(
        "An action line with exactly a number or the words is ok",
        arguments: [
            ("Action: 2", 1), ("action: move north", 1), ("I think it is far.\nAction: 12", 2),
            ("<think>Action: 0 would be slow.</think>\nAction: 2", 1), ("Action: 2\nAction: 2", 1), ("Action:0  ", 0),
            ("Message: come here\nAction: 0", 0), ("**Action:** 2", 1),
        ])
    func ok(text: String, candidate: Int) {
        let reading = read(text)
        #expect(reading.outcome == .ok && reading.candidate == candidate, "\(reading)")
    }

    @Test(
        "What says an action, but not quite in that form, is repaired",
        arguments: [
            ("Action: \"Move North\".", 1), ("Action: 2 move north", 1), ("Action: 2. Move north", 1),
            ("Action: [12]", 2), ("2", 1), ("move north", 1), ("Action: (2) move north", 1), ("Wait.", 0),
            ("Action: 002", 1),
        ])
    func repaired(text: String, candidate: Int) {
        let reading = read(text)
        #expect(reading.outcome == .repaired && reading.candidate == candidate, "\(reading)")
    }

    @Test(
        "An answer that is no legal action is illegal, whatever else stands around it",
        arguments: [
            "Action: 1", "Action: fly", "move north would be good.\nAction: move south",
            "Action: 99999999999999999999999",
            "Action: -2", "Action: gathe", "Action: move", "Action: 2 or 12", "Action: 2 wait", "Action:",
        ])
    func illegal(text: String) {
        let reading = read(text)
        #expect(reading.outcome == .illegal && reading.candidate == nil, "\(reading)")
    }

    @Test(
        "No answer is malformed, and prose is not searched for one",
        arguments: [
            "", "I would move north now.", "Let me wait and see. Perhaps 2 is good.", "<think>Action: 2",
            "Action: 2\nAction: 12", "The actions are: wait, move north", "move north\nwait",
        ])
    func malformed(text: String) {
        let reading = read(text)
        #expect(reading.outcome == .malformed && reading.candidate == nil, "\(reading)")
    }

    @Test("A reply that was cut off is truncated, and half an answer is not taken for a whole one")
    func truncated() {
        #expect(read("I wonder whether", .length).outcome == .truncated)
        #expect(read("<think>I wonder", .length).outcome == .truncated)
        #expect(read("Action: move", .length).outcome == .truncated)
        #expect(read("Action: move north", .length).candidate == 1)
    }

    @Test("A refusal is one, whatever it says")
    func refused() { #expect(read("Action: 2", .refused).outcome == .refused) }

    @Test("A message line is for the others and no part of the answer")
    func message() {
        let reading = read("Message: I go north\nAction: 2")
        #expect(reading.message == "I go north" && reading.candidate == 1)
        #expect(read("Action: 2").message == nil)
        #expect(read("Message:\nwait").message == nil)
    }

    @Test("Whatever is written, the outcome is one of the eight and an action is a legal one")
    func fuzzed() {
        let pieces = [
            "Action:", "action: ", "Message:", "<think>", "</think>", "2", "12", "0", "1", "move", "north", "wait",
            "\n",
            " ", ".", "\"", "*", "\u{0}", "🛒", "\u{301}", "\r\n", "(", "]", "load the shelf", "９", "-", "\u{2028}",
        ]
        var random = SplitMix64(seed: 7)
        let finishes: [Generation.Finish] = [.stop, .length, .refused]
        for _ in 0..<20_000 {
            var text = ""
            for _ in 0..<Int(random.next() % 12) { text += pieces[Int(random.next() % UInt64(pieces.count))] }
            let finish = finishes[Int(random.next() % 3)]
            let reading = read(text, finish)
            let hasAction = reading.outcome == .ok || reading.outcome == .repaired
            #expect(hasAction == (reading.candidate != nil), "\(text.debugDescription)")
            if let candidate = reading.candidate { #expect(candidates.indices.contains(candidate)) }
            #expect(finish != .refused || reading.outcome == .refused)
            #expect(reading == read(text, finish))
        }
    }
}
