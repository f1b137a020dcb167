/// Who is where at each of the next steps, and the search for a way that nobody else has reserved.
///
/// Cooperative A* over cell, heading, errand and time, in a window; beyond it robots are taken to be alone.
/// Source: D. Silver, "Cooperative Pathfinding" (2005); several errands in one search as in Grenouilleau, van Hoeve
/// and Hooker, "A Multi-Label A* Algorithm for Multi-Agent Pathfinding" (2019).
struct SpaceTimeSearch: Sendable {
    /// A robot's way through the window.
    struct Path: Sendable {
        /// Its cells, the present one first.
        var cells: [UInt16] = []
        var firstAction = WarehouseAction.stay
        /// Steps until its itinerary is done.
        var cost = 0
        /// It waits at its end.
        var stays = false
        /// After how many steps it picks up its shelf, if it does so within the window.
        var pickUp: Int?
    }

    let window: Int
    private let area: Int
    /// [time][cell]: a robot's number plus one.
    private var reserved: [UInt8]
    /// [time][errand][cell][heading]: the search that was there last.
    private var seen: [UInt32]
    private var search: UInt32 = 0
    private var nodes: [Node] = []
    private var buckets: [Int32]

    private struct Node {
        var cell: UInt16
        var heading: WarehouseHeading
        var errand: UInt8
        var time: UInt8
        var action: WarehouseAction
        var parent: Int32
        /// The next node in its bucket.
        var next: Int32
    }

    private static let widestDetour = 64
    private static let mostNodes = 6_000

    init(area: Int, window: Int) {
        self.area = area
        self.window = window
        reserved = [UInt8](repeating: 0, count: area * (window + 1))
        seen = [UInt32](repeating: 0, count: area * 4 * Itinerary.longest * (window + 1))
        buckets = [Int32](repeating: -1, count: Self.widestDetour)
    }

    mutating func clear() {
        for index in reserved.indices { reserved[index] = 0 }
    }

    /// Keeps others off the place of a robot that has not planned yet, for some steps: it may need to turn first.
    mutating func hold(_ cell: UInt16, robot: Int, steps: Int) {
        for time in 0...min(steps, window) where reserved[time * area + Int(cell)] == 0 {
            reserved[time * area + Int(cell)] = UInt8(robot + 1)
        }
    }

    /// Gives back what ``hold(_:robot:steps:)`` took.
    mutating func release(_ cell: UInt16, robot: Int, steps: Int) {
        for time in 0...min(steps, window) where reserved[time * area + Int(cell)] == UInt8(robot + 1) {
            reserved[time * area + Int(cell)] = 0
        }
    }

    /// Reserves a robot's cells, at the end of its path to the end of the window if `stays`.
    mutating func reserve(_ cells: [UInt16], robot: Int, stays: Bool) {
        guard let last = cells.last else { return }
        for time in 0...window where stays || time < cells.count {
            reserved[time * area + Int(time < cells.count ? cells[time] : last)] = UInt8(robot + 1)
        }
    }

    /// The fastest way through the window for a robot.
    ///
    /// - Parameter freeAt: for a robot with a shelf, the first time that a cell may be entered: [cell].
    /// - Returns: nil if there is none.
    mutating func path(
        _ robot: Int, from cell: UInt16, _ heading: WarehouseHeading, _ values: RouteValues, freeAt: [UInt16],
        _ map: PlannerMap
    ) -> Path? {
        search &+= 1
        nodes.removeAll(keepingCapacity: true)
        for index in buckets.indices { buckets[index] = -1 }
        let start = Int(values[0, Int(cell), heading])
        guard start < Int(RouteValues.unreachable) else { return nil }
        let errands = values.itinerary.errands
        var bucket = 0
        push(cell, heading, 0, 0, .stay, -1, start, values, errands)
        while bucket < buckets.count {
            guard buckets[bucket] >= 0 else {
                bucket += 1
                continue
            }
            let index = Int(buckets[bucket])
            let node = nodes[index]
            buckets[bucket] = node.next
            let isDone = Int(node.errand) == errands.count
            if Int(node.time) == window || isDone { return path(to: index, cost: start + bucket, errands) }
            if nodes.count > Self.mostNodes { return nil }
            expand(node, Int32(index), robot, start, values, errands, freeAt, map)
        }
        return nil
    }

