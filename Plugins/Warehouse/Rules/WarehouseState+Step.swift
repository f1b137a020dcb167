import ArgusEnvAPI

extension WarehouseState {
    /// Advances the warehouse by one step.
    ///
    /// - Parameters:
    ///   - actions: robots × action heads, row-major; each below its head's size (an unknown action stays).
    ///   - rewards: one for each robot, written.
    /// - Returns: whether the episode terminated: nothing was delivered for too long.
    public mutating func step(_ actions: UnsafePointer<Int32>, rewards: UnsafeMutablePointer<Float>) -> Bool {
        makeUnique()
        let board = storage.board
        let parameters = storage.game.parametersOfStep
        blockedRobots = board.apply(actions, parameters, rewards: rewards)
        deliveringRobots = 0
        if board.isDelivery(storage.game.goals) {
            deliver(rewards: rewards)
            inactiveSteps = 0
        } else {
            inactiveSteps &+= 1
        }
        return inactiveSteps >= parameters.maximumInactivity
    }

    /// Rewards the requested shelves at goals, and requests others instead.
    @inline(never)
    private mutating func deliver(rewards: UnsafeMutablePointer<Float>) {
        let (game, board) = (storage.game, storage.board)
        // In the goals' order: what is requested for the first can at once be delivered at the second.
        for goal in game.goals where board.contents(goal).isSuperset(of: .requestedShelf) {
            let replacement = board.unrequestedShelf(random.integers(game.shelfCount - game.parameters.requests))
            board.replaceRequest(board.shelfAt[Int(goal)], by: replacement)
            // Goals are corridors, so that the shelf is carried.
            let robot = board.robot(at: goal)
            deliveringRobots |= 1 << UInt64(robot)
            switch game.parameters.reward {
            case .individual: rewards[robot] += 1
            case .global: for other in 0..<game.parameters.robots { rewards[other] += 1 }
            case .twoStage:
                rewards[robot] += 0.5
                board.delivered[robot] = 1
            }
        }
    }
}

/// The parameters that a step reads, without the others, whose copies would count references.
struct WarehouseStepParameters: Sendable {
    let heads: Int
    let hasTwoStages: Bool
    let maximumInactivity: Int

    init(_ parameters: WarehouseParameters) {
        heads = 1 + parameters.messageBits
        hasTwoStages = parameters.reward == .twoStage
        maximumInactivity = parameters.maximumInactivity ?? Int.max
    }
}

extension WarehouseBoard {
    /// Moves, turns and loads, all as the warehouse was before the step.
    ///
    /// - Returns: the robots that other robots kept from driving forward.
    @inline(__always)
    fileprivate func apply(
        _ actions: UnsafePointer<Int32>, _ parameters: WarehouseStepParameters, rewards: UnsafeMutablePointer<Float>
    ) -> UInt64 {
        let heads = parameters.heads
        var wanted: UInt64 = 0
        var toggling: UInt64 = 0
        for robot in 0..<shape.robots {
            rewards[robot] = 0
            switch WarehouseAction(rawValue: actions[robot &* heads]) {
            case .forward:
                let cell = ahead(robot)
                let contents = contents(cell)
                if !contents.contains(.outside), !isStopped(robot, by: contents, at: cell) { wanted |= 1 << robot }
            case .turnLeft: turn(robot, to: heading(robot).turnedLeft)
            case .turnRight: turn(robot, to: heading(robot).turnedRight)
            // Later: whether another robot is stopped depends on what was carried before the step.
            case .toggleLoad: toggling |= 1 << robot
            case .stay, nil: break
            }
            if heads > 1 { showMessage(robot, actions + (robot &* heads &+ 1), heads &- 1) }
        }
        let moving = movers(wanted)
        forEach(moving) { move($0) }
        forEach(toggling) { toggleLoad($0, hasTwoStages: parameters.hasTwoStages, rewards: rewards) }
        return wanted & ~moving
    }

    /// Moves a robot, and what it carries, to the cell before it. In whatever order robots move, each takes with it
    /// only its own bits.
    @inline(__always)
    private func move(_ robot: Int) {
        let (from, to, load) = (robotCells[robot], ahead(robot), loads[robot])
        toggleContents(from, robotContents[robot])
        toggleContents(to, robotContents[robot])
        shelfAt[Int(from)] ^= load
        shelfAt[Int(to)] ^= load
        shelfCells[Int(load)] = to
        robotCells[robot] = to
    }

    @inline(__always)
    private func turn(_ robot: Int, to heading: WarehouseHeading) {
        let old = robotContents[robot]
        let new = old & ~CellContents.robot.rawValue | CellContents(robotFacing: heading).rawValue
        toggleContents(robotCells[robot], old ^ new)
        robotContents[robot] = new
    }

    @inline(__always)
    private func toggleLoad(_ robot: Int, hasTwoStages: Bool, rewards: UnsafeMutablePointer<Float>) {
        let cell = robotCells[robot]
        let contents = contents(cell)
        if loads[robot] == 0 {
            // Without a shelf here this changes nothing.
            loads[robot] = shelfAt[Int(cell)]
            robotContents[robot] |= contents.intersection(.requestedShelf).rawValue
        } else if !contents.contains(.highway) {
            loads[robot] = 0
            robotContents[robot] &= CellContents.robot.rawValue
            if hasTwoStages && delivered[robot] != 0 { rewards[robot] += 0.5 }
            delivered[robot] = 0
        }
    }

    @inline(__always)
    fileprivate func isDelivery(_ goals: [UInt16]) -> Bool {
        for goal in goals where contents(goal).isSuperset(of: .requestedShelf) { return true }
        return false
    }

    private func showMessage(_ robot: Int, _ bits: UnsafePointer<Int32>, _ count: Int) {
        var message: UInt16 = 0
        for bit in 0..<count where bits[bit] != 0 { message |= 1 << UInt16(bit) }
        messages[robot] = message
    }

    /// The shelf, counted from 1, that has `index` shelves before it which are not requested either.
    fileprivate func unrequestedShelf(_ index: Int) -> UInt16 {
        var left = index
        var shelf = 0
        repeat {
            shelf += 1
            if !contents(shelfCells[shelf]).contains(.requested) { left -= 1 }
        } while left >= 0 && shelf < shape.shelves
        return UInt16(shelf)
    }

    fileprivate func replaceRequest(_ shelf: UInt16, by replacement: UInt16) {
        toggleRequest(shelf)
        toggleRequest(replacement)
        for index in 0..<shape.requests where requests[index] == shelf {
            requests[index] = replacement
        }
    }

    /// Marks a shelf as requested, or as no longer requested.
    private func toggleRequest(_ shelf: UInt16) {
        toggleContents(shelfCells[Int(shelf)], CellContents.requested.rawValue)
        for robot in 0..<shape.robots where loads[robot] == shelf {
            robotContents[robot] ^= CellContents.requested.rawValue
        }
    }

    @inline(__always)
    func forEach(_ robots: UInt64, _ body: (Int) -> Void) {
        var rest = robots
        while rest != 0 {
            body(rest.trailingZeroBitCount)
            rest &= rest &- 1
        }
    }
}
