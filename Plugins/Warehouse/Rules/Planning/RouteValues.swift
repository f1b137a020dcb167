/// For a robot alone on the floor: how many steps it takes to the end of its itinerary from every cell and heading in
/// every errand. Exact, so that a search which follows it goes straight.
struct RouteValues: Sendable {
    static let unreachable = UInt16.max

    private(set) var itinerary = Itinerary(errands: [])
    private var standing: [Bool] = []
    /// [errand][cell][heading].
    private var values: [UInt16] = []
    private var queue: [Int32] = []
    private let area: Int
    private let meanTravel: [UInt16]

    init(_ map: PlannerMap) {
        area = map.area
        meanTravel = map.meanTravel
    }

    subscript(errand: Int, cell: Int, heading: WarehouseHeading) -> UInt16 {
        values[(errand * area + cell) * 4 + Int(heading.rawValue)]
    }

    /// What is left once all errands are done: the travel to an average shelf, if the last was to put one down.
    func rest(at cell: UInt16) -> UInt16 { itinerary.endsWithTravel ? meanTravel[Int(cell)] : 0 }

    /// Where a robot alone on the floor, from its first errand on, ends the one of index `last`; nil if it cannot.
    func end(of last: Int, from start: UInt16, _ heading: WarehouseHeading, _ map: PlannerMap) -> UInt16? {
        var (cell, heading) = (Int(start), heading)
        for errand in 0...last {
            while true {
                let value = self[errand, cell, heading]
                guard value != Self.unreachable else { return nil }
                if itinerary.errands[errand].cells.contains(UInt16(cell)), value == valueAtEnd(errand, cell, heading) {
                    break
                }
                let ahead = map.ahead(cell, heading)
                if !map.isOutside[ahead], !isBlocked(ahead, errand), self[errand, ahead, heading] == value - 1 {
                    cell = ahead
                } else if self[errand, cell, heading.turnedLeft] == value - 1 {
                    heading = heading.turnedLeft
                } else if self[errand, cell, heading.turnedRight] == value - 1 {
                    heading = heading.turnedRight
                } else {
                    return nil
                }
            }
        }
        return UInt16(cell)
    }

    /// What is left for a robot that is where an errand ends.
    private func valueAtEnd(_ errand: Int, _ cell: Int, _ heading: WarehouseHeading) -> UInt16 {
        let toggle: UInt16 = itinerary.errands[errand].endsWithToggle ? 1 : 0
        let isLast = errand == itinerary.errands.count - 1
        let after = isLast ? rest(at: UInt16(cell)) : self[errand + 1, cell, heading]
        return after >= Self.unreachable - 1 ? Self.unreachable : toggle + after
    }

    /// Whether a shelf keeps a robot from entering a cell in an errand.
    private func isBlocked(_ cell: Int, _ errand: Int) -> Bool {
        itinerary.errands[errand].isLoaded && standing[cell]
            && !itinerary.errands[errand].cells.contains(UInt16(cell))
            && !itinerary.hasCleared(UInt16(cell), before: errand)
    }

    /// - Parameter standing: where a robot with a shelf cannot go: [cell].
    mutating func update(_ itinerary: Itinerary, standing: [Bool], _ map: PlannerMap) {
        if itinerary == self.itinerary && standing == self.standing { return }
        self.itinerary = itinerary
        self.standing = standing
        values.removeAll(keepingCapacity: true)
        values.append(
            contentsOf: repeatElement(Self.unreachable, count: 4 * area * itinerary.errands.count))
        for errand in itinerary.errands.indices.reversed() { fill(errand, map) }
    }

    /// Breadth first, backwards from where the errand ends.
    private mutating func fill(_ index: Int, _ map: PlannerMap) {
        let errand = itinerary.errands[index]
        let offset = index * area * 4
        var ends: [(state: Int, value: Int)] = []
        for cell in errand.cells {
            for heading in WarehouseHeading.allCases {
                let value = valueAtEnd(index, Int(cell), heading)
                if value != Self.unreachable { ends.append((Int(cell) * 4 + Int(heading.rawValue), Int(value))) }
            }
        }
        ends.sort { ($0.value, $0.state) < ($1.value, $1.state) }
        queue.removeAll(keepingCapacity: true)
        var head = 0
        var nextEnd = 0
        func reach(_ state: Int, _ value: Int) {
            guard values[offset + state] == Self.unreachable, value < Int(Self.unreachable) else { return }
            values[offset + state] = UInt16(value)
            queue.append(Int32(state))
        }
        while head < queue.count || nextEnd < ends.count {
            // Ends of different values join when the search has come to theirs.
            let level = head < queue.count ? Int(values[offset + Int(queue[head])]) : Int.max
            if nextEnd < ends.count, ends[nextEnd].value <= level {
                reach(ends[nextEnd].state, ends[nextEnd].value)
                nextEnd += 1
                continue
            }
            let state = Int(queue[head])
            head += 1
            let cell = state / 4
            guard let heading = WarehouseHeading(rawValue: UInt16(state % 4)) else { continue }
            reach(cell * 4 + Int(heading.turnedLeft.rawValue), level + 1)
            reach(cell * 4 + Int(heading.turnedRight.rawValue), level + 1)
            let behind = map.behind(cell, heading)
            if !map.isOutside[behind], !isBlocked(cell, index) { reach(behind * 4 + Int(heading.rawValue), level + 1) }
        }
    }
}
