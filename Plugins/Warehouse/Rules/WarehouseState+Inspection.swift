extension WarehouseState {
    /// A robot as it is now.
    public struct Robot: Sendable, Hashable {
        public var cell: WarehouseLayout.Cell
        public var heading: WarehouseHeading
        /// The number of the carried shelf, counted from 0; nil for none.
        public var load: Int?
        /// It carries a shelf that it has delivered (two-stage reward only).
        public var hasDelivered: Bool
        /// Bit i is message bit i.
        public var message: UInt16
    }

    /// A shelf as it is now.
    public struct Shelf: Sendable, Hashable {
        public var cell: WarehouseLayout.Cell
        public var isRequested: Bool
    }

    public func robot(_ index: Int) -> Robot {
        let board = storage.board
        let load = board.loads[index]
        return Robot(
            cell: board.shape.cell(board.robotCells[index]), heading: board.heading(index),
            load: load == 0 ? nil : Int(load) - 1, hasDelivered: board.delivered[index] != 0,
            message: board.messages[index])
    }

    public func shelf(_ index: Int) -> Shelf {
        let board = storage.board
        let cell = board.shelfCells[index + 1]
        return Shelf(cell: board.shape.cell(cell), isRequested: board.contents(cell).contains(.requested))
    }

    /// The requested shelves' numbers, counted from 0, in the order of the package's queue.
    public var requests: [Int] {
        let board = storage.board
        return (0..<board.shape.requests).map { Int(board.requests[$0]) - 1 }
    }

    /// The number of the shelf at a cell of the warehouse, counted from 0; nil for none.
    public func shelf(at cell: WarehouseLayout.Cell) -> Int? {
        let board = storage.board
        let shelf = board.shelfAt[Int(board.shape.number(cell))]
        return shelf == 0 ? nil : Int(shelf) - 1
    }

    /// The number of the robot at a cell of the warehouse; nil for none.
    public func robot(at cell: WarehouseLayout.Cell) -> Int? {
        let board = storage.board
        let number = board.shape.number(cell)
        return board.contents(number).isDisjoint(with: .robot) ? nil : board.robot(at: number)
    }
}
