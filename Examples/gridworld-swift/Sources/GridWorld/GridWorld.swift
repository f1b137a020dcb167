import ArgusEnvAPI

/// Walkers on a square grid must stand on all pads at the same time, one on each.
///
/// They do not see each other, only how many stand on each pad; so they need a convention, or luck. This file is the
/// rules; text, scripted policies, snapshots and pictures stand in the files beside it.
public struct GridWorld: Environment {
    /// What a scenario file can set.
    let size: Int
    let slip: Int

    /// All that changes in an episode.
    var state: State

    struct State: Codable {
        var walkers: [Cell]
        var pads: [Cell]
        var random = SplitMix64(seed: 0)
        /// How often a walker ended a step on a pad where another one stood too.
        var shared = 0
    }

    struct Cell: Codable, Equatable {
        var row = 0
        var column = 0

        /// Where a move leads, whether the grid goes on there or not.
        func neighbour(_ move: Move) -> Cell {
            switch move {
            case .stay: self
            case .north: Cell(row: row - 1, column: column)
            case .south: Cell(row: row + 1, column: column)
            case .west: Cell(row: row, column: column - 1)
            case .east: Cell(row: row, column: column + 1)
            }
        }
    }

    /// The choices of the one action head, in order.
    enum Move: Int32, CaseIterable {
        case stay, north, south, west, east
    }

    // MARK: What can be known without an episode

    public static let descriptor = EnvironmentDescriptor(
        id: "gridworld", version: "1",
        summary: "Walkers must stand on all pads at the same time, without seeing each other.",
        rules: """
            As many pads as walkers lie on a square grid. Each step, each walker stays or goes one cell north, south, \
            west or east; walkers may share a cell. A move fails with a chance of `slip` percent. A walker knows its \
            own cell, the pads' cells and how many walkers stand on each pad. When every pad has a walker on it, the \
            episode ends and the team gets 1; every other step costs it 0.01.
            """,
        parameters: [
            ParameterDescriptor("agents", .integer(1...4), default: .integer(2), "Number of walkers, and of pads."),
            ParameterDescriptor("size", .integer(4...12), default: .integer(5), "Rows and columns of the grid."),
            ParameterDescriptor("slip", .integer(0...90), default: .integer(0), "Percent of the moves that fail."),
        ],
        capabilities: [.text, .snapshot, .baseline, .render, .metrics])

    public static func specification(_ parameters: ParameterValues) throws -> EnvironmentSpecification {
        let count = try parameters.integer("agents")
        var bounds = Bounds(0...1, count: 2 + 3 * count)
        var segments = [Segment("position", offset: 0, count: 2, "own row and column, from 0 to 1")]
        for pad in 0..<count {
            let offset = 2 + 3 * pad
            segments.append(
                Segment("pad_\(pad)", offset: offset, count: 3, "rows and columns to it, share of the walkers on it"))
            bounds.low[offset] = -1
            bounds.low[offset + 1] = -1
        }
        return EnvironmentSpecification(
            agents: (0..<count).map { AgentSpecification(name: "walker_\($0)", role: "walker") },
            observationSize: 2 + 3 * count, observationBounds: bounds, observationSegments: segments,
            actions: .discrete(heads: [Move.allCases.count]), actionNames: Move.allCases.map { "\($0)" },
            rewardScope: .group,
            state: StateSpecification(
                size: 4 * count, bounds: Bounds(0...1, count: 4 * count),
                segments: [
                    Segment("walkers", offset: 0, count: 2 * count, "row and column of each walker"),
                    Segment("pads", offset: 2 * count, count: 2 * count, "row and column of each pad"),
                ]),
            suggestedHorizon: 50)
    }

    // MARK: Rules

    public init(parameters: ParameterValues) throws {
        size = try parameters.integer("size")
        slip = try parameters.integer("slip")
        let cells = Array(repeating: Cell(), count: try parameters.integer("agents"))
        state = State(walkers: cells, pads: cells)
    }

    /// Puts pads and walkers on different cells.
    public mutating func reset(seed: UInt64) {
        state.random = SplitMix64(seed: seed)
        state.shared = 0
        for pad in state.pads.indices {
            state.pads[pad] = drawCell { state, cell in state.pads[..<pad].contains(cell) }
        }
        for walker in state.walkers.indices {
            state.walkers[walker] = drawCell { state, cell in
                state.pads.contains(cell) || state.walkers[..<walker].contains(cell)
            }
        }
    }

    /// A random cell for which `isTaken` is false.
    private mutating func drawCell(unless isTaken: (State, Cell) -> Bool) -> Cell {
        while true {
            let index = state.random.below(size * size)
            let cell = Cell(row: index / size, column: index % size)
            if !isTaken(state, cell) { return cell }
        }
    }

    public mutating func step(_ actions: Rows<Int32>, _ frame: Frame) {
        for walker in state.walkers.indices {
            guard let move = Move(rawValue: actions[first: walker]), move != .stay else { continue }
            let target = state.walkers[walker].neighbour(move)
            // Off the grid is not legal, but can be asked for: nothing happens then.
            if contains(target), state.random.below(100) >= slip { state.walkers[walker] = target }
        }
        for pad in state.pads.indices where load(pad) > 1 { state.shared += load(pad) }
        frame.rewards[first: 0] = isSolved ? 1 : -0.01
        if isSolved { frame.end() }
    }

    /// Writes what each walker sees, which of its moves lead somewhere, and the state for a central critic.
    public func observe(_ frame: Frame) {
        let largest = Float(size - 1)
        let count = state.walkers.count
        for walker in 0..<count {
            let cell = state.walkers[walker]
            let row = frame.observations[walker]
            row[0] = Float(cell.row) / largest
            row[1] = Float(cell.column) / largest
            for pad in 0..<count {
                row[2 + 3 * pad] = Float(state.pads[pad].row - cell.row) / largest
                row[3 + 3 * pad] = Float(state.pads[pad].column - cell.column) / largest
                row[4 + 3 * pad] = Float(load(pad)) / Float(count)
            }
            if let legal = frame.legal?[walker] {
                for move in Move.allCases { legal[Int(move.rawValue)] = contains(cell.neighbour(move)) ? 1 : 0 }
            }
        }
        guard let row = frame.state else { return }
        for index in 0..<count {
            row[2 * index] = Float(state.walkers[index].row) / largest
            row[2 * index + 1] = Float(state.walkers[index].column) / largest
            row[2 * (count + index)] = Float(state.pads[index].row) / largest
            row[2 * (count + index) + 1] = Float(state.pads[index].column) / largest
        }
    }

    func contains(_ cell: Cell) -> Bool {
        cell.row >= 0 && cell.row < size && cell.column >= 0 && cell.column < size
    }

    /// How many walkers stand on a pad.
    func load(_ pad: Int) -> Int {
        var load = 0
        for walker in state.walkers.indices where state.walkers[walker] == state.pads[pad] { load += 1 }
        return load
    }

    var isSolved: Bool { state.pads.indices.allSatisfy { load($0) > 0 } }

    // MARK: Metrics

    public static let metrics = [
        MetricDescriptor(name: "solved", kind: .fraction, description: "1 if all pads were pressed at once"),
        MetricDescriptor(name: "shared", kind: .count, description: "steps of walkers on a pad that had one already"),
    ]

    public func writeMetrics(_ values: UnsafeMutableBufferPointer<Double>) {
        values[0] = isSolved ? 1 : 0
        values[1] = Double(state.shared)
    }
}
