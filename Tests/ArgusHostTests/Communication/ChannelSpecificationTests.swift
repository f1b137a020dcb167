import ArgusEnvAPI
import ArgusHost
import PluginFixtures
import Testing

@Suite("An environment's specification with a channel")
struct ChannelSpecificationTests {
    private func mixed(_ environment: String, _ communication: Communication) throws -> VectorEnvironment {
        let library = try PluginLibrary(
            path: PluginFixture.library("mixed-agents", source: "Tests/python/mixed_agents.c"))
        var scenario = Scenario(id: "test/mixed", environment: environment, horizon: 10)
        scenario.communication = communication
        return try VectorEnvironment(library, scenario: scenario, copies: 2)
    }

    private func probe(_ communication: Communication?, groups: Int = 1) throws -> VectorEnvironment {
        var scenario = PluginFixture.probeScenario(groups: groups)
        scenario.communication = communication
        return try VectorEnvironment(try PluginFixture.probe(), scenario: scenario, copies: 2)
    }

    @Test("One more head, slots for the agents heard, the budget, and the state's copy of it")
    func parts() throws {
        let talk = try TalkingPlayers(.with { $0.symbols = 4 }, state: .native)
        let specification = talk.vector.specification
        #expect(specification.observationSize == talk.own + 1 + 2 * 4)
        #expect(specification.actions == .discrete(heads: [6, 5]))
        #expect(specification.actionNames.suffix(5) == ["silent", "symbol_1", "symbol_2", "symbol_3", "symbol_4"])
        #expect(specification.observationSegments.suffix(3).map(\.name) == ["messages_left", "message_0", "message_1"])
        #expect(specification.observationSegments.last.map { $0.offset + $0.count } == specification.observationSize)
        #expect(specification.observationBounds?.high.suffix(9) == [40, 1, 1, 1, 1, 1, 1, 1, 1])
        #expect(specification.observationBounds?.low.suffix(9).allSatisfy { $0 == 0 } == true)
        #expect(specification.agents.allSatisfy { $0.observationSize == specification.observationSize })
        #expect(specification.agents.allSatisfy { $0.actionSizes == [6, 5] })
        let state = try #require(specification.state)
        #expect(state.size == 3 * 4 + 3 * 9 && state.bounds?.low.count == state.size)
        #expect(state.segments.last?.name == "messages_of_player_2")
        #expect(talk.vector.central.size == state.size)
        #expect(
            talk.vector.metrics.suffix(4).map(\.name)
                == ["messages_sent", "characters_sent", "messages_dropped", "messages_lost"])
        try talk.vector.reset(.stream(run: 1))
        try talk.say([1: 3])
        // The state ends with what the players see.
        let parts = (0..<3).flatMap { talk.part($0) }
        #expect(Array(talk.vector.central.states.suffix(27)) == parts)
        #expect(parts.contains(1))
    }

    @Test("Texts alone change no row; no channel changes nothing at all")
    func textsAlone() throws {
        let none = try probe(nil)
        let texts = try probe(.with { $0.symbols = 0 })
        #expect(texts.specification == none.specification)
        #expect(texts.metrics.count == none.metrics.count + 4)
        #expect(texts.specificationHash == none.specificationHash)
    }

    @Test("Agents with fewer choices and components keep them; heads that they lack stay lacking")
    func trueSizes() throws {
        let vector = try mixed("mixed-heads", .with { $0.symbols = 2 })
        let agents = vector.specification.agents
        #expect(vector.specification.actions == .discrete(heads: [3, 4, 3]))
        #expect(agents.map(\.actionSizes) == [[3, 0, 3], [2, 4, 3]])
        #expect(agents.map(\.observationSize) == [4 + 1 + 2, 4 + 1 + 2])
        // The environment names no parts, so that its own have one name together.
        #expect(vector.specification.observationSegments.first?.name == "environment")
        try vector.reset(.stream(run: 1))
        let play = RandomPlay(vector)
        for _ in 0..<25 { try play.step() }
        // Agents that are heard by nobody have but silence to choose.
        let mute = try mixed("mixed-heads", .with { $0.topology = .receivers([[], [.name("listener")]]) })
        #expect(mute.specification.agents.map(\.actionSizes) == [[3, 0, 1], [2, 4, 9]])
        #expect(mute.specification.agents.map(\.observationSize) == [4 + 1 + 8, 4 + 1])
    }

    @Test("Continuous actions have no symbols, but texts")
    func continuousActions() throws {
        let error = argusError { _ = try mixed("mixed-continuous", Communication()) }
        #expect(error?.what == "symbols with continuous actions")
        #expect(error?.remedy == "'symbols: 0', which leaves texts")
        let vector = try mixed("mixed-continuous", .with { $0.symbols = 0 })
        try vector.reset(.stream(run: 1))
        #expect(vector.actions.rows(agent: 1).send(text: "hello", 0) == .sent)
        try vector.step()
        #expect(vector.local.rows(agent: 0).inbox(0).map(\.text) == ["hello"])
    }

    @Test("Named topologies stay within groups; lists are as they say")
    func topologies() throws {
        func receivers(_ topology: Communication.Topology, players: Int) throws -> [[Int]]? {
            try TalkingPlayers(.with { $0.topology = topology }, players: players).vector.hearers
        }
        #expect(try receivers(.all, players: 3) == [[1, 2], [0, 2], [0, 1]])
        #expect(try receivers(.ring, players: 5) == [[1, 4], [0, 2], [1, 3], [2, 4], [0, 3]])
        #expect(try receivers(.ring, players: 2) == [[1], [0]])
        #expect(try receivers(.star, players: 4) == [[1, 2, 3], [0], [0], [0]])
        #expect(
            try receivers(.receivers([[.name("player_2"), .index(1)], [], [.index(0)]]), players: 3)
                == [[1, 2], [], [0]])
        // The probe's second group is its last agent alone.
        #expect(try probe(Communication(), groups: 2).hearers == [[1], [0], []])
        let across = Communication.with { $0.topology = .receivers([[.index(2)], [], []]) }
        #expect(try probe(across, groups: 2).hearers == [[2], [], []])
    }

    @Test("Lists that do not fit the agents are refused with the file's line")
    func badLists() throws {
        func refusal(_ list: String) throws -> ArgusError? {
            let text =
                "scenario: a/b\nversion: 1\nenvironment: foraging\nparameters: {players: 2}\nhorizon: 10\n"
                + "communication: {topology: \(list)}\n"
            let scenario = try ScenarioFile.read(text: text, file: "s.yaml")
            let host = try EnvironmentHost()
            return argusError { _ = try host.makeVectorEnvironment(scenario, copies: 1) }
        }
        let count = try refusal("[[1]]")
        #expect(count?.place == "s.yaml:6, key 'communication.topology'" && count?.found == "1 lists of receivers")
        #expect(try refusal("[[player_11], [0]]")?.remedy == "'player_1'")
        #expect(try refusal("[[2], [0]]")?.found.contains("'2' of player_0") == true)
        #expect(try refusal("[[0], [0]]")?.found == "player_0 among its own receivers")
        #expect(try refusal("[[1, player_1], []]")?.found == "player_1 twice")
        #expect(try refusal("[[], []]")?.what == "a channel for nobody")
    }
}
