import ArgusEnvAPI
import ArgusHost
import ArgusLanguage
import Foundation
import PluginFixtures
import Testing

@Suite("Asking a model for decisions")
struct LanguageActorTests {
    private let template: PromptTemplate

    init() throws {
        template = try PromptTemplate(contentsOf: PluginFixture.root + "/Scenarios/language/prompt.yaml")
    }

    private func actor(
        _ model: HashModel, _ options: String, isGreedy: Bool = false, account: LanguageAccount? = nil
    ) throws -> LanguageActor {
        let options = try LanguageOptions(options, defaultMode: .score, at: "test")
        let account = try account ?? self.account()
        return LanguageActor(
            model, options: options, template: template, isGreedy: isGreedy,
            source: ReplySource(cache: try ReplyCache(), account: account, budget: options.budget, isReplay: false))
    }

    private func account() throws -> LanguageAccount {
        LanguageAccount(
            model: "llm:hash", priced: "hash",
            prices: try PriceTable(contentsOf: PluginFixture.root + "/Scenarios/language/prices.yaml"))
    }

    private func request(
        _ situation: String, copy: Int = 0, step: Int = 0, words: [String] = ["wait", "go", "load it"],
        mode: ActingMode = .score
    ) -> DecisionRequest {
        let actions = words.enumerated().map { ReplyParser.Candidate(number: $0, words: $1) }
        let view = DecisionView(agent: "a", rules: "Rules.", situation: situation, actions: actions)
        return DecisionRequest(
            copy: copy, agent: 0, episode: UInt64(copy), step: step,
            prompt: template.prompt(for: view, mode: mode) { $0.utf8.count / 3 }, candidates: actions,
            random: CounterRandom(run: 1, purpose: .action).keyed(UInt64(copy)).keyed(UInt64(step)))
    }

