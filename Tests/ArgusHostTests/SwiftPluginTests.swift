import ArgusEnvAPI
import ArgusHost
import Testing

/// An environment in Swift with continuous actions, whose specification contradicts itself as `flaw` says.
private struct Drifter: Environment {
    typealias Action = Float

    var position: Float = 0
    var step = 0
    let flaw: String

    static let flaws = ["none", "names", "bounds", "sizes", "group", "quanta", "segment", "empty"]
    static let descriptor = EnvironmentDescriptor(
        id: "drifter", version: "1", summary: "Two agents push a point.", rules: "",
        parameters: [
            ParameterDescriptor("flaw", .choice(flaws), default: .string("none"), "What is wrong."),
            ParameterDescriptor("wind", .number(-.infinity ... .infinity), default: .number(0), "Any number."),
        ], capabilities: [.text, .snapshot])

    static func specification(_ parameters: ParameterValues) throws -> EnvironmentSpecification {
        let flaw = try parameters.string("flaw")
        return EnvironmentSpecification(
            agents: [
                AgentSpecification(name: "left", role: "left"),
                AgentSpecification(
                    name: "right", role: "right", group: flaw == "group" ? 1 : 0,
                    actionSizes: flaw == "sizes" ? [] : nil),
            ], observationSize: flaw == "empty" ? 0 : 2,
            observationBounds: flaw == "bounds" ? Bounds(-1...1, count: 1) : nil,
            observationSegments: flaw == "segment" ? [Segment("a", offset: -1, count: 3, "")] : [],
            actions: .continuous(size: 1, bounds: Bounds(low: [-2], high: [-1])),
            actionNames: flaw == "names" ? ["push"] : [], rewardScope: .group)
    }

    init(parameters: ParameterValues) throws { flaw = try parameters.string("flaw") }

    func textQuanta() -> [Float] { flaw == "quanta" ? [0.1] : [] }

    mutating func reset(seed: UInt64) {
        position = Float(seed % 16) / 16
        step = 0
    }

    mutating func step(_ actions: Rows<Float>, _ frame: Frame) {
        step += 1
        position += actions[first: 0] + (step % 2 == 0 ? actions[first: 1] : 0)
        frame.rewards[first: 0] = position
    }

    func observe(_ frame: Frame) {
        for agent in 0..<2 {
            frame.observations[agent][0] = position
            frame.observations[agent][1] = Float(step)
        }
        // The right one acts at odd steps. Acting is 1 unless written.
        if step % 2 == 0 { frame.acting[first: 1] = 0 }
    }

    func snapshot() -> [UInt8] { [UInt8(step), UInt8(truncatingIfNeeded: Int(position.bitPattern >> 16))] }

    mutating func restore(_ bytes: [UInt8]) throws {
        // Changes itself before it looks: the SDK must not let that show.
        step = 77
        guard bytes.count == 2, bytes[0] < 50 else { throw EpisodeFailure("not a drifter's state") }
        step = Int(bytes[0])
        position = Float(bytes[1])
    }
}

private let plugin = Plugin(name: "drifter", version: "1", environments: [.environment(Drifter.self)])

