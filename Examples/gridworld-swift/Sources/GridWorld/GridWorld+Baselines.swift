import ArgusEnvAPI

/// Scripted policies, which anybody can evaluate and put into a team beside a trained one.
extension GridWorld {
    public static let baselines = [
        BaselineDescriptor(
            name: "planner", description: "sees all: each walker to the pad that lets the last arrive soonest",
            seesState: true),
        BaselineDescriptor(
            name: "convention", description: "walker 0 goes to pad 0, walker 1 to pad 1, …", seesState: false),
    ]

    /// `planner`, the only baseline that sees the state.
    public mutating func actJointly(baseline: Int, agents: Row<UInt8>, actions: Rows<Int32>) {
        let pads = assignment().pads
        for walker in state.walkers.indices where agents[walker] != 0 {
            let cell = state.walkers[walker]
            let pad = state.pads[pads[walker]]
            actions[first: walker] = Self.move(rows: pad.row - cell.row, columns: pad.column - cell.column).rawValue
        }
    }

    /// `convention`, from the walker's own observation row alone.
    public func actLocally(
        baseline: Int, agent: Int, observation: UnsafeBufferPointer<Float>, legal: UnsafeBufferPointer<UInt8>?,
        memory: UnsafeMutableRawBufferPointer, action: Row<Int32>
    ) {
        let offset = 2 + 3 * agent
        action[0] = Self.move(rows: observation[offset], columns: observation[offset + 1]).rawValue
    }

    /// The next move to a cell that is so far south and east.
    private static func move<Distance: SignedNumeric & Comparable>(rows: Distance, columns: Distance) -> Move {
        if rows != 0 { return rows < 0 ? .north : .south }
        if columns != 0 { return columns < 0 ? .west : .east }
        return .stay
    }

    /// The assignment of pads to all walkers, of those that begin with `pads`, by which the last one arrives soonest;
    /// the first such one in alphabetical order.
    private func assignment(pads: [Int] = [], time: Int = 0) -> (pads: [Int], time: Int) {
        if pads.count == state.walkers.count { return (pads, time) }
        let cell = state.walkers[pads.count]
        var best = (pads: pads, time: Int.max)
        for (index, pad) in state.pads.enumerated() where !pads.contains(index) {
            let distance = abs(pad.row - cell.row) + abs(pad.column - cell.column)
            let found = assignment(pads: pads + [index], time: max(time, distance))
            if found.time < best.time { best = found }
        }
        return best
    }
}
