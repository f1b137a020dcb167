extension WarehouseGame {
    /// Length of the global state: robots × (8 + message bits) + shelves × 3 + 1.
    public var stateSize: Int { parameters.robots * (8 + parameters.messageBits) + shelfCount * 3 + 1 }
}

extension WarehouseState {
    /// Writes the global state: everything that the rest of the episode depends on, but for chance; all in 0 to 1.
    ///
    /// For each robot x and y (divided by the largest), heading one-hot (up, down, left, right), carrying a shelf,
    /// carrying one that it has delivered (two-stage reward only), message bits. For each shelf x, y, requested; a
    /// carried shelf is where its robot is. Last how much of the allowed inactivity has passed (0 without a limit).
    public func writeState(into state: UnsafeMutablePointer<Float>) {
        let parameters = game.parameters
        let scale = SIMD2(Float(max(1, game.layout.width - 1)), Float(max(1, game.layout.height - 1)))
        let board = storage.board
        var next = state
        func write(_ value: Float) {
            next.pointee = value
            next += 1
        }
        func writePlace(_ number: UInt16) {
            let cell = board.shape.cell(number)
            let place = SIMD2(Float(cell.x), Float(cell.y)) / scale
            write(place.x)
            write(place.y)
        }
        for robot in 0..<parameters.robots {
            writePlace(board.robotCells[robot])
            let heading = board.heading(robot)
            for candidate in WarehouseHeading.allCases { write(candidate == heading ? 1 : 0) }
            write(board.loads[robot] == 0 ? 0 : 1)
            write(board.delivered[robot] == 0 ? 0 : 1)
            for bit in 0..<parameters.messageBits { write(board.messages[robot] >> UInt16(bit) & 1 == 1 ? 1 : 0) }
        }
        for shelf in 1..<board.shape.shelves + 1 {
            let cell = board.shelfCells[shelf]
            writePlace(cell)
            write(board.contents(cell).contains(.requested) ? 1 : 0)
        }
        write(parameters.maximumInactivity.map { Float(inactiveSteps) / Float($0) } ?? 0)
    }
}
