/// Which of the robots that want to drive forward may do so.
///
/// Robots and the cells before them form a graph in which every robot points at one cell, so that each connected part
/// has one end: a robot that stays, a ring, or an empty cell.
/// - Behind a robot that stays, all stay.
/// - A ring of two would swap places: all stay. In a longer ring, all of the ring move and nobody else.
/// - Into an empty cell goes one of those who want to, and behind it the one of those who want its place, and so on:
///   at each cell the one with the longest chain of followers, the lowest number among equals. Nobody else moves.
///   (Among equals the Python package's choice is arbitrary.)
extension WarehouseBoard {
    /// - Parameter wanted: bit i for robot i, if the cell before it is in the warehouse and it is not stopped by a
    ///   shelf.
    /// - Returns: the robots that move.
    @inline(__always)
    func movers(_ wanted: UInt64) -> UInt64 {
        var rest = wanted
        while rest != 0 {
            let cell = ahead(rest.trailingZeroBitCount)
            rest &= rest &- 1
            guard contents(cell).isDisjoint(with: .robot) else { return moversInChains(wanted) }
            var others = rest
            while others != 0 {
                if ahead(others.trailingZeroBitCount) == cell { return moversInChains(wanted) }
                others &= others &- 1
            }
        }
        return wanted
    }

    @inline(never)
    private func moversInChains(_ wanted: UInt64) -> UInt64 {
        withUnsafeTemporaryAllocation(of: ChainLink.self, capacity: shape.robots) { links in
            for robot in 0..<shape.robots {
                links.initializeElement(at: robot, to: ChainLink())
            }
            forEach(wanted) { robot in
                guard !contents(ahead(robot)).isDisjoint(with: .robot) else { return }
                let leader = self.robot(at: ahead(robot))
                links[robot].leader = UInt8(leader)
                links[leader].waiting += 1
            }

            // From the ends of the chains forwards: the longest chain behind each robot.
            var unresolved = wanted
            var ready: UInt64 = 0
            forEach(wanted) { if links[$0].waiting == 0 { ready |= 1 << $0 } }
            while ready != 0 {
                let robot = ready.trailingZeroBitCount
                ready &= ready - 1
                unresolved &= ~(1 << robot)
                guard let leader = links[robot].leader.map({ Int($0) }) else { continue }
                let length = links[robot].length + 1
                // Not all followers come in the order of their numbers.
                if length > links[leader].length
                    || (length == links[leader].length && robot < links[leader].follower.map { Int($0) } ?? Int.max)
                {
                    links[leader].length = length
                    links[leader].follower = UInt8(robot)
                }
                links[leader].waiting -= 1
                if links[leader].waiting == 0, wanted >> leader & 1 == 1 { ready |= 1 << leader }
            }

            var moving: UInt64 = 0
            forEach(wanted & ~unresolved) { robot in
                guard links[robot].leader == nil, wins(robot, among: wanted & ~unresolved, links) else { return }
                var next: UInt8? = UInt8(robot)
                while let follower = next {
                    moving |= 1 << UInt64(follower)
                    next = links[Int(follower)].follower
                }
            }
            // What is left is in rings.
            while unresolved != 0 {
                var ring: UInt64 = 0
                var robot = unresolved.trailingZeroBitCount
                while ring >> robot & 1 == 0, let leader = links[robot].leader {
                    ring |= 1 << robot
                    robot = Int(leader)
                }
                if ring.nonzeroBitCount > 2 { moving |= ring }
                unresolved &= ~ring
            }
            return moving
        }
    }

    /// Whether `robot`, before an empty cell, goes first among those who want that cell.
    private func wins(
        _ robot: Int, among candidates: UInt64, _ links: UnsafeMutableBufferPointer<ChainLink>
    ) -> Bool {
        let cell = ahead(robot)
        var isFirst = true
        forEach(candidates) { other in
            guard other != robot, ahead(other) == cell else { return }
            let (length, ours) = (links[other].length, links[robot].length)
            if length > ours || (length == ours && other < robot) { isFirst = false }
        }
        return isFirst
    }
}

/// A robot's place in a chain of robots that want to drive.
private struct ChainLink {
    /// Who stands at the cell that this robot wants; nil if nobody does.
    var leader: UInt8?
    /// The direct follower with the longest chain.
    var follower: UInt8?
    /// How many robots are in the longest chain behind this one.
    var length: UInt8 = 0
    /// Direct followers not handled yet.
    var waiting: UInt8 = 0
}
