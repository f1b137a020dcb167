extension WarehouseState {
    /// Writes what a robot observes: ``WarehouseGame/observationSize`` numbers.
    ///
    /// First x, y (raw, or 0 to 1 if normalised), carrying a shelf, heading one-hot (up, down, left, right), on a
    /// corridor. Then the cells of the square window around the robot, row by row, its own included, each: a robot is
    /// there, its heading one-hot (the first if there is none), its message bits, a shelf is there, it is requested.
    /// Cells outside of the warehouse look empty.
    public func observe(_ robot: Int, into observation: UnsafeMutablePointer<Float>) {
        let board = storage.board
        let margin = storage.game.sensor.range
        let messageBits = storage.game.sensor.messageBits
        let window = observation + 8
        storage.game.features.withUnsafeBufferPointer { features in
            let cell = board.robotCells[robot]
            board.writeOwn(robot, at: storage.game.coordinates[Int(cell)], features, into: observation)
            let start = cell &- UInt16(truncatingIfNeeded: margin &* (board.shape.stride &+ 1))
            if messageBits > 0 {
                board.writeWindow(from: start, side: 2 &* margin &+ 1, messageBits, features, into: window)
            } else if margin == 1 {
                // The usual range, for which the compiler unrolls the loops.
                board.writeWindow(from: start, side: 3, features, into: window)
            } else {
                board.writeWindow(from: start, side: 2 &* margin &+ 1, features, into: window)
            }
        }
    }
}

extension WarehouseBoard {
    /// What a robot observes of itself.
    @inline(__always)
    fileprivate func writeOwn(
        _ robot: Int, at place: SIMD2<Float>, _ features: UnsafeBufferPointer<SIMD8<Float>>,
        into observation: UnsafeMutablePointer<Float>
    ) {
        // As another robot would see it: a robot, then its heading one-hot.
        let seen = features[Int(robotContents[robot] & CellContents.robot.rawValue)]
        let isOnHighway = contents(robotCells[robot]).contains(.highway)
        let own = SIMD8<Float>(
            lowHalf: SIMD4(place.x, place.y, loads[robot] == 0 ? 0 : 1, seen[1]),
            highHalf: SIMD4(seen[2], seen[3], seen[4], isOnHighway ? 1 : 0))
        UnsafeMutableRawPointer(observation).storeBytes(of: own, as: SIMD8<Float>.self)
    }

    /// The window of a robot without messages, seven numbers a cell.
    @inline(__always)
    fileprivate func writeWindow(
        from start: UInt16, side: Int, _ features: UnsafeBufferPointer<SIMD8<Float>>,
        into observation: UnsafeMutablePointer<Float>
    ) {
        var next = UnsafeMutableRawPointer(observation)
        let size = 7 &* MemoryLayout<Float>.stride
        for row in 0..<side {
            for column in 0..<side {
                let cell = start &+ UInt16(truncatingIfNeeded: row &* shape.stride &+ column)
                let values = features[Int(contents(cell).intersection(.visible).rawValue)]
                if row < side &- 1 || column < side &- 1 {
                    // One number more than a cell has; the next cell overwrites it.
                    next.storeBytes(of: values, as: SIMD8<Float>.self)
                } else {
                    next.storeBytes(of: values.lowHalf, as: SIMD4<Float>.self)
                    let tail = SIMD4(values[3], values[4], values[5], values[6])
                    (next + 3 &* MemoryLayout<Float>.stride).storeBytes(of: tail, as: SIMD4<Float>.self)
                }
                next += size
            }
        }
    }

    /// The window of a robot with messages, 7 + message bits numbers a cell.
    fileprivate func writeWindow(
        from start: UInt16, side: Int, _ messageBits: Int, _ features: UnsafeBufferPointer<SIMD8<Float>>,
        into observation: UnsafeMutablePointer<Float>
    ) {
        var next = observation
        for row in 0..<side {
            for column in 0..<side {
                let cell = start &+ UInt16(truncatingIfNeeded: row &* shape.stride &+ column)
                let contents = contents(cell).intersection(.visible)
                let values = features[Int(contents.rawValue)]
                for index in 0..<5 { next[index] = values[index] }
                let message = contents.isDisjoint(with: .robot) ? 0 : messages[robot(at: cell)]
                for bit in 0..<messageBits { next[5 &+ bit] = message >> UInt16(bit) & 1 == 1 ? 1 : 0 }
                next[5 &+ messageBits] = values[5]
                next[6 &+ messageBits] = values[6]
                next += 7 &+ messageBits
            }
        }
    }
}
