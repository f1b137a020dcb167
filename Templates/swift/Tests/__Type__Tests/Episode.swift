import ArgusEnvAPI
import __Type__

/// An episode with the rows that a host would lend. A class, so that the memory is freed with it.
final class Episode {
    private(set) var environment: __Type__
    private let actions: Rows<Int32>
    private let frame: Frame
    private let ended: UnsafeMutablePointer<UInt8>
    private let memory: [UnsafeMutableRawPointer]

    init(_ parameters: [String: ParameterValue] = [:], seed: UInt64) throws {
        let values = try ParameterValues(parameters, for: __Type__.descriptor.parameters)
        let specification = try __Type__.specification(values)
        var memory: [UnsafeMutableRawPointer] = []
        func rows<Element: BitwiseCopyable & Numeric>(_ count: Int, _ width: Int, of zero: Element) -> Rows<Element> {
            let base = UnsafeMutablePointer<Element>.allocate(capacity: count * width)
            base.initialize(repeating: zero, count: count * width)
            memory.append(base)
            return Rows(base: base, stride: width * MemoryLayout<Element>.stride, count: count, width: width)
        }
        let agents = specification.agents.count
        let end = rows(1, 1, of: UInt8(0))[0]
        ended = end.pointer
        actions = rows(agents, specification.actions.rowSize, of: 0)
        frame = Frame(
            observations: rows(agents, specification.observationSize, of: 0),
            legal: rows(agents, specification.legalSize, of: 0), acting: rows(agents, 1, of: 1),
            terminated: rows(agents, 1, of: 0), rewards: rows(specification.rewardRows, 1, of: 0),
            state: specification.state.map { rows(1, $0.size, of: 0)[0] }, ended: ended,
            elapsedTime: rows(1, 1, of: Float(1))[0].pointer)
        self.memory = memory
        environment = try __Type__(parameters: values)
        environment.reset(seed: seed)
        environment.observe(frame)
    }

    deinit { for base in memory { base.deallocate() } }

    /// Makes a step with one action an agent.
    func step(_ choices: [Int32]) {
        for (agent, choice) in choices.enumerated() { actions[first: agent] = choice }
        frame.rewards.fill(0)
        environment.step(actions, frame)
        environment.observe(frame)
    }

    /// Makes a step with the actions of a baseline that sees no state.
    func step(baseline: Int) {
        step(
            (0..<actions.count).map { agent in
                let observation = UnsafeBufferPointer(frame.observations[agent])
                let memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
                environment.actLocally(
                    baseline: baseline, agent: agent, observation: observation, legal: nil, memory: memory,
                    action: actions[agent])
                return actions[first: agent]
            })
    }

    func restore(_ bytes: [UInt8]) throws {
        try environment.restore(bytes)
        environment.observe(frame)
    }

    func observation(_ agent: Int) -> [Float] { Array(UnsafeBufferPointer(frame.observations[agent])) }

    /// The choices that are legal now.
    func legal(_ agent: Int) -> [Int] {
        guard let row = frame.legal?[agent] else { return [] }
        return (0..<row.count).filter { row[$0] == 1 }
    }

    /// Of the last step, the team's.
    var reward: Float { frame.rewards[first: 0] }
    var isOver: Bool { ended.pointee != 0 }
}

extension UnsafeBufferPointer where Element: BitwiseCopyable {
    init(_ row: Row<Element>) { self.init(start: row.pointer, count: row.count) }
}