    @Test("Scores become probabilities by the mean, the sum or the words' mean of the tokens' logarithms")
    func normalisation() throws {
        for (name, divisors) in [("token", [1.0, 1, 2]), ("sum", [1, 1, 1]), ("word", [1, 1, 2])] {
            let model = HashModel()
            let decision = try actor(model, "normalise=\(name)&temperature=2").act([request("Here.")])[0]
            let scores = try model.score(model.scored)[0].result.get().tokenLogProbabilities
            let weights = zip(scores, divisors).map { exp($0.0.reduce(0, +) / $0.1 / 2) }
            let expected = weights.map { $0 / weights.reduce(0, +) }
            let found = try #require(decision.probabilities)
            for (one, other) in zip(found, expected) { #expect(abs(one - other) < 1e-12) }
            #expect(abs(found.reduce(0, +) - 1) < 1e-12)
            let action = try #require(decision.action)
            #expect(abs(try #require(decision.logProbability) - log(expected[action])) < 1e-12)
            let entropy = -expected.reduce(0) { $0 + $1 * log($1) }
            #expect(abs(try #require(decision.entropy) - entropy) < 1e-12)
        }
    }

    @Test("Actions are drawn as often as their probability says")
    func frequencies() throws {
        let batch = (0..<4000).map { request("Here.", copy: $0) }
        let decisions = try actor(HashModel(), "").act(batch)
        let probabilities = try #require(decisions[0].probabilities)
        for (action, probability) in probabilities.enumerated() {
            let share = Double(decisions.count { $0.action == action }) / 4000
            // Four standard errors.
            #expect(abs(share - probability) < 4 * (probability * (1 - probability) / 4000).squareRoot() + 1e-9)
        }
    }

    @Test("Equal prompts of a batch and of later steps are asked once; what is drawn is each decision's own")
    func equalPromptsAreAskedOnce() throws {
        let model = HashModel()
        let account = try account()
        let actor = try actor(model, "", account: account)
        let batch = (0..<64).map { request("Place \($0 % 4).", copy: $0) }
        let decisions = try actor.act(batch)
        #expect(model.scored.count == 4)
        #expect(Set(decisions.map(\.action)).count > 1)
        _ = try actor.act(batch)
        #expect(model.scored.count == 4)
        #expect(account.usage.calls == 4)
        // Decision by decision it is the same.
        for (request, decision) in zip(batch, decisions).shuffled() {
            #expect(try actor.act([request])[0].action == decision.action)
        }
    }

    @Test("In greedy play the most probable action is taken, and equal prompts have one reply")
    func greedy() throws {
        let decisions = try actor(HashModel(), "", isGreedy: true).act((0..<20).map { request("Here.", copy: $0) })
        let probabilities = try #require(decisions[0].probabilities)
        let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] }
        #expect(decisions.allSatisfy { $0.action == best && $0.logProbability == 0 && $0.entropy == 0 })
        let model = HashModel()
        _ = try actor(model, "mode=generate", isGreedy: true).act((0..<20).map { request("Here.", copy: $0) })
        #expect(model.generated.count == 1 && model.generated[0].temperature == 0)
    }

    @Test("A reply's seed is the decision's own, so that the order of asking changes nothing")
    func seeds() throws {
        let model = HashModel()
        let batch = (0..<30).map { request("Here.", copy: $0) }
        let forwards = try actor(model, "mode=generate").act(batch)
        let backwards = try actor(HashModel(), "mode=generate").act(batch.reversed())
        #expect(forwards.map(\.action) == backwards.reversed().map(\.action))
        #expect(Set(model.generated.map(\.seed)).count == 30)
    }

    @Test("Where one action's words begin another's, none is scored as a part of the other")
    func prefixes() throws {
        let model = HashModel()
        _ = try actor(model, "").act([
            request("Here.", words: ["load", "load shelf"]), request("Here.", words: ["go", "load"]),
        ])
        #expect(model.scored[0].continuations == [" load\n", " load shelf\n"])
        #expect(model.scored[1].continuations == [" go", " load"])
    }

    @Test("What the model lacks is refused with its reason", arguments: [ActingMode.score, .constrained])
    func missingCapabilities(mode: ActingMode) throws {
        let model = HashModel()
        model.lacking = BackendCapabilities(scoring: "no echo", constraining: "no grammar")
        let error = #expect(throws: ArgusError.self) { _ = try actor(model, "mode=\(mode)").act([request("Here.")]) }
        #expect(error?.found == (mode == .score ? "no echo" : "no grammar"))
        #expect(model.scored.isEmpty && model.generated.isEmpty)
    }

    @Test("A reply that names no action takes the fallback that was configured, and says so")
    func fallbacks() throws {
        func decide(_ options: String) throws -> LanguageDecision {
            let model = HashModel()
            model.writes = { _ in Generation(text: "Action: dance", finish: .stop) }
            return try actor(model, "mode=generate&" + options).act([request("Here.")])[0]
        }
        let noop = try decide("fallback=noop")
        #expect(noop.action == 0 && noop.fallback == .noop && noop.outcome == .illegal)
        let random = try decide("fallback=random")
        #expect(random.action != nil && random.fallback == .random)
        let fail = try decide("fallback=fail")
        #expect(fail.action == nil && fail.outcome == .illegal)
    }

    @Test("A model that was not understood is asked once more and told why; both questions are paid for")
    func reask() throws {
        let model = HashModel()
        model.writes = { request in
            Generation(text: request.messages.count > 2 ? "Action: 1" : "Action: dance", finish: .stop)
        }
        let account = try account()
        let decision = try actor(model, "mode=generate&reask=1", account: account).act([request("Here.")])[0]
        #expect(decision.action == 1 && decision.outcome == .repaired && decision.isReasked)
        #expect(decision.usage == TokenUsage(prompt: 20, completion: 10) && account.usage.calls == 2)
        #expect(model.generated[1].messages.suffix(2).map(\.role) == [.assistant, .user])
        #expect(model.generated[1].messages.last?.content.contains("'dance' is none") ?? false)
    }

    @Test("A server's failure takes no fallback: there is no action")
    func failures() throws {
        for (kind, outcome) in [(BackendFailure.Kind.timeout, ParseOutcome.timeout), (.provider, .providerError)] {
            let model = HashModel()
            model.fails = { _ in BackendFailure(kind, "gone") }
            let decision = try actor(model, "mode=generate&fallback=random&reask=1").act([request("Here.")])[0]
            #expect(decision.action == nil && decision.outcome == outcome && decision.problem == "gone")
            #expect(decision.fallback == nil && model.generated.count == 1)
        }
    }

    @Test("Nothing is asked beyond the budget, and what was not asked has no outcome")
    func budget() throws {
        let model = HashModel()
        let decisions = try actor(model, "budget_calls=3").act((0..<9).map { request("Place \($0).") })
        #expect(model.scored.count == 3)
        #expect(decisions.prefix(3).allSatisfy { $0.action != nil })
        #expect(decisions.dropFirst(3).allSatisfy { $0.action == nil && $0.outcome == nil })
        #expect(decisions[5].problem == "the budget of 3 calls is used up")
    }

    @Test("A constrained reply is one of the actions' words; another is malformed")
    func constrained() throws {
        let model = HashModel()
        let decisions = try actor(model, "mode=constrained").act((0..<20).map { request("Place \($0).") })
        #expect(decisions.allSatisfy { $0.outcome == .ok && $0.action != nil })
        #expect(model.generated[0].choices == ["wait", "go", "load it"])
        model.writes = { _ in Generation(text: "GO", finish: .stop) }
        #expect(try actor(model, "mode=constrained").act([request("There.")])[0].outcome == .malformed)
    }
}
