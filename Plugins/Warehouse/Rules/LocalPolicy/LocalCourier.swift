import ArgusEnvAPI

/// A scripted robot that knows the floor plan and what it has seen itself, and nothing else.
///
/// It makes rounds on which it looks at every shelf place, fetches the nearest requested shelf that it has seen, takes
/// it to the nearest goal, and brings it back to where it was. It drives around robots that stand in its way, if that
/// is not much longer, and otherwise waits or, by chance, gives way.
struct LocalCourier {
    private let view: RobotView
    private let layout: WarehouseLayout
    private let robot: Int
    private let robots: Int
    private let here: Int
    /// What is known of the cells in sight, by cell.
    private let sight: [Int: RobotView.Place]
    private var memory: CourierMemory

    /// How much longer a way around another robot may be.
    private static let detour = 8

    /// - Parameters: `view`: what robot number `robot` sees; `memory`: what it remembers.
    init(_ view: RobotView, robot: Int, memory: CourierMemory) {
        self.view = view
        self.robot = robot
        self.memory = memory
        layout = view.game.layout
        robots = view.game.parameters.robots
        here = view.cell.y * layout.width + view.cell.x
        var sight: [Int: RobotView.Place] = [:]
        for place in view.window {
            let (x, y) = (view.cell.x + place.right, view.cell.y + place.down)
            guard x >= 0, x < layout.width, y >= 0, y < layout.height else { continue }
            sight[y * layout.width + x] = place
        }
        self.sight = sight
    }

    /// The action, and what to remember.
    static func act(
        _ view: RobotView, robot: Int, memory: CourierMemory
    ) -> (action: WarehouseAction, memory: CourierMemory) {
        var courier = LocalCourier(view, robot: robot, memory: memory)
        let action = courier.act()
        return (action, courier.memory)
    }

    private mutating func act() -> WarehouseAction {
        remember()
        let action = choose()
        memory.droveFrom = action == .forward ? UInt32(here + 1) : 0
        if action == .toggleLoad { memory.home = view.isCarrying ? 0 : UInt32(here + 1) }
        return action
    }

    // MARK: Memory

    private mutating func remember() {
        if memory.clock == 0 { leaveOthersTheirShare() }
        memory.clock &+= 1
        for (cell, place) in sight where !layout.highways[cell] {
            memory.seen[cell] = true
            // A robot there sees it too, and may have it already.
            let isTaken = place.heading != nil && cell != here
            memory.requested[cell] = place.isRequested && !isTaken
        }
        memory.failures = memory.droveFrom == UInt32(here + 1) ? memory.failures &+ 1 : 0
        if memory.avoidance > 0 { memory.avoidance -= 1 }
        if memory.failures >= 2 {
            memory.failures = 0
            if let ahead { avoid(ahead, steps: 4 + chance(8)) }
        }
    }

    /// On the first round each robot looks at its share of the places only.
    private mutating func leaveOthersTheirShare() {
        let places = layout.highways.indices.filter { !layout.highways[$0] }
        for (rank, cell) in places.enumerated() where rank * robots / places.count != robot { memory.seen[cell] = true }
    }

    private mutating func avoid(_ cell: Int, steps: Int) {
        memory.avoided = UInt32(cell + 1)
        memory.avoidance = UInt16(steps)
    }

    /// Less than `bound`; the same in every episode, which is chance enough to part two robots.
    private func chance(_ bound: Int) -> Int {
        var random = SplitMix64(seed: UInt64(memory.clock) << 8 | UInt64(robot))
        return random.below(bound)
    }

    // MARK: Choice

    private mutating func choose() -> WarehouseAction {
        let own = sight[here]
        if view.isCarrying {
            if own?.isRequested == true { return drive(to: goals) }
            if !view.isOnHighway { return .toggleLoad }
            return drive(to: freePlaces, orPatrol: true)
        }
        if own?.isRequested == true, isAccessible(here) { return .toggleLoad }
        let known = layout.highways.indices.filter {
            !layout.highways[$0] && memory.requested[$0] && isAccessible($0)
        }
        if known.isEmpty, !layout.highways.indices.contains(where: { !layout.highways[$0] && !memory.seen[$0] }) {
            // The next round.
            memory.seen.removeAll()
            for cell in sight.keys { memory.seen[cell] = true }
        }
        return drive(to: known, orPatrol: true)
    }

