import ArgusEnvAPI
import ArgusHost
import ArgusLanguage
import PluginFixtures
import Testing

@Suite("Language models where agents have symbols")
struct SymbolsBesideTextsTests {
    private func probe(symbols: Int, characters: Int = 120, copies: Int = 3) throws -> VectorEnvironment {
        var scenario = PluginFixture.probeScenario(horizon: 8)
        var communication = Communication()
        communication.symbols = symbols
        communication.characters = characters
        scenario.communication = communication
        return try VectorEnvironment(try PluginFixture.probe(), scenario: scenario, copies: copies)
    }

    private func team(_ policy: String, _ vector: VectorEnvironment, _ model: HashModel) throws -> Team {
        let provider = LanguagePolicyProvider(
            .init(ScenarioCatalog(root: PluginFixture.root + "/Scenarios")),
            localModels: { _ throws(ArgusError) in model })
        return try Team(
            TeamSpecification([policy]), environment: vector, providers: [provider, RandomPolicyProvider()],
            settings: PolicySettings(seed: 5))
    }

    /// The words of the actions that a prompt lists.
    private func listed(_ messages: [ChatMessage]) -> [String] {
        guard let list = messages.last?.content.split(separator: "You can:\n").last else { return [] }
        return list.split(separator: "\n").map { String($0.drop { $0 != " " }.dropFirst()) }
    }

