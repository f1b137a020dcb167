import ArgusEnvAPI
import ArgusHost
import ArgusLanguage
import PluginFixtures
import Testing

@Suite("What a language model is told")
struct DecentralisedPromptTests {
    /// Every message goes to the next agent alone.
    private final class Ring: MessageChannel {
        let characters = 80
        private let agents: Int
        private var boxes: [[ReceivedMessage]]

        init(agents: Int) {
            self.agents = agents
            boxes = Array(repeating: [], count: agents)
        }

        func inbox(copy: Int, agent: Int) -> [ReceivedMessage] {
            defer { boxes[agent] = [] }
            return boxes[agent]
        }

        func send(_ text: String, copy: Int, agent: Int) {
            boxes[(agent + 1) % agents].append(ReceivedMessage(from: "agent \(agent)", text: text))
        }
    }

    private func team(
        _ vector: VectorEnvironment, _ model: HashModel, _ options: String, channel: Ring? = nil
    ) throws -> Team {
        let catalog = ScenarioCatalog(root: PluginFixture.root + "/Scenarios")
        let provider = LanguagePolicyProvider(
            .init(catalog), localModels: { _ throws(ArgusError) in model }, channels: { _ in channel })
        return try Team(
            TeamSpecification(policy: "llm:hash?\(options)"), environment: vector, providers: [provider],
            settings: PolicySettings(seed: 5))
    }

    @Test(
        "A prompt is the template with the agent's own text, actions and memory, and nothing else", arguments: [0, 2])
    func ownTextAlone(history: Int) throws {
        let vector = try VectorEnvironment(
            try PluginFixture.probe(), scenario: PluginFixture.probeScenario(groups: 2, horizon: 5), copies: 3)
        let model = HashModel()
        let team = try team(vector, model, "mode=generate&history=\(history)")
        let template = try PromptTemplate(contentsOf: PluginFixture.root + "/Scenarios/language/prompt.yaml")
        try vector.reset(.stream(run: 1))
        let agents = vector.specification.agents
        var memory = Array(repeating: Array(repeating: [PastDecision](), count: agents.count), count: vector.copies)
        for _ in 0..<12 {
            // What each agent should be told, from its own calls and its own past.
            var views: [(copy: Int, agent: Int, view: DecisionView)] = []
            for copy in 0..<vector.copies {
                for agent in agents.indices {
                    let rows = vector.local.rows(agent: agent)
                    if rows.isStart(copy) { memory[copy][agent] = [] }
                    guard rows.isActing(copy), let legal = rows.legal(copy) else { continue }
                    let actions = try legal.indices.filter { legal[$0] != 0 }.map {
                        ReplyParser.Candidate(
                            number: $0, words: try vector.textAction(copy: copy, agent: agent, choice: $0))
                    }
                    let view = DecisionView(
                        agent: agents[agent].name, rules: try vector.textRules(agent: agent),
                        situation: try vector.textSituation(copy: copy, agent: agent), history: memory[copy][agent],
                        actions: actions)
                    views.append((copy, agent, view))
                }
            }
            let before = model.generated.count
            try team.act(on: vector)
            let sent = model.generated[before...].map(\.messages)
            #expect(sent.count == views.count)
            for (messages, expected) in zip(sent, views) {
                let prompt = template.prompt(for: expected.view, mode: .generate) { ($0.utf8.count + 2) / 3 }
                #expect(messages == prompt.messages)
                let action = Int(vector.actions.discrete(copy: expected.copy, agent: expected.agent)[0])
                memory[expected.copy][expected.agent].append(
                    PastDecision(
                        situation: expected.view.situation,
                        action: expected.view.actions.first { $0.number == action }?.words ?? "?"))
                memory[expected.copy][expected.agent] = memory[expected.copy][expected.agent].suffix(history)
            }
            try vector.step()
        }
    }

