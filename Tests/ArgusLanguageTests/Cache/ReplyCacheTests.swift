import ArgusEnvAPI
import ArgusHost
import ArgusLanguage
import Foundation
import PluginFixtures
import Testing

@Suite("Kept replies")
struct ReplyCacheTests {
    private func play(
        _ model: HashModel, _ options: String, seed: UInt64 = 3, cache: ReplyCache, isReplay: Bool = false
    ) throws -> (actions: [Int?], usage: ModelUsage) {
        let root = PluginFixture.root + "/Scenarios/language"
        let options = try LanguageOptions(options, defaultMode: .score, at: "test")
        let account = LanguageAccount(
            model: "llm:hash", priced: "hash", prices: try PriceTable(contentsOf: root + "/prices.yaml"))
        let template = try PromptTemplate(contentsOf: root + "/prompt.yaml")
        let actor = LanguageActor(
            model, options: options, template: template, isGreedy: false,
            source: ReplySource(cache: cache, account: account, budget: options.budget, isReplay: isReplay))
        let batch = (0..<24).map { index in
            let actions = [ReplyParser.Candidate(number: 0, words: "wait"), .init(number: 1, words: "go")]
            let view = DecisionView(agent: "a", rules: "R.", situation: "Place \(index % 8).", actions: actions)
            return DecisionRequest(
                copy: index, agent: 0, episode: 0, step: 0,
                prompt: template.prompt(for: view, mode: options.mode) { $0.utf8.count }, candidates: actions,
                random: CounterRandom(run: seed, purpose: .action).keyed(UInt64(index)))
        }
        return (try actor.act(batch).map(\.action), account.usage)
    }

    private func file() -> String { NSTemporaryDirectory() + "replies-\(UUID().uuidString).sqlite" }

    @Test(
        "A replay asks nothing, and has the actions and the numbers of the recorded run",
        arguments: ["", "mode=generate", "mode=generate&budget_calls=10", "mode=generate&budget_tokens=100"])
    func replay(options: String) throws {
        let path = file()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let recorded = try play(HashModel(), options, cache: try ReplyCache(path: path, mustExist: false))
        let silent = HashModel()
        let replayed = try play(silent, options, cache: try ReplyCache(path: path, mustExist: true), isReplay: true)
        #expect(silent.scored.isEmpty && silent.generated.isEmpty)
        #expect(replayed.actions == recorded.actions)
        var expected = recorded.usage
        expected.cached = expected.calls
        #expect(replayed.usage == expected)
    }

    @Test("A reply is another's if anything differs that it depends on")
    func keys() throws {
        let path = file()
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try play(HashModel(), "mode=generate", cache: try ReplyCache(path: path, mustExist: false))
        for (options, seed) in [
            ("mode=generate&temperature=0.5", 3 as UInt64), ("mode=generate&top_p=0.5", 3),
            ("mode=generate&max_tokens=3", 3),
            ("mode=generate", 4), ("mode=constrained", 3), ("mode=score", 3),
        ] {
            let error = #expect(throws: ArgusError.self) {
                _ = try play(
                    HashModel(), options, seed: seed, cache: try ReplyCache(path: path, mustExist: true), isReplay: true
                )
            }
            #expect(error?.what == "a reply is not in the recording", "\(options)")
        }
    }

    @Test("A failure is never kept")
    func failures() throws {
        let path = file()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let broken = HashModel()
        broken.fails = { _ in BackendFailure(.provider, "gone") }
        let lost = try play(broken, "", cache: try ReplyCache(path: path, mustExist: false))
        #expect(lost.actions.allSatisfy { $0 == nil })
        let model = HashModel()
        let again = try play(model, "", cache: try ReplyCache(path: path, mustExist: false))
        #expect(again.actions.allSatisfy { $0 != nil } && model.scored.count == 8)
    }

    @Test("A file that is missing or no cache is refused")
    func refused() throws {
        #expect(throws: ArgusError.self) { _ = try ReplyCache(path: "/nowhere/replies.sqlite", mustExist: true) }
        let path = file()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("not a database, but long enough to be looked at as one".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: ArgusError.self) { _ = try ReplyCache(path: path, mustExist: false) }
    }
}
