import ArgusHost
import PluginFixtures
import Testing

@Suite("Decentralised execution")
struct DecentralisedExecutionTests {
    /// Every kind of policy that is offered as decentralised here.
    private func policies(_ kind: String, _ vector: VectorEnvironment) throws -> [any AgentPolicy] {
        let agents = Array(vector.specification.agents.indices)
        let settings = PolicySettings(seed: 4)
        let members =
            kind == "random"
            ? try RandomPolicyProvider().makePolicies(
                argument: nil, agents: agents, environment: vector, settings: settings)
            : try ScriptedPolicyProvider().makePolicies(
                argument: kind, agents: agents, environment: vector, settings: settings)
        return try members.map { member in
            guard case .local(let policy) = member else {
                throw ArgusError(.policy, "centralised", at: kind, found: "a joint policy", expected: "a local one")
            }
            return policy
        }
    }

    @Test("Other agents' rows and the state do not change what an agent does", arguments: ["random", "local"])
    func poisonedRows(kind: String) throws {
        let vector = try VectorEnvironment(
            try PluginFixture.probe(), scenario: PluginFixture.probeScenario(horizon: 9), copies: 8)
        let play = RandomPlay(vector)
        // Two policies of each agent: one sees the rows as they are, the other with all else poisoned.
        let clean = try policies(kind, vector)
        let poisoned = try policies(kind, vector)
        let agents = clean.count
        try vector.reset(.stream(run: 1))
        for _ in 0..<25 {
            for agent in 0..<agents {
                try clean[agent].act(vector.local.rows(agent: agent), into: vector.actions.rows(agent: agent))
            }
            let expected = Array(vector.actions.allDiscrete)
            for agent in 0..<agents {
                let saved = Poison(vector, sparing: agent)
                vector.actions.allDiscrete.update(repeating: -77)
                try poisoned[agent].act(vector.local.rows(agent: agent), into: vector.actions.rows(agent: agent))
                saved.restore()
                for (index, action) in vector.actions.allDiscrete.enumerated() {
                    let isActing = vector.local.rows(agent: agent).isActing(index / agents)
                    let isOwn = index % agents == agent && isActing
                    #expect(action == (isOwn ? expected[index] : -77), "agent \(agent), row \(index)")
                }
            }
            try play.step()
        }
    }

    @Test("A scripted policy that sees the state is marked as centralised execution")
    func centralisedIsMarked() throws {
        let vector = try VectorEnvironment(
            try PluginFixture.probe(), scenario: PluginFixture.probeScenario(), copies: 2)
        func isCentralised(_ text: String) throws -> Bool {
            try Team(
                try TeamSpecification([text]), environment: vector,
                providers: [RandomPolicyProvider(), ScriptedPolicyProvider()], settings: PolicySettings(seed: 1)
            ).isCentralised
        }
        #expect(try isCentralised("scripted"))
        #expect(try isCentralised("scripted:joint"))
        #expect(try isCentralised("probe_0=scripted:joint,*=random"))
        #expect(try !isCentralised("scripted:local"))
        #expect(try !isCentralised("random"))
    }

    @Test("A team hands idle agents choice 0, and a joint policy writes its own agents' rows only")
    func teamWritesEveryRow() throws {
        let vector = try VectorEnvironment(
            try PluginFixture.probe(), scenario: PluginFixture.probeScenario(), copies: 4)
        let team = try Team(
            try TeamSpecification(["probe_0=scripted:joint,probe_1=random,probe_2=scripted:local"]),
            environment: vector, providers: [RandomPolicyProvider(), ScriptedPolicyProvider()],
            settings: PolicySettings(seed: 1))
        try vector.reset(.stream(run: 1))
        for step in 0..<12 {
            vector.actions.allDiscrete.update(repeating: -77)
            try team.act(on: vector)
            for copy in 0..<4 {
                for agent in 0..<3 {
                    let rows = vector.local.rows(agent: agent)
                    let action = vector.actions.discrete(copy: copy, agent: agent)[0]
                    guard rows.isActing(copy) else {
                        #expect(action == 0)
                        continue
                    }
                    let legal = try #require(rows.legal(copy))
                    #expect(legal[Int(action)] == 1, "step \(step), agent \(agent)")
                    if agent == 0 { #expect(Int(action) == legal.lastIndex(of: 1)) }
                }
            }
            try vector.step()
        }
    }

    @Test("A local baseline's memory begins anew with each episode, also where its agent does not act at first")
    func localMemory() throws {
        let vector = try VectorEnvironment(
            try PluginFixture.probe(), scenario: PluginFixture.probeScenario(horizon: 5), copies: 3, threads: 2)
        let policies = try policies("local", vector)
        try vector.reset(.stream(run: 1))
        // The baseline's first decision is choice 0, and all later ones are the last legal choice.
        var hasDecided = Array(repeating: [false, false, false], count: 3)
        for _ in 0..<23 {
            vector.actions.allDiscrete.update(repeating: 0)
            for agent in 0..<3 {
                let rows = vector.local.rows(agent: agent)
                try policies[agent].act(rows, into: vector.actions.rows(agent: agent))
                for copy in 0..<3 {
                    if rows.isStart(copy) { hasDecided[agent][copy] = false }
                    guard rows.isActing(copy), let legal = rows.legal(copy) else { continue }
                    let expected = hasDecided[agent][copy] ? legal.lastIndex(of: 1) ?? 0 : 0
                    #expect(Int(vector.actions.discrete(copy: copy, agent: agent)[0]) == expected)
                    hasDecided[agent][copy] = true
                }
            }
            try vector.step()
        }
    }
}

/// Overwrites everything that an agent must not see, and puts it back.
private struct Poison {
    private var puttingBack: [() -> Void] = []

    init(_ vector: VectorEnvironment, sparing agent: Int) {
        let agents = vector.specification.agents.count
        let layout = [
            (vector.specification.observationSize, vector.local.observations)
        ]
        for (width, rows) in layout { overwrite(rows, with: .nan) { $0 / width % agents != agent } }
        overwrite(vector.local.legal, with: 0xFF) { $0 / vector.specification.legalSize % agents != agent }
        overwrite(vector.local.acting, with: 0xFF) { $0 % agents != agent }
        overwrite(vector.central.states, with: .nan) { _ in true }
    }

    func restore() { for body in puttingBack { body() } }

    private mutating func overwrite<Element>(
        _ values: UnsafeBufferPointer<Element>, with poison: Element, where isHidden: (Int) -> Bool
    ) {
        let writable = UnsafeMutableBufferPointer(mutating: values)
        let saved = Array(values)
        for index in writable.indices where isHidden(index) { writable[index] = poison }
        puttingBack.append { _ = writable.update(from: saved) }
    }
}