    private var goals: [Int] { layout.goals.map { $0.y * layout.width + $0.x } }

    /// Where the carried shelf may be put down, as far as is known.
    private var freePlaces: [Int] {
        var cells = sight.keys.filter { cell in
            !layout.highways[cell] && sight[cell].map { !$0.hasShelf && $0.heading == nil } ?? false
        }
        let home = Int(memory.home) - 1
        if layout.highways.indices.contains(home), sight[home] == nil { cells.append(home) }
        return cells.sorted()
    }

    /// Whether a shelf can be carried away from a place, at least if others nearby were not there.
    private func isAccessible(_ cell: Int) -> Bool {
        WarehouseHeading.allCases.contains { neighbour(cell, $0).map { layout.highways[$0] } ?? false }
    }

    private func neighbour(_ cell: Int, _ heading: WarehouseHeading) -> Int? {
        let (right, down) = heading.direction
        let (x, y) = (cell % layout.width + right, cell / layout.width + down)
        return x >= 0 && x < layout.width && y >= 0 && y < layout.height ? y * layout.width + x : nil
    }

    /// The cell from which the most places can be seen that were not yet, for the steps that it takes to get there.
    private func patrol(_ routes: CourierRoutes) -> Int? {
        let range = view.game.sensor.range
        var best: (cell: Int, value: Double)?
        for (cell, distance) in routes.distances.enumerated() where distance != CourierRoutes.unreachable {
            let (x, y) = (cell % layout.width, cell / layout.width)
            var unseen = 0
            for row in max(0, y - range)...min(layout.height - 1, y + range) {
                for column in max(0, x - range)...min(layout.width - 1, x + range) {
                    let place = row * layout.width + column
                    if !layout.highways[place], !memory.seen[place] { unseen += 1 }
                }
            }
            guard unseen > 0 else { continue }
            let value = Double(unseen) / Double(distance + 2)
            if value > best?.value ?? 0 { best = (cell, value) }
        }
        return best?.cell
    }

    // MARK: Driving

    private var ahead: Int? { neighbour(here, view.heading) }

    /// Whether the courier could enter a cell if there were no other robots.
    private func isOpen(_ cell: Int) -> Bool {
        guard view.isCarrying, !layout.highways[cell] else { return true }
        if let place = sight[cell] { return !place.hasShelf }
        return cell == Int(memory.home) - 1
    }

    /// One step on the way to the nearest of some cells, or else to where unseen places are.
    private mutating func drive(to cells: [Int], orPatrol: Bool = false) -> WarehouseAction {
        let avoided = memory.avoidance > 0 ? Int(memory.avoided) - 1 : -1
        let direct = CourierRoutes(layout, from: here, view.heading) { isOpen($0) && $0 != avoided }
        guard let end = direct.nearest(cells) ?? (orPatrol ? patrol(direct) : nil) else { return yield() }
        let action = direct.firstActions[end]
        guard action == .forward, let ahead, let other = sight[ahead]?.heading else { return action }
        // A robot that drives ahead is followed.
        if other == view.heading { return .forward }
        let around = CourierRoutes(layout, from: here, view.heading) { cell in
            isOpen(cell) && cell != avoided && (cell == here || sight[cell]?.heading == nil)
        }
        if around.distances[end] <= direct.distances[end] + Self.detour {
            avoid(ahead, steps: 6)
            return around.firstActions[end]
        }
        return yield()
    }

    /// Waits, or gives way: by chance turns or drives somewhere.
    private func yield() -> WarehouseAction {
        switch chance(5) {
        case 0: .turnLeft
        case 1: .turnRight
        case 2: .forward
        default: .stay
        }
    }
}
