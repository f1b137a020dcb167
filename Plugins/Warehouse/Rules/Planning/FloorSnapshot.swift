/// What a planner reads of a state.
struct FloorSnapshot {
    let actionHeads: Int
    let cells: [UInt16]
    let headings: [WarehouseHeading]
    /// The shelf that each robot carries, counted from 1; 0 for none.
    let loads: [UInt16]
    /// Where shelves stand: [cell].
    let isStanding: [Bool]
    /// Cells of the requested shelves that nobody carries, in the queue's order, with the shelves' numbers.
    let waiting: [(shelf: UInt16, cell: UInt16)]
    /// Whether each robot carries a requested shelf.
    let carriesRequested: [Bool]

    init(_ state: borrowing WarehouseState, _ map: PlannerMap) {
        let board = state.storage.board
        let robots = 0..<board.shape.robots
        actionHeads = 1 + state.game.parameters.messageBits
        cells = robots.map { board.robotCells[$0] }
        headings = robots.map { board.heading($0) }
        let loads = robots.map { board.loads[$0] }
        self.loads = loads
        carriesRequested = robots.map {
            loads[$0] != 0 && board.contents(board.robotCells[$0]).contains(.requested)
        }
        var isStanding = (0..<map.area).map { board.shelfAt[$0] != 0 }
        for robot in robots where loads[robot] != 0 { isStanding[Int(board.robotCells[robot])] = false }
        self.isStanding = isStanding
        waiting = (0..<board.shape.requests).map { board.requests[$0] }.filter { !loads.contains($0) }
            .map { ($0, board.shelfCells[Int($0)]) }
    }
}
