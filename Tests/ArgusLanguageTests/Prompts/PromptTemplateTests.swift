import ArgusHost
import ArgusLanguage
import Foundation
import PluginFixtures
import Testing

@Suite("Prompts")
struct PromptTemplateTests {
    private static let path = PluginFixture.root + "/Scenarios/language/prompt.yaml"
    private let text: String
    private let template: PromptTemplate

    init() throws {
        text = try TextFile.read(PromptTemplateTests.path)
        template = try PromptTemplate(text: text, file: "prompt.yaml")
    }

    private func count(_ text: String) -> Int { text.split(whereSeparator: \.isWhitespace).count }

    private func view(history: Int = 0, inbox: Int = 0, situation: String = "You are here.") -> DecisionView {
        DecisionView(
            agent: "robot_0", rules: "The rules are these.", situation: situation,
            history: (0..<history).map { PastDecision(situation: "Place \($0).", action: "go \($0)") },
            inbox: (0..<inbox).map { ReceivedMessage(from: "robot_1", text: "word \($0)") },
            actions: [.init(number: 0, words: "wait"), .init(number: 3, words: "go on")])
    }

    @Test("A paragraph whose slot is empty is left out; what a slot holds is not searched for slots")
    func paragraphs() {
        let plain = template.prompt(for: view(), mode: .score, count: count).messages.map(\.content).joined(
            separator: "\n")
        #expect(!plain.contains("before") && !plain.contains("Messages") && !plain.contains("{{"))
        #expect(plain.contains("0 wait\n3 go on"))
        let odd = template.prompt(for: view(situation: "{{rules}} {{nothing}}"), mode: .score, count: count)
        #expect(odd.messages[1].content.contains("{{rules}} {{nothing}}"))
        let full = template.prompt(for: view(history: 2, inbox: 1), mode: .score, count: count).messages[1].content
        #expect(full.contains("Place 0.\nYou chose: go 0.\nPlace 1.\nYou chose: go 1."))
        #expect(full.contains("robot_1: word 0"))
    }

    @Test("The static part is the same at every decision of an agent")
    func staticPart() {
        let one = template.prompt(for: view(), mode: .score, count: count).messages[0]
        let other = template.prompt(
            for: view(history: 2, inbox: 3, situation: "Elsewhere."), mode: .score, count: count)
        #expect(one == other.messages[0] && one.role == .system)
    }

    @Test("Sections stay within their budgets: the oldest goes first, and never an action")
    func budgets() throws {
        let tight = try PromptTemplate(
            text: text.replacing("history: 500", with: "history: 12").replacing("messages: 300", with: "messages: 4"),
            file: "prompt.yaml")
        let prompt = tight.prompt(for: view(history: 5, inbox: 4), mode: .score, count: count)
        let user = prompt.messages[1].content
        #expect(user.contains("Place 4") && user.contains("Place 3") && !user.contains("Place 2"))
        #expect(user.contains("word 3") && !user.contains("word 2"))
        #expect(prompt.cuts == ["history: 2 of 5 entries", "messages: 1 of 4"])
    }

    @Test("Within the total the history goes before messages, they before the situation, it before the rules")
    func total() throws {
        let long = String(repeating: "word ", count: 200)
        var seen: [[String]] = []
        for total in stride(from: 330, through: 10, by: -5) {
            let tight = try PromptTemplate(
                text: text.replacing("total: 2048", with: "total: \(total)"), file: "prompt.yaml")
            let prompt = tight.prompt(for: view(history: 3, inbox: 3, situation: long), mode: .score, count: count)
            let words = prompt.messages.map(\.content).joined(separator: "\n")
            #expect(words.contains("0 wait\n3 go on"), "total \(total)")
            #expect(
                prompt == tight.prompt(for: view(history: 3, inbox: 3, situation: long), mode: .score, count: count))
            let kinds = prompt.cuts.map { String($0.prefix { $0 != ":" }) }
            if seen.last != kinds { seen.append(kinds) }
        }
        #expect(
            seen == [
                [], ["history"], ["history", "messages"], ["history", "messages", "situation"],
                ["history", "messages", "situation", "rules"],
            ])
    }

    @Test(
        "An unknown slot, one that would change the static part, and a missing one are told with their line",
        arguments: [
            ("  {{rules}}", "  {{rulez}}", "unknown slot"),
            ("  {{rules}}", "  {{rules}} {{situation}}", "unknown slot"),
            ("  {{actions}}", "  these", "missing slot"), ("  {{actions}}", "  {{actions", "unfinished slot"),
            ("history: 2 ", "historie: 2 ", "unknown key"), ("  score: ", "  scores: ", "unknown key"),
            ("version: 1", "version: 2", "value out of range"),
        ])
    func refused(old: String, new: String, what: String) {
        let error = #expect(throws: ArgusError.self) {
            _ = try PromptTemplate(text: text.replacing(old, with: new, maxReplacements: 1), file: "mine.yaml")
        }
        #expect(error?.what == what)
        #expect(error?.place.contains("mine.yaml:") ?? false)
    }

    @Test("An agent is told how to send messages only where it can")
    func sending() {
        var speaking = view()
        speaking.messageCharacters = 120
        let told = template.prompt(for: speaking, mode: .generate, count: count).messages[0].content
        #expect(told.contains("at most 120 characters"))
        #expect(!template.prompt(for: view(), mode: .generate, count: count).messages[0].content.contains("Message"))
    }
}