    @Test("A message reaches the prompt of the agent that it was sent to, and of no other")
    func messages() throws {
        let vector = try VectorEnvironment(
            try PluginFixture.probe(), scenario: PluginFixture.probeScenario(groups: 2, horizon: 50), copies: 1)
        let agents = vector.specification.agents.count
        let model = HashModel()
        var count = 0
        model.writes = { _ in
            count += 1
            return Generation(text: "Message: word<\(count)>\nAction: 0", finish: .stop)
        }
        let team = try team(vector, model, "mode=generate", channel: Ring(agents: agents))
        try vector.reset(.stream(run: 1))
        // Who was asked, in order: the k-th answer holds word<k>, from 1.
        var asked: [Int] = []
        for _ in 0..<6 {
            asked += (0..<agents).filter { vector.local.rows(agent: $0).isActing(0) }
            try team.act(on: vector)
            try vector.step()
        }
        var received = 0
        for (agent, request) in zip(asked, model.generated) {
            #expect(request.messages[0].content.contains("at most 80 characters"))
            for (index, speaker) in asked.enumerated()
            where request.messages[1].content.contains("agent \(speaker): word<\(index + 1)>") {
                received += 1
                #expect((speaker + 1) % agents == agent)
            }
        }
        #expect(received > agents)
        #expect(team.costs[0].usage.messages == asked.count && asked.count == model.generated.count)
    }

    @Test("What is written to nobody is not counted as sent", arguments: [true, false])
    func unheardMessages(hasChannel: Bool) throws {
        let vector = try VectorEnvironment(
            try PluginFixture.probe(), scenario: PluginFixture.probeScenario(horizon: 9), copies: 1)
        let model = HashModel()
        model.writes = { _ in Generation(text: "Message: hello\nAction: 0", finish: .stop) }
        let channel = hasChannel ? Ring(agents: vector.specification.agents.count) : nil
        let team = try team(vector, model, "mode=generate", channel: channel)
        try vector.reset(.stream(run: 1))
        try team.act(on: vector)
        #expect(model.generated.count > 0)
        #expect(team.costs[0].usage.messages == (hasChannel ? model.generated.count : 0))
    }

    @Test("Other agents' rows and the state do not change a prompt")
    func poisonedRows() throws {
        let vector = try VectorEnvironment(
            try PluginFixture.probe(), scenario: PluginFixture.probeScenario(horizon: 9), copies: 2)
        func prompts(poisoning: Bool) throws -> [[ChatMessage]] {
            let model = HashModel()
            let team = try team(vector, model, "")
            try vector.reset(.stream(run: 1))
            for _ in 0..<6 {
                if poisoning {
                    // All rows: a text comes from the environment, and no row or state may find its way into it here.
                    UnsafeMutableBufferPointer(mutating: vector.local.observations).update(repeating: 77)
                    UnsafeMutableBufferPointer(mutating: vector.central.states).update(repeating: 77)
                }
                try team.act(on: vector)
                try vector.step()
            }
            return model.scored.map(\.messages)
        }
        #expect(try prompts(poisoning: false) == prompts(poisoning: true))
    }

    @Test("A language model's episode that is given up counts as failed, and the others go on")
    func discardedEpisodes() throws {
        let vector = try VectorEnvironment(
            try PluginFixture.probe(), scenario: PluginFixture.probeScenario(horizon: 4), copies: 2)
        var reasons: [String] = []
        vector.failureNotes = FailureNotes { reasons.append($0) }
        let model = HashModel()
        let team = try team(vector, model, "budget_calls=9")
        let played = try vector.play(seeds: Array(0..<10)) { () throws(ArgusError) in try team.act(on: vector) }
        #expect(played.failed > 0 && played.failed + played.returns.count == 10)
        #expect(model.scored.count == 9)
        #expect(reasons.contains { $0.contains("the budget of 9 calls is used up") })
        #expect(team.costs.count == 1 && team.costs[0].usage.cutShort == played.failed)
        let counted = (0..<10).reduce(0.0) { $0 + (team.costs[0].costs(ofEpisode: UInt64($1))["calls"] ?? 0) }
        #expect(counted == 9)
    }
}
