import ArgusEnvAPI
import CustomerServiceRules
import Testing

/// An environment with the rows that it reads and writes: what a host has for one copy.
struct CentreRun {
    var environment: CustomerServiceEnvironment
    let specification: EnvironmentSpecification
    var observations: [Float]
    var legal: [UInt8]
    var acting: [UInt8]
    var terminated: [UInt8]
    var rewards: [Float] = [0]
    var state: [Float]
    var actions: [Int32]
    var ended: UInt8 = 0
    var elapsed: Float = 0

    var experts: Int { specification.agents.count }
    var choiceCount: Int { specification.legalSize }

    init(_ given: [String: ParameterValue], seed: UInt64 = 0) throws {
        let parameters = try ParameterValues(given, for: CustomerServiceEnvironment.descriptor.parameters)
        environment = try CustomerServiceEnvironment(parameters: parameters)
        specification = try CustomerServiceEnvironment.specification(parameters)
        let agents = specification.agents.count
        observations = Array(repeating: .nan, count: agents * specification.observationSize)
        legal = Array(repeating: 7, count: agents * specification.legalSize)
        acting = Array(repeating: 7, count: agents)
        terminated = Array(repeating: 0, count: agents)
        state = Array(repeating: .nan, count: specification.state?.size ?? 0)
        actions = Array(repeating: 0, count: agents)
        reset(seed: seed)
    }

    mutating func reset(seed: UInt64) {
        environment.reset(seed: seed)
        observe()
    }

    /// Writes the rows of the state as it is, as a host does after a reset or a restored snapshot.
    mutating func observe() {
        ended = 0
        withFrame { environment, _, frame in environment.observe(frame) }
    }

    /// One step with the actions that stand in `actions`.
    mutating func step() {
        withFrame { environment, actions, frame in
            environment.step(actions, frame)
            environment.observe(frame)
        }
    }

    mutating func step(_ chosen: [Int32]) {
        actions = chosen
        step()
    }

    private mutating func withFrame(
        _ body: (inout CustomerServiceEnvironment, Rows<Int32>, Frame) -> Void
    ) {
        let (agents, width, choices) = (experts, specification.observationSize, choiceCount)
        func rows<Element>(_ base: UnsafeMutablePointer<Element>, _ width: Int, _ count: Int) -> Rows<Element> {
            Rows(base: base, stride: MemoryLayout<Element>.stride * width, count: count, width: width)
        }
        observations.withUnsafeMutableBufferPointer { observations in
            legal.withUnsafeMutableBufferPointer { legal in
                acting.withUnsafeMutableBufferPointer { acting in
                    terminated.withUnsafeMutableBufferPointer { terminated in
                        rewards.withUnsafeMutableBufferPointer { rewards in
                            state.withUnsafeMutableBufferPointer { state in
                                actions.withUnsafeMutableBufferPointer { actions in
                                    guard let seen = observations.baseAddress, let open = legal.baseAddress,
                                        let deciding = acting.baseAddress, let out = terminated.baseAddress,
                                        let earned = rewards.baseAddress, let all = state.baseAddress,
                                        let chosen = actions.baseAddress
                                    else { return }
                                    let frame = Frame(
                                        observations: rows(seen, width, agents), legal: rows(open, choices, agents),
                                        acting: rows(deciding, 1, agents), terminated: rows(out, 1, agents),
                                        rewards: rows(earned, 1, 1), state: Row(all, count: state.count),
                                        ended: &ended, elapsedTime: &elapsed)
                                    body(&environment, rows(chosen, 1, agents), frame)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    // MARK: Choices

    /// Number of a choice by its name, such as "take_billing".
    func choice(_ name: String) throws -> Int32 {
        Int32(try #require(specification.actionNames.firstIndex(of: name), "no choice \(name)"))
    }

    func isLegal(_ expert: Int, _ name: String) throws -> Bool {
        legal[expert * choiceCount + Int(try choice(name))] == 1
    }

    func legalChoices(_ expert: Int) -> [Int] {
        (0..<choiceCount).filter { legal[expert * choiceCount + $0] == 1 }
    }

    func observation(_ expert: Int) -> [Float] {
        let size = specification.observationSize
        return Array(observations[expert * size..<(expert + 1) * size])
    }

    func segment(_ expert: Int, _ name: String) throws -> [Float] {
        let segment = try #require(specification.observationSegments.first { $0.name == name })
        return Array(observation(expert)[segment.offset..<segment.offset + segment.count])
    }

    /// Lets the scripted policy with this name choose for every expert that decides.
    mutating func chooseAs(_ baseline: Int) {
        if CustomerServiceEnvironment.baselines[baseline].seesState {
            actions.withUnsafeMutableBufferPointer { actions in
                acting.withUnsafeMutableBufferPointer { acting in
                    guard let chosen = actions.baseAddress, let asked = acting.baseAddress else { return }
                    environment.actJointly(
                        baseline: baseline, agents: Row(asked, count: actions.count),
                        actions: Rows(base: chosen, stride: 4, count: actions.count, width: 1))
                }
            }
            return
        }
        let width = specification.observationSize
        let choices = choiceCount
        observations.withUnsafeBufferPointer { seen in
            legal.withUnsafeBufferPointer { open in
                actions.withUnsafeMutableBufferPointer { actions in
                    guard let base = actions.baseAddress else { return }
                    for expert in 0..<actions.count where acting[expert] != 0 {
                        environment.actLocally(
                            baseline: baseline, agent: expert,
                            observation: UnsafeBufferPointer(rebasing: seen[expert * width..<(expert + 1) * width]),
                            legal: UnsafeBufferPointer(rebasing: open[expert * choices..<(expert + 1) * choices]),
                            memory: UnsafeMutableRawBufferPointer(start: nil, count: 0),
                            action: Row(base + expert, count: 1))
                    }
                }
            }
        }
    }

    /// Chooses uniformly among the legal choices.
    mutating func chooseRandomly(_ random: inout SplitMix64) {
        for expert in 0..<experts {
            let open = legalChoices(expert)
            actions[expert] = Int32(open[random.below(open.count)])
        }
    }

    static func baseline(_ name: String) throws -> Int {
        try #require(CustomerServiceEnvironment.baselines.firstIndex { $0.name == name })
    }

    /// Plays until the day is over and returns the metrics.
    mutating func playDay(as baseline: String) throws -> [String: Double] {
        let number = try Self.baseline(baseline)
        while ended == 0 {
            chooseAs(number)
            step()
        }
        return metrics()
    }

    func metrics() -> [String: Double] {
        var values = [Double](repeating: .nan, count: CustomerServiceEnvironment.metrics.count)
        values.withUnsafeMutableBufferPointer { environment.writeMetrics($0) }
        return Dictionary(uniqueKeysWithValues: zip(CustomerServiceEnvironment.metrics.map(\.name), values))
    }
}