@Suite("Environments in Swift, continuous actions")
struct SwiftPluginTests {
    private func environment(flaw: String = "none", wind: Double = 0, horizon: Int = 10, copies: Int = 1) throws
        -> VectorEnvironment
    {
        let library = try PluginLibrary(linked: try #require(plugin.entry), name: "drifter, linked")
        let scenario = Scenario(
            id: "test/drifter", environment: "drifter",
            parameters: ["flaw": .string(flaw), "wind": .number(wind)], horizon: horizon)
        return try VectorEnvironment(library, scenario: scenario, copies: copies)
    }

    @Test(
        "A specification that contradicts itself is an error in words, not a read beyond an array",
        arguments: [
            ("names", "1 action names, expected 0"), ("bounds", "1 lower bounds of the observation, expected 2"),
            ("sizes", "0 action sizes of agent 'right', expected 1"), ("group", "group 1 of agent 'right'"),
            ("quanta", "textQuanta() has 1 entries, expected none or 2"), ("segment", "segment 'a'"),
            ("empty", "observations of 0 components"),
        ])
    func contradictions(flaw: String, words: String) {
        let error = argusError { _ = try environment(flaw: flaw) }
        #expect(error?.code == .plugin)
        #expect(error?.found.contains(words) == true, "\(String(describing: error))")
    }

    @Test("A number that JSON cannot carry is refused, not dropped with all other parameters")
    func infiniteParameter() {
        let error = argusError { _ = try environment(wind: .infinity) }
        #expect(error?.description.contains("wind") == true)
    }

    @Test("Random actions are within the bounds, and idle rows get the number in bounds that is nearest to 0")
    func continuousActions() throws {
        let vector = try environment(copies: 8)
        let team = try Team(
            TeamSpecification(policy: "random"), environment: vector, providers: [RandomPolicyProvider()],
            settings: PolicySettings(seed: 1))
        try vector.reset(.stream(run: 1))
        var seen: Set<Float> = []
        for step in 0..<30 {
            for copy in 0..<8 {
                for agent in 0..<2 { vector.actions.continuous(copy: copy, agent: agent)[0] = .nan }
            }
            try team.act(on: vector)
            for copy in 0..<8 {
                for agent in 0..<2 {
                    let action = vector.actions.continuous(copy: copy, agent: agent)[0]
                    #expect(action >= -2 && action <= -1, "step \(step)")
                    if !vector.local.rows(agent: agent).isActing(copy) { #expect(action == -1) }
                    seen.insert(action)
                }
            }
            try vector.step()
        }
        #expect(seen.count > 200)
    }

    @Test("A continuous action out of bounds names agent and component", arguments: [Float.nan, -2.1, 0, .infinity])
    func outOfBounds(action: Float) throws {
        let vector = try environment()
        try vector.reset(.stream(run: 1))
        for agent in 0..<2 { vector.actions.continuous(copy: 0, agent: agent)[0] = -1 }
        vector.actions.continuous(copy: 0, agent: 1)[0] = action
        let error = argusError { try vector.step() }
        #expect(error?.code == .policy)
        #expect(error?.description.contains("agent right") == true)
        #expect(error?.description.contains("expected -2.0 to -1.0") == true)
    }

    @Test("A restore writes acting rows anew")
    func restore() throws {
        let vector = try environment(copies: 2)
        try vector.reset(.list([1, 2]))
        func step() throws {
            for copy in 0..<2 {
                for agent in 0..<2 { vector.actions.continuous(copy: copy, agent: agent)[0] = -1 }
            }
            try vector.step()
        }
        try step()
        let odd = try vector.snapshot(copy: 0)
        #expect(vector.local.acting.elementsEqual([1, 1, 1, 1]))
        try step()
        #expect(vector.local.acting.elementsEqual([1, 0, 1, 0]))
        try vector.restore(copy: 1, from: odd)
        #expect(vector.local.acting.elementsEqual([1, 0, 1, 1]))
    }

    @Test("A restore that the environment refuses leaves the copy as it was")
    func refusedRestore() throws {
        let vector = try environment()
        try vector.reset(.list([60]))
        let before = try vector.snapshot(copy: 0)
        // The horizon is 10, but a drifter's state after 200 steps saves a step that it does not take back.
        let longer = try environment(horizon: 1000)
        try longer.reset(.list([60]))
        for _ in 0..<200 { try stepOnce(longer) }
        let late = try longer.snapshot(copy: 0)
        let error = argusError { try vector.restore(copy: 0, from: late) }
        #expect(error?.code == .checkpoint)
        #expect(error?.found.contains("not a drifter's state") == true)
        #expect(try vector.snapshot(copy: 0) == before)
        try stepOnce(vector)
        #expect(vector.local.observations[1] == 1)
    }

    private func stepOnce(_ vector: VectorEnvironment) throws {
        for agent in 0..<2 { vector.actions.continuous(copy: 0, agent: agent)[0] = -1 }
        try vector.step()
    }
}
