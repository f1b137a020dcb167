import ArgusEnvAPI
import SkirmishRules
import Testing

/// One copy with the host's buffers, which it steps as the host does.
final class PlayedEnvironment {
    let specification: EnvironmentSpecification
    var environment: SkirmishEnvironment
    let frame: Frame
    private let observations: UnsafeMutablePointer<Float>
    private let legal: UnsafeMutablePointer<UInt8>
    private let flags: UnsafeMutablePointer<UInt8>
    private let rewards: UnsafeMutablePointer<Float>
    private let state: UnsafeMutablePointer<Float>
    private let actions: UnsafeMutablePointer<Int32>

    var agents: Int { specification.agents.count }

    init(_ given: [String: String]) throws {
        let parameters = try Self.parameters(given)
        specification = try SkirmishEnvironment.specification(parameters)
        environment = try SkirmishEnvironment(parameters: parameters)
        let agents = specification.agents.count
        let stateSize = try #require(specification.state).size
        observations = .allocate(capacity: agents * specification.observationSize)
        observations.initialize(repeating: .nan, count: agents * specification.observationSize)
        legal = .allocate(capacity: agents * specification.legalSize)
        legal.initialize(repeating: 7, count: agents * specification.legalSize)
        flags = .allocate(capacity: 2 * agents + 1)
        flags.initialize(repeating: 0, count: 2 * agents + 1)
        rewards = .allocate(capacity: 3)
        rewards.initialize(repeating: 0, count: 3)
        state = .allocate(capacity: stateSize)
        state.initialize(repeating: .nan, count: stateSize)
        actions = .allocate(capacity: agents)
        actions.initialize(repeating: 0, count: agents)
        frame = Frame(
            observations: Rows(
                base: observations, stride: 4 * specification.observationSize, count: agents,
                width: specification.observationSize),
            legal: Rows(base: legal, stride: specification.legalSize, count: agents, width: specification.legalSize),
            acting: Rows(base: flags, stride: 1, count: agents, width: 1),
            terminated: Rows(base: flags + agents, stride: 1, count: agents, width: 1),
            rewards: Rows(base: rewards, stride: 4, count: specification.rewardRows, width: 1),
            state: Row(state, count: stateSize), ended: flags + 2 * agents, elapsedTime: rewards + 2)
    }

    deinit {
        observations.deallocate()
        legal.deallocate()
        flags.deallocate()
        rewards.deallocate()
        state.deallocate()
        actions.deallocate()
    }

    static func parameters(_ given: [String: String]) throws -> ParameterValues {
        try ParameterValues(given.mapValues { .string($0) }, for: SkirmishEnvironment.descriptor.parameters)
    }

    private func prepare() {
        frame.acting.fill(1)
        frame.terminated.fill(0)
        frame.rewards.fill(0)
        flags[2 * agents] = 0
    }

    func reset(seed: UInt64) {
        prepare()
        environment.reset(seed: seed)
        environment.observe(frame)
    }

    func restore(_ bytes: [UInt8]) throws {
        try environment.restore(bytes)
        prepare()
        environment.observe(frame)
    }

    func restore(json: String) throws { try restore(Array(json.utf8)) }

    /// Makes a step with the actions in `choices`.
    func step() {
        prepare()
        environment.step(Rows(base: actions, stride: 4, count: agents, width: 1), frame)
        if isOver { frame.terminated.fill(1) }
        environment.observe(frame)
    }

    func step(_ choices: [Int32]) {
        for (agent, choice) in choices.enumerated() { self[choice: agent] = choice }
        step()
    }

    subscript(choice agent: Int) -> Int32 {
        get { actions[agent] }
        set { actions[agent] = newValue }
    }

    func chooseRandomly(_ random: inout SplitMix64) {
        for agent in 0..<agents {
            let legal = legalChoices(agent)
            actions[agent] = Int32(legal[random.below(legal.count)])
        }
    }

