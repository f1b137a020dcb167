/// Who fetches which requested shelf, and what each robot does after that.
struct TaskAssignment: Sendable {
    /// The shelf that each robot was to fetch at the last step, counted from 1; 0 for none.
    private var last: [UInt16] = []
    /// How many steps it takes from each cell and heading to a goal, with a shelf.
    private var toGoal: RouteValues
    /// The same for each robot with a shelf, to all places where it could be put down.
    private var toPlace: [RouteValues]
    private static let never = 1 << 20
    /// For so long it is all right to wait for a place to become free.
    private static let shortWait = 8

    init(_ map: PlannerMap, robots: Int) {
        toGoal = RouteValues(map)
        toPlace = Array(repeating: RouteValues(map), count: robots)
    }

    /// Begins another episode.
    mutating func forget() { last = [] }

    /// Each robot's itinerary.
    mutating func itineraries(_ floor: FloorSnapshot, _ map: PlannerMap) -> [Itinerary] {
        let deliver = Itinerary.Errand(kind: .deliver, cells: map.goals)
        toGoal.update(Itinerary(errands: [deliver]), standing: floor.isStanding, map)
        let fetched = assign(floor, map)
        last = fetched.map { $0.map { floor.waiting[$0].shelf } ?? 0 }

        // Places to put shelves down at: free ones, and those from which an empty-handed robot takes its shelf in time.
        var free = map.places.filter { !floor.isStanding[Int($0)] }
        var cleared: [(cell: UInt16, time: Int)] = []
        for robot in floor.cells.indices where floor.loads[robot] == 0 {
            guard let shelf = fetched[robot] else { continue }
            let cell = floor.waiting[shelf].cell
            cleared.append((cell, map.travel(floor.cells[robot], floor.headings[robot], cell) + 1))
        }
        var itineraries = [Itinerary](repeating: Itinerary(errands: []), count: floor.cells.count)
        var waiting: [UInt16] = []
        // Who puts a shelf down first chooses a place first.
        for robot in floor.cells.indices.sorted(by: { (claimRank($0, floor), $0) < (claimRank($1, floor), $1) }) {
            let pickUp = fetched[robot].map { Itinerary.Errand(kind: .pickUp, cells: [floor.waiting[$0].cell]) }
            if floor.loads[robot] != 0 {
                let arrival = floor.carriesRequested[robot] ? stepsToGoal(robot, floor) : 0
                let inTime = cleared.filter { $0.time <= arrival + Self.shortWait }.map(\.cell)
                let itinerary = putDown(robot, places: free + inTime, then: pickUp, floor, map)
                let place = itinerary.errands.first { $0.kind == .putDown }?.cells.first
                free.removeAll { $0 == place }
                cleared.removeAll { $0.cell == place }
                itineraries[robot] = itinerary
            } else if let pickUp {
                // Where the shelf goes after delivery is decided when it has been delivered.
                itineraries[robot].errands = [pickUp, deliver]
            } else {
                let place = waitingPlace(robot, besides: waiting, floor, map)
                waiting.append(place)
                itineraries[robot].errands = [Itinerary.Errand(kind: .wait, cells: [place])]
            }
        }
        return itineraries
    }

    /// The itinerary of a robot with a shelf: deliver it if it is requested, and put it down at the place from which
    /// what comes next is nearest.
    private mutating func putDown(
        _ robot: Int, places: [UInt16], then pickUp: Itinerary.Errand?, _ floor: FloorSnapshot, _ map: PlannerMap
    ) -> Itinerary {
        let deliver = Itinerary.Errand(kind: .deliver, cells: map.goals)
        let index = floor.carriesRequested[robot] ? 1 : 0
        let errands =
            (index == 1 ? [deliver] : []) + [Itinerary.Errand(kind: .putDown, cells: places)]
            + (pickUp.map { index == 1 ? [$0] : [$0, deliver] } ?? [])
        toPlace[robot].update(Itinerary(errands: errands), standing: floor.isStanding, map)
        let place = toPlace[robot].end(of: index, from: floor.cells[robot], floor.headings[robot], map)
        var itinerary = Itinerary(errands: errands)
        itinerary.errands[index] = Itinerary.Errand(kind: .putDown, cells: place.map { [$0] } ?? places)
        return itinerary
    }

    private func stepsToGoal(_ robot: Int, _ floor: FloorSnapshot) -> Int {
        Int(toGoal[0, Int(floor.cells[robot]), floor.headings[robot]])
    }

    private func claimRank(_ robot: Int, _ floor: FloorSnapshot) -> Int {
        if floor.loads[robot] == 0 { return Self.never }
        return floor.carriesRequested[robot] ? stepsToGoal(robot, floor) : -1
    }

    /// The index in `floor.waiting` of the shelf that each robot fetches next.
    private func assign(_ floor: FloorSnapshot, _ map: PlannerMap) -> [Int?] {
        guard !floor.waiting.isEmpty else { return floor.cells.map { _ in nil } }
        let free = map.places.filter { !floor.isStanding[Int($0)] }
        let fromPlace = free.map { place in (place, steps(toGoalFrom: place)) }
        let costs = floor.cells.indices.map { robot in
            floor.waiting.map { shelf, cell in
                let delivery = steps(toGoalFrom: cell)
                guard delivery < Self.never else { return Self.never }
                var fetch: Int
                if floor.loads[robot] == 0 {
                    fetch = map.travel(floor.cells[robot], floor.headings[robot], cell)
                } else if floor.carriesRequested[robot] {
                    // As far from the goal to a place as back.
                    let detour = fromPlace.map { place, steps in steps + map.travel(place, cell) }.min() ?? 0
                    fetch = stepsToGoal(robot, floor) + detour + 1
                } else {
                    let detour = free.map { place in
                        map.travel(floor.cells[robot], floor.headings[robot], place)
                            + map.travel(place, cell)
                    }
                    fetch = (detour.min() ?? 0) + 1
                }
                // Rather the same as before than another that is as good.
                if robot < last.count, last[robot] == shelf { fetch -= 1 }
                return max(0, fetch + 1 + delivery)
            } + Array(repeating: Self.never / 2, count: floor.cells.count)
        }
        return cheapestAssignment(costs).map { $0 < floor.waiting.count ? $0 : nil }
    }

    private func steps(toGoalFrom cell: UInt16) -> Int {
        let best = WarehouseHeading.allCases.map { toGoal[0, Int(cell), $0] }.min() ?? RouteValues.unreachable
        return best == RouteValues.unreachable ? Self.never : Int(best)
    }

    /// Where an idle robot waits: near an average shelf that no other idle robot is nearer to.
    private func waitingPlace(
        _ robot: Int, besides others: [UInt16], _ floor: FloorSnapshot, _ map: PlannerMap
    ) -> UInt16 {
        func cost(_ place: UInt16) -> Int {
            guard !others.isEmpty else { return Int(map.meanTravel[Int(place)]) }
            return map.places.reduce(0) { total, shelf in
                total + others.reduce(map.travel(place, shelf)) { min($0, map.travel($1, shelf)) }
            }
        }
        let candidates = map.places.filter { place in
            floor.isStanding[Int(place)] && !others.contains(place) && !floor.waiting.contains { $0.cell == place }
        }
        return candidates.min { (cost($0), $0) < (cost($1), $1) } ?? floor.cells[robot]
    }
}
