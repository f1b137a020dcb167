import ArgusEnvAPI

/// Two workers on a line of cells must press a button at the same time, and can tell each other only by calling.
///
/// This file is the rules; text, the scripted policy and snapshots stand in the files beside it.
public struct __Type__: Environment {
    /// Number of cells: what a scenario file can set.
    let length: Int

    /// All that changes in an episode.
    var state = State()

    struct State: Codable {
        var button = 0
        var workers = [Worker(), Worker()]
        /// How often one worker pressed without the other.
        var pressedAlone = 0
        var isSolved = false
    }

    struct Worker: Codable {
        var cell = 0
        /// Whether its last action was a call; the other one hears that.
        var hasCalled = false
    }

    /// The choices of the one action head, in order.
    enum Move: Int32, CaseIterable {
        case left, right, call, press
    }

    // MARK: What can be known without an episode

    public static let descriptor = EnvironmentDescriptor(
        id: "__id__", version: "1",
        summary: "Two workers on a line must press a button at the same time, and can only call.",
        rules: """
            Two workers and a button are on a line of cells. Each step, each worker goes one cell left or right, \
            calls, or presses the button if it stands there. A worker knows its own cell, the way to the button, \
            whether it called in the last step, and whether the other one did; it does not see the other one. When \
            both press in the same step, the episode ends and the team gets 1. A step in which one presses alone costs \
            the team 0.05, any other step 0.01.
            """,
        parameters: [
            ParameterDescriptor("length", .integer(2...20), default: .integer(5), "Number of cells.")
        ],
        capabilities: [.text, .snapshot, .baseline, .metrics])

    public static func specification(_ parameters: ParameterValues) throws -> EnvironmentSpecification {
        EnvironmentSpecification(
            agents: (0..<2).map { AgentSpecification(name: "worker_\($0)", role: "worker") },
            observationSize: 4, observationBounds: Bounds(low: [0, -1, 0, 0], high: [1, 1, 1, 1]),
            observationSegments: [
                Segment("cell", offset: 0, count: 1, "own cell, from 0 to 1"),
                Segment("button", offset: 1, count: 1, "the way to the button, from -1 to 1"),
                Segment("called", offset: 2, count: 1, "1 if it called in the last step"),
                Segment("heard", offset: 3, count: 1, "1 if the other one called in the last step"),
            ],
            actions: .discrete(heads: [Move.allCases.count]), actionNames: Move.allCases.map { "\($0)" },
            rewardScope: .group, suggestedHorizon: 50)
    }

    // MARK: Rules

    public init(parameters: ParameterValues) throws {
        length = try parameters.integer("length")
    }

    /// Puts the button and the workers on random cells. All chance comes from `seed`.
    public mutating func reset(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        state = State(button: random.below(length))
        for worker in state.workers.indices { state.workers[worker].cell = random.below(length) }
    }

    public mutating func step(_ actions: Rows<Int32>, _ frame: Frame) {
        var presses = 0
        for worker in state.workers.indices {
            // An illegal move is no error: nothing happens.
            let move = Move(rawValue: actions[first: worker])
            if let move, isLegal(move, worker) {
                switch move {
                case .left: state.workers[worker].cell -= 1
                case .right: state.workers[worker].cell += 1
                case .call: break
                case .press: presses += 1
                }
            }
            state.workers[worker].hasCalled = move == .call
        }
        state.isSolved = presses == 2
        if presses == 1 { state.pressedAlone += 1 }
        frame.rewards[first: 0] = presses == 2 ? 1 : presses == 1 ? -0.05 : -0.01
        if state.isSolved { frame.end() }
    }

    public func observe(_ frame: Frame) {
        let largest = Float(length - 1)
        for worker in state.workers.indices {
            let own = state.workers[worker]
            let row = frame.observations[worker]
            row[0] = Float(own.cell) / largest
            row[1] = Float(state.button - own.cell) / largest
            row[2] = own.hasCalled ? 1 : 0
            row[3] = state.workers[1 - worker].hasCalled ? 1 : 0
            guard let legal = frame.legal?[worker] else { continue }
            for move in Move.allCases { legal[Int(move.rawValue)] = isLegal(move, worker) ? 1 : 0 }
        }
    }

    func isLegal(_ move: Move, _ worker: Int) -> Bool {
        let cell = state.workers[worker].cell
        return switch move {
        case .left: cell > 0
        case .right: cell < length - 1
        case .call: true
        case .press: cell == state.button
        }
    }

    // MARK: Metrics

    public static let metrics = [
        MetricDescriptor(name: "solved", kind: .fraction, description: "1 if both pressed at once"),
        MetricDescriptor(name: "pressed_alone", kind: .count, description: "steps in which one pressed alone"),
    ]

    public func writeMetrics(_ values: UnsafeMutableBufferPointer<Double>) {
        values[0] = state.isSolved ? 1 : 0
        values[1] = Double(state.pressedAlone)
    }
}