    private mutating func expand(
        _ node: Node, _ index: Int32, _ robot: Int, _ start: Int, _ values: RouteValues, _ errands: [Itinerary.Errand],
        _ freeAt: [UInt16], _ map: PlannerMap
    ) {
        let errand = errands[Int(node.errand)]
        let cell = Int(node.cell)
        let now = Int(node.time) * area
        let then = now + area
        let own = UInt8(robot + 1)
        func isFree(_ cell: Int) -> Bool { reserved[then + cell] == 0 || reserved[then + cell] == own }
        if isFree(cell) {
            func remain(_ heading: WarehouseHeading, _ action: WarehouseAction, _ errand: UInt8) {
                push(node.cell, heading, errand, node.time + 1, action, index, start, values, errands)
            }
            remain(node.heading, .stay, node.errand)
            remain(node.heading.turnedLeft, .turnLeft, node.errand)
            remain(node.heading.turnedRight, .turnRight, node.errand)
            if errand.endsWithToggle, errand.cells.contains(node.cell) {
                remain(node.heading, .toggleLoad, node.errand + 1)
            } else if errand.kind == .wait, errand.cells.contains(node.cell), staysFree(cell, from: Int(node.time), own)
            {
                remain(node.heading, .stay, node.errand + 1)
            }
        }
        let ahead = map.ahead(cell, node.heading)
        guard !map.isOutside[ahead], isFree(ahead) else { return }
        if errand.isLoaded, freeAt[ahead] > UInt16(node.time),
            !values.itinerary.hasCleared(UInt16(ahead), before: Int(node.errand))
        {
            return
        }
        // Two robots cannot swap places.
        let other = reserved[now + ahead]
        if other != 0 && other != own && reserved[then + cell] == other { return }
        push(UInt16(ahead), node.heading, node.errand, node.time + 1, .forward, index, start, values, errands)
    }

    private func staysFree(_ cell: Int, from time: Int, _ own: UInt8) -> Bool {
        (time...window).allSatisfy { reserved[$0 * area + cell] == 0 || reserved[$0 * area + cell] == own }
    }

    private mutating func push(
        _ cell: UInt16, _ heading: WarehouseHeading, _ errand: UInt8, _ time: UInt8, _ action: WarehouseAction,
        _ parent: Int32, _ start: Int, _ values: RouteValues, _ errands: [Itinerary.Errand]
    ) {
        var errand = errand
        if Int(errand) < errands.count, errands[Int(errand)].kind == .deliver,
            errands[Int(errand)].cells.contains(cell)
        {
            errand += 1
        }
        let isDone = Int(errand) == errands.count
        let rest: UInt16 = isDone ? values.rest(at: cell) : values[Int(errand), Int(cell), heading]
        guard rest != RouteValues.unreachable else { return }
        let bucket = Int(time) + Int(rest) - start
        guard bucket < buckets.count else { return }
        if !isDone {
            let slot = ((Int(time) * Itinerary.longest + Int(errand)) * area + Int(cell)) * 4 + Int(heading.rawValue)
            if seen[slot] == search { return }
            seen[slot] = search
        }
        nodes.append(
            Node(
                cell: cell, heading: heading, errand: errand, time: time, action: action, parent: parent,
                next: buckets[max(0, bucket)]))
        buckets[max(0, bucket)] = Int32(nodes.count - 1)
    }

    private func path(to end: Int, cost: Int, _ errands: [Itinerary.Errand]) -> Path {
        var path = Path()
        path.cost = cost
        var index = Int32(end)
        while index >= 0 {
            let node = nodes[Int(index)]
            path.cells.append(node.cell)
            if node.time == 1 { path.firstAction = node.action }
            if node.action == .toggleLoad, node.errand > 0, errands[Int(node.errand) - 1].kind == .pickUp {
                path.pickUp = Int(node.time)
            }
            index = node.parent
        }
        path.cells.reverse()
        path.stays = errands.last?.kind == .wait
        return path
    }
}
