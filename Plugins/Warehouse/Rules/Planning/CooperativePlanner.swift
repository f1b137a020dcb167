/// A scripted team that sees the whole warehouse: who fetches which shelf, and ways that do not meet.
///
/// At each step anew:
/// 1. Requested shelves go to robots so that the sum of the times until delivery is smallest (``TaskAssignment``).
/// 2. Each robot gets an itinerary: fetch, deliver, put down at the free place that is best for what comes next. Idle
///    robots wait where an average shelf is near.
/// 3. Robots plan one after the other in a window of space and time, each around those before it
///    (``SpaceTimeSearch``). If that costs more than if each were alone, other orders are tried, and the best is kept.
///
/// Deterministic: what it does follows from the state and what it did in this episode. No lookahead to chance: a refill
/// of the request queue is not foreseen.
public struct CooperativePlanner: Sendable {
    private let map: PlannerMap
    private var assignment: TaskAssignment
    private var values: [RouteValues]
    private var search: SpaceTimeSearch
    /// Steps in which nobody did anything although somebody should have.
    private var standstill = 0
    /// What is tried in turn when some robot finds no way.
    private static let patience = [1, 2, 0, 4]
    /// What such a robot costs.
    private static let failure = 1 << 20
    /// How many orders of planning are tried.
    private let orders: Int

    /// - Parameters:
    ///   - window: steps that are planned without conflicts.
    ///   - orders: orders of planning tried at a step, at most.
    public init(_ game: WarehouseGame, window: Int = 12, orders: Int = 8) {
        map = PlannerMap(game)
        assignment = TaskAssignment(map, robots: game.parameters.robots)
        values = Array(repeating: RouteValues(map), count: game.parameters.robots)
        search = SpaceTimeSearch(area: map.area, window: window)
        self.orders = orders
    }

    /// Begins another episode: what it does there follows from nothing before.
    public mutating func forget() {
        assignment.forget()
        standstill = 0
    }

    /// Writes one action for each robot: robots × action heads, row-major, message bits 0.
    public mutating func act(on state: borrowing WarehouseState, into actions: UnsafeMutablePointer<Int32>) {
        let snapshot = FloorSnapshot(state, map)
        let itineraries = assignment.itineraries(snapshot, map)
        for robot in itineraries.indices {
            values[robot].update(itineraries[robot], standing: snapshot.isStanding, map)
        }
        let plan = bestPlan(snapshot, itineraries)
        let heads = snapshot.actionHeads
        var isStandstill = true
        for robot in itineraries.indices {
            let action = plan.paths[robot]?.firstAction ?? .stay
            if action != .stay { isStandstill = false }
            actions[robot * heads] = action.rawValue
            for bit in 1..<heads { actions[robot * heads + bit] = 0 }
        }
        let hasWork = itineraries.contains { $0.errands.first.map { $0.kind != .wait } ?? false }
        standstill = isStandstill && hasWork ? standstill + 1 : 0
    }

    private struct Plan {
        var paths: [SpaceTimeSearch.Path?]
        var cost: Int
    }

    /// Robots in the order in which they plan first: those with a requested shelf, with another shelf, without, idle;
    /// among those, the nearest to the end of its errand.
    private func firstOrder(_ snapshot: FloorSnapshot, _ itineraries: [Itinerary]) -> [Int] {
        func rank(_ robot: Int) -> (Int, Int, Int) {
            let kind = itineraries[robot].errands.first?.kind
            let group =
                switch kind {
                case .deliver: 0
                case .putDown: 1
                case .pickUp: 2
                case .wait, nil: 3
                }
            return (group, alone(robot, snapshot), robot)
        }
        let ranks = itineraries.indices.map(rank)
        return itineraries.indices.sorted { ranks[$0] < ranks[$1] }
    }

    /// Steps to the end of a robot's itinerary if nobody is in its way.
    private func alone(_ robot: Int, _ snapshot: FloorSnapshot) -> Int {
        guard !values[robot].itinerary.errands.isEmpty else { return 0 }
        return Int(values[robot][0, Int(snapshot.cells[robot]), snapshot.headings[robot]])
    }

    private mutating func bestPlan(_ snapshot: FloorSnapshot, _ itineraries: [Itinerary]) -> Plan {
        var order = firstOrder(snapshot, itineraries)
        // Nobody moved although there was work: begin with another order each time.
        for turn in 0..<standstill where !order.isEmpty {
            order.swapAt(turn % order.count, (turn * 7 + 1) % order.count)
        }
        let bound = order.reduce(0) { $0 + alone($1, snapshot) }
        var best = plan(order, snapshot, patience: 0)
        var attempt = 1
        while best.cost > bound, attempt < orders, order.count > 1 {
            // Who loses most goes first; then other pairs change places.
            if attempt % 2 == 1 {
                let losses = order.map { (best.paths[$0]?.cost ?? Self.failure) - alone($0, snapshot) }
                guard let worst = losses.indices.max(by: { losses[$0] < losses[$1] }) else { break }
                order.insert(order.remove(at: worst), at: 0)
            } else {
                let first = attempt / 2 % order.count
                order.swapAt(first, (first + 1) % order.count)
            }
            let isFailure = best.cost >= Self.failure
            let patience = isFailure ? Self.patience[attempt % Self.patience.count] : 0
            let other = plan(order, snapshot, patience: patience)
            if other.cost < best.cost { best = other }
            attempt += 1
        }
        return best
    }

    /// Plans robot after robot. One that finds no way stays, and costs much.
    ///
    /// - Parameter patience: for how many steps the places of robots that have not planned yet are left to them.
    private mutating func plan(_ order: [Int], _ snapshot: FloorSnapshot, patience: Int) -> Plan {
        search.clear()
        for robot in order { search.hold(snapshot.cells[robot], robot: robot, steps: patience) }
        var plan = Plan(paths: Array(repeating: nil, count: order.count), cost: 0)
        var freeAt = snapshot.isStanding.map { $0 ? UInt16.max : 0 }
        for robot in order {
            let start = snapshot.cells[robot]
            let path = search.path(robot, from: start, snapshot.headings[robot], values[robot], freeAt: freeAt, map)
            plan.paths[robot] = path
            plan.cost += path?.cost ?? Self.failure
            search.release(start, robot: robot, steps: patience)
            search.reserve(path?.cells ?? [start], robot: robot, stays: path == nil || path?.stays == true)
            // Whoever plans later may use the place that this robot clears.
            if let pickUp = path?.pickUp, let place = values[robot].itinerary.vacated {
                freeAt[Int(place)] = UInt16(pickUp)
            }
        }
        return plan
    }
}