    @Test(
        "A model is asked for the environment's own action, and its symbol is silence",
        arguments: ["mode=score", "mode=constrained", "mode=generate", "mode=generate&fallback=random"])
    func ownActionsAlone(options: String) throws {
        let vector = try probe(symbols: 2)
        let model = HashModel()
        if options.hasSuffix("random") {
            model.writes = { _ in Generation(text: "Action: send symbol 1", finish: .stop) }
        }
        let name = vector.specification.agents[0].name
        let team = try team("\(name)=llm:hash?\(options),*=random", vector, model)
        try vector.reset(.stream(run: 1))
        var others: Set<Int32> = []
        var chosen: Set<Int32> = []
        for _ in 0..<24 {
            // Whatever the rows held before.
            vector.actions.allDiscrete.update(repeating: 2)
            try team.act(on: vector)
            for copy in 0..<vector.copies {
                let rows = vector.local.rows(agent: 0)
                if rows.isActing(copy), let legal = rows.legal(copy) {
                    let row = vector.actions.discrete(copy: copy, agent: 0)
                    chosen.insert(row[0])
                    #expect(row.count == 2 && row[1] == 0 && legal[Int(row[0])] == 1)
                }
                others.insert(vector.actions.discrete(copy: copy, agent: 1)[1])
            }
            try vector.step()
        }
        #expect(others == [0, 1, 2] && chosen.count > 1)
        let prompts = model.scored.map(\.messages) + model.generated.map(\.messages)
        #expect(prompts.count > 24)
        for messages in prompts {
            let words = listed(messages)
            #expect(!words.isEmpty && Set(words).isSubset(of: ["rest", "left", "right"]))
            #expect(!messages[0].content.contains("symbol"))
            #expect(messages[0].content.contains("a text of up to 120 characters."))
        }
        for request in model.scored { #expect(request.continuations.count == listed(request.messages).count) }
        for request in model.generated where options == "mode=constrained" {
            #expect(request.choices == listed(request.messages))
        }
        // What others send it, it reads.
        for symbol in 1...2 { #expect(prompts.contains { $0[1].content.contains("sent symbol \(symbol)") }) }
        if options.hasSuffix("random") { #expect(team.costs[0].usage.fallbacks == prompts.count) }
    }

    @Test("Among language models a channel with symbols is one without: the same prompts and the same actions")
    func nothingOfSymbols() throws {
        func play(symbols: Int) throws -> (prompts: [[ChatMessage]], actions: [Int32]) {
            let vector = try probe(symbols: symbols)
            let model = HashModel()
            let team = try team("llm:hash?mode=score", vector, model)
            try vector.reset(.stream(run: 1))
            var actions: [Int32] = []
            for _ in 0..<12 {
                try team.act(on: vector)
                for copy in 0..<vector.copies {
                    for agent in vector.specification.agents.indices {
                        actions.append(vector.actions.discrete(copy: copy, agent: agent)[0])
                    }
                }
                try vector.step()
            }
            return (model.scored.map(\.messages), actions)
        }
        let texts = try play(symbols: 0)
        let both = try play(symbols: 2)
        #expect(texts.prompts == both.prompts && texts.actions == both.actions)
        #expect(Set(both.actions).count > 1)
    }

    @Test("Where there are symbols alone, a model is not told that it may send anything")
    func symbolsAlone() throws {
        let vector = try probe(symbols: 2, characters: 0)
        let model = HashModel()
        let team = try team("\(vector.specification.agents[0].name)=llm:hash,*=random", vector, model)
        try vector.reset(.stream(run: 1))
        for _ in 0..<6 {
            try team.act(on: vector)
            try vector.step()
        }
        #expect(!model.scored.isEmpty)
        for request in model.scored {
            #expect(!request.messages.contains { $0.content.contains("may send") })
            #expect(request.messages[0].content.contains("reach you one step after they were sent"))
        }
    }

    @Test("Several choices of the environment's own, or a continuous action, are refused with what was found")
    func otherActions() throws {
        let plugin = Plugin(
            name: "movers", version: "1", environments: [.environment(Walker.self), .environment(Drifter.self)])
        let library = try PluginLibrary(linked: try #require(plugin.entry), name: "movers, linked")
        for (environment, symbols, words) in [
            ("walker", 0, "2 choices a decision"), ("walker", 2, "2 choices a decision"),
            ("drifter", 0, "continuous actions"),
        ] {
            var scenario = Scenario(id: "test/\(environment)", environment: environment, horizon: 5)
            var communication = Communication()
            communication.symbols = symbols
            scenario.communication = communication
            let vector = try VectorEnvironment(library, scenario: scenario, copies: 1)
            let error = #expect(throws: ArgusError.self) { _ = try team("llm:hash", vector, HashModel()) }
            #expect(error?.code == .policy)
            #expect(error?.found.contains(words) == true, "\(String(describing: error))")
        }
    }
}

/// Two agents that choose a direction and a pace.
private struct Walker: Environment {
    static let descriptor = EnvironmentDescriptor(
        id: "walker", version: "1", summary: "Two agents walk.", rules: "", parameters: [], capabilities: [.text])

    private var sum: Float = 0

    init(parameters: ParameterValues) throws {}

    static func specification(_ parameters: ParameterValues) throws -> EnvironmentSpecification {
        EnvironmentSpecification(
            agents: ["a", "b"].map { AgentSpecification(name: $0, role: "walker") }, observationSize: 1,
            actions: .discrete(heads: [3, 2]), rewardScope: .group)
    }

    mutating func reset(seed: UInt64) { sum = 0 }
    mutating func step(_ actions: Rows<Int32>, _ frame: Frame) { sum += Float(actions[0][0] * actions[1][1]) }
    func observe(_ frame: Frame) {
        for agent in 0..<2 { frame.observations[agent][0] = sum }
    }
}

/// Two agents that push a point.
private struct Drifter: Environment {
    typealias Action = Float

    static let descriptor = EnvironmentDescriptor(
        id: "drifter", version: "1", summary: "Two agents push.", rules: "", parameters: [], capabilities: [.text])

    private var sum: Float = 0

    init(parameters: ParameterValues) throws {}

    static func specification(_ parameters: ParameterValues) throws -> EnvironmentSpecification {
        EnvironmentSpecification(
            agents: ["a", "b"].map { AgentSpecification(name: $0, role: "drifter") }, observationSize: 1,
            actions: .continuous(size: 1, bounds: Bounds(low: [-1], high: [1])), rewardScope: .group)
    }

    mutating func reset(seed: UInt64) { sum = 0 }
    mutating func step(_ actions: Rows<Float>, _ frame: Frame) { sum += actions[first: 0] }
    func observe(_ frame: Frame) {
        for agent in 0..<2 { frame.observations[agent][0] = sum }
    }
}
