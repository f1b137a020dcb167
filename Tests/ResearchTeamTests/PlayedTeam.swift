import ArgusEnvAPI
import ResearchTeamRules

/// An environment with the host's rows, played by hand or by scripted policies.
final class PlayedTeam {
    let specification: EnvironmentSpecification
    let configuration: ResearchConfiguration
    var environment: ResearchEnvironment
    private(set) var observations: [[Float]] = []
    private(set) var legal: [[UInt8]] = []
    private(set) var state: [Float] = []
    private(set) var reward: Float = 0
    private(set) var isOver = false
    private(set) var steps = 0
    private(set) var total: Float = 0

    private let memory: HostRows

    init(_ parameters: [String: ParameterValue], seed: UInt64 = 0) throws {
        let values = try ParameterValues(parameters, for: ResearchEnvironment.descriptor.parameters)
        specification = try ResearchEnvironment.specification(values)
        environment = try ResearchEnvironment(parameters: values)
        configuration = environment.game.configuration
        memory = HostRows(specification)
        begin(seed)
    }

    var agents: Int { specification.agents.count }

    func begin(_ seed: UInt64) {
        environment.reset(seed: seed)
        begun()
    }

    /// Begins an episode with a given problem.
    func begin(_ problem: EvidenceProblem, chance: UInt64 = 0) throws {
        var game = environment.game
        game.begin(problem, chance: SplitMix64(seed: chance))
        try environment.restore(game.serialise())
        begun()
    }

    private func begun() {
        (steps, total, isOver, reward) = (0, 0, false, 0)
        look()
    }

    func look() {
        environment.observe(memory.frame)
        observations = memory.observations
        legal = memory.legal
        state = memory.state
    }

    /// Makes a step; every agent not named waits.
    @discardableResult
    func step(_ choices: [Int: ResearchChoice]) -> Float {
        step(
            (0..<agents).map { agent in
                Int32(choices[agent].map { configuration.number(agent: agent, $0) } ?? 0)
            })
    }

    @discardableResult
    func step(_ actions: [Int32]) -> Float {
        memory.begin(actions)
        environment.step(memory.actions, memory.frame)
        (reward, isOver) = (memory.reward, memory.isOver)
        steps += 1
        total += reward
        look()
        return reward
    }

    /// What a baseline chooses for each agent.
    func choices(_ baseline: String) -> [Int32] {
        let index = ResearchEnvironment.baselines.firstIndex { $0.name == baseline } ?? 0
        if ResearchEnvironment.baselines[index].seesState {
            memory.begin(Array(repeating: 0, count: agents))
            var asked = [UInt8](repeating: 1, count: agents)
            asked.withUnsafeMutableBufferPointer { asked in
                guard let base = asked.baseAddress else { return }
                environment.actJointly(
                    baseline: index, agents: Row(base, count: agents), actions: memory.actions)
            }
            return memory.chosen
        }
        return (0..<agents).map { agent in
            var action: Int32 = -1
            observations[agent].withUnsafeBufferPointer { row in
                withUnsafeMutablePointer(to: &action) { action in
                    environment.actLocally(
                        baseline: index, agent: agent, observation: row, legal: nil,
                        memory: UnsafeMutableRawBufferPointer(start: nil, count: 0), action: Row(action, count: 1))
                }
            }
            return action
        }
    }

    /// Plays an episode; returns the team's return.
    func play(_ baseline: String) -> Float {
        while !isOver { step(choices(baseline)) }
        return total
    }

    /// A legal choice of each agent at random.
    func randomActions(_ random: inout SplitMix64) -> [Int32] {
        legal.map { row in
            let choices = row.indices.filter { row[$0] == 1 }
            return Int32(choices[random.below(choices.count)])
        }
    }

    var metrics: [String: Double] {
        var values = [Double](repeating: 0, count: ResearchEnvironment.metrics.count)
        values.withUnsafeMutableBufferPointer { environment.writeMetrics($0) }
        return Dictionary(uniqueKeysWithValues: zip(ResearchEnvironment.metrics.map(\.name), values))
    }
}
