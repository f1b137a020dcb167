/// Where each part of a state is in its one block of 16-bit words, and the numbering of cells.
struct WarehouseWords: Sendable, Equatable {
    let robots: Int
    let shelves: Int
    let requests: Int
    /// Cells in a row, margins included.
    let stride: Int
    /// All cells, margins included.
    let area: Int
    /// Outside cells on each side.
    let margin: Int

    /// Words in all.
    var count: Int { 5 * robots + shelves + 1 + requests + 2 * area }

    /// The number of a cell.
    func number(_ cell: WarehouseLayout.Cell) -> UInt16 {
        UInt16((cell.y + margin) * stride + cell.x + margin)
    }

    /// The cell of a number.
    func cell(_ number: UInt16) -> WarehouseLayout.Cell {
        WarehouseLayout.Cell(x: Int(number) % stride - margin, y: Int(number) / stride - margin)
    }
}

/// A view of one state's words, valid as long as the pointer that it was made from.
struct WarehouseBoard {
    let shape: WarehouseWords
    private let base: UnsafeMutablePointer<UInt16>

    @inline(__always)
    init(_ shape: WarehouseWords, _ base: UnsafeMutablePointer<UInt16>) {
        self.shape = shape
        self.base = base
    }

    /// Each robot's cell.
    @inline(__always) var robotCells: UnsafeMutablePointer<UInt16> { base }
    /// What each robot adds to its cell's contents, see ``CellContents``.
    @inline(__always) var robotContents: UnsafeMutablePointer<UInt16> { base + shape.robots }
    /// The shelf that each robot carries, counted from 1; 0 for none.
    @inline(__always) var loads: UnsafeMutablePointer<UInt16> { base + 2 * shape.robots }
    /// 1 for a robot that carries a shelf that it has delivered, if the reward has two stages.
    @inline(__always) var delivered: UnsafeMutablePointer<UInt16> { base + 3 * shape.robots }
    /// The bits that each robot shows.
    @inline(__always) var messages: UnsafeMutablePointer<UInt16> { base + 4 * shape.robots }
    /// Each shelf's cell, counted from 1; what is written at 0 is never read.
    @inline(__always) var shelfCells: UnsafeMutablePointer<UInt16> { base + 5 * shape.robots }
    /// The requested shelves, counted from 1, in the order of the package's queue.
    @inline(__always) var requests: UnsafeMutablePointer<UInt16> { base + (5 * shape.robots + shape.shelves + 1) }
    /// The shelf at each cell, counted from 1; 0 for none.
    @inline(__always) var shelfAt: UnsafeMutablePointer<UInt16> { requests + shape.requests }
    /// The contents of each cell.
    @inline(__always) private var cells: UnsafeMutablePointer<UInt16> { shelfAt + shape.area }

    @inline(__always)
    func contents(_ cell: UInt16) -> CellContents { CellContents(rawValue: cells[Int(cell)]) }

    @inline(__always)
    func setContents(_ cell: UInt16, _ contents: CellContents) { cells[Int(cell)] = contents.rawValue }

    /// Adds bits to a cell's contents, or takes them away.
    @inline(__always)
    func toggleContents(_ cell: UInt16, _ change: UInt16) { cells[Int(cell)] ^= change }

    @inline(__always)
    func heading(_ robot: Int) -> WarehouseHeading { CellContents(rawValue: robotContents[robot]).heading }

    /// The cell before a robot.
    @inline(__always)
    func ahead(_ robot: Int) -> UInt16 {
        // In the order of the raw values: up, down, left, right.
        let heading = robotContents[robot] & CellContents.robot.rawValue &- 1
        let distance = heading & 2 == 0 ? UInt16(truncatingIfNeeded: shape.stride) : 1
        return heading & 1 == 0 ? robotCells[robot] &- distance : robotCells[robot] &+ distance
    }

    /// The robot at a cell that has one.
    @inline(__always)
    func robot(at cell: UInt16) -> Int {
        var robot = 0
        while robot < shape.robots - 1, robotCells[robot] != cell { robot += 1 }
        return robot
    }

    /// Whether `robot` carries a shelf and before it stands one that no robot can carry away.
    @inline(__always)
    func isStopped(_ robot: Int, by contents: CellContents, at cell: UInt16) -> Bool {
        guard loads[robot] != 0, contents.contains(.shelf) else { return false }
        return contents.isDisjoint(with: .robot) || loads[self.robot(at: cell)] == 0
    }
}
