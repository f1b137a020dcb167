extension WarehouseState {
    /// Writes which actions of a robot have an effect for some joint action of the others, 1 or 0, over
    /// ``WarehouseGame/legalActionsSize`` entries.
    ///
    /// Staying, turning and every message bit are always legal. Driving forward is not if the robot cannot move
    /// whatever the others do: the way out of the warehouse, into a standing shelf with a shelf, or behind a robot that
    /// itself cannot drive away (it faces this one, say). Toggling is not if there is no shelf to pick up, or, with a
    /// shelf, on a corridor.
    public func writeLegalActions(of robot: Int, into legal: UnsafeMutablePointer<UInt8>) {
        let board = storage.board
        legal.update(repeating: 1, count: storage.game.legalActionsSize)
        legal[Int(WarehouseAction.forward.rawValue)] = board.canDrive(robot) ? 1 : 0
        let contents = board.contents(board.robotCells[robot])
        let canToggle = board.loads[robot] == 0 ? contents.contains(.shelf) : !contents.contains(.highway)
        legal[Int(WarehouseAction.toggleLoad.rawValue)] = canToggle ? 1 : 0
    }
}

extension WarehouseBoard {
    /// Whether a robot moves if it and all robots in its way drive forward, and nobody else does.
    fileprivate func canDrive(_ robot: Int) -> Bool {
        var next = robot
        var length = 0
        while length < shape.robots {
            let cell = ahead(next)
            let contents = contents(cell)
            guard !contents.contains(.outside), !isStopped(next, by: contents, at: cell) else { return false }
            if contents.isDisjoint(with: .robot) { return true }
            next = self.robot(at: cell)
            length += 1
            // Round in a ring; two that face each other cannot swap places.
            if next == robot { return length > 2 }
        }
        // Behind a ring.
        return false
    }
}