    /// Asks a baseline for the agents of one team; all zero memories begin an episode.
    func choose(_ baseline: String, allies: Bool = true, _ memories: inout [[UInt8]]) {
        guard let index = SkirmishEnvironment.baselines.firstIndex(where: { $0.name == baseline }) else { return }
        let team = (0..<agents).filter { frame.acting[first: $0] != 0 && environment.battle.isAlly($0) == allies }
        if SkirmishEnvironment.baselines[index].seesState {
            var asked = (0..<agents).map { UInt8(team.contains($0) ? 1 : 0) }
            asked.withUnsafeMutableBufferPointer { asked in
                guard let base = asked.baseAddress else { return }
                environment.actJointly(
                    baseline: index, agents: Row(base, count: agents),
                    actions: Rows(base: actions, stride: 4, count: agents, width: 1))
            }
            return
        }
        for agent in team {
            let row = frame.observations[agent]
            memories[agent].withUnsafeMutableBytes { memory in
                environment.actLocally(
                    baseline: index, agent: agent,
                    observation: UnsafeBufferPointer(start: row.pointer, count: row.count),
                    legal: UnsafeBufferPointer(
                        start: legal + agent * specification.legalSize, count: specification.legalSize),
                    memory: memory, action: Row(actions + agent, count: 1))
            }
        }
    }

    func emptyMemories() -> [[UInt8]] {
        let size = SkirmishEnvironment.baselines.map(\.memorySize).max() ?? 0
        return Array(repeating: Array(repeating: 0, count: size), count: agents)
    }

    var isOver: Bool { flags[2 * agents] != 0 }
    func observation(_ agent: Int) -> [Float] {
        let row = frame.observations[agent]
        return Array(UnsafeBufferPointer(start: row.pointer, count: row.count))
    }
    func legalRow(_ agent: Int) -> [UInt8] {
        Array(UnsafeBufferPointer(start: legal + agent * specification.legalSize, count: specification.legalSize))
    }
    func legalChoices(_ agent: Int) -> [Int] { legalRow(agent).indices.filter { legalRow(agent)[$0] == 1 } }
    var globalState: [Float] { Array(UnsafeBufferPointer(start: state, count: specification.state?.size ?? 0)) }
    func reward(_ group: Int) -> Float { rewards[group] }
    var metrics: [String: Double] {
        let names = SkirmishEnvironment.metrics.map(\.name)
        let values = [Double](unsafeUninitializedCapacity: names.count) { buffer, count in
            environment.writeMetrics(UnsafeMutableBufferPointer(rebasing: buffer[0..<names.count]))
            count = names.count
        }
        return Dictionary(uniqueKeysWithValues: zip(names, values))
    }
}

/// A state in the form of the reference's transitions, with one unit a line.
struct WrittenState {
    struct Unit {
        var type = 0
        var x: Float
        var y: Float
        var health: Float = 45
        var cooldown: Float = 0
    }

    var units: [Unit]
    var noise: Float?
    var step = 0

    var json: String {
        func list<T>(_ values: [T]) -> String { "[" + values.map { "\($0)" }.joined(separator: ",") + "]" }
        let zeros = units.map { _ in 0 }
        var text = """
            {"types":\(list(units.map(\.type))),"before":{"positions":\(list(units.flatMap { [$0.x, $0.y] })),\
            "health":\(list(units.map(\.health))),"cooldowns":\(list(units.map(\.cooldown))),\
            "alive":\(list(units.map { $0.health > 0 ? 1 : 0 })),"step":\(step),"previous_moves":\(list(zeros + zeros)),\
            "previous_attacks":\(list(zeros))},"masks":"ignored"
            """
        if let noise { text += ",\"cooldown_noise\":\(list((0..<8).map { _ in list(units.map { _ in noise }) }))" }
        return text + "}"
    }

    /// Three marines on each side, far from each other unless placed otherwise.
    static func marines(allies: [(Float, Float)], enemies: [(Float, Float)]) -> WrittenState {
        WrittenState(units: (allies + enemies).map { Unit(x: $0.0, y: $0.1) })
    }
}
