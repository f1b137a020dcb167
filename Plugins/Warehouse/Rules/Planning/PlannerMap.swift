/// What a planner needs to know of a warehouse's floor; does not change in an episode.
struct PlannerMap: Sendable {
    /// Cells, margins included; cells are numbered as in ``WarehouseWords``.
    let area: Int
    let isOutside: [Bool]
    let isHighway: [Bool]
    let goals: [UInt16]
    /// Every place of a shelf.
    let places: [UInt16]
    /// From each cell: how far an empty-handed robot has to an average shelf place, turns included, rounded.
    let meanTravel: [UInt16]
    private let stride: Int

    init(_ game: WarehouseGame) {
        area = game.words.area
        stride = game.words.stride
        isOutside = game.emptyFloor.map { $0.contains(.outside) }
        isHighway = game.emptyFloor.map { $0.contains(.highway) }
        goals = game.goals
        places = game.shelfPlaces
        let (stride, places) = (stride, places)
        // Columns and rows apart; most ways also need two turns.
        func meanDistance(_ coordinate: (Int) -> Int) -> [Int] {
            var counts: [Int: Int] = [:]
            for place in places { counts[coordinate(Int(place)), default: 0] += 1 }
            return (0...(0..<game.words.area).reduce(0) { max($0, coordinate($1)) }).map { from in
                counts.reduce(0) { $0 + abs($1.key - from) * $1.value } / max(1, places.count)
            }
        }
        let across = meanDistance { $0 % stride }
        let along = meanDistance { $0 / stride }
        meanTravel = (0..<area).map { UInt16(across[$0 % stride] + along[$0 / stride] + 2) }
    }

    /// The cell before a robot.
    func ahead(_ cell: Int, _ heading: WarehouseHeading) -> Int {
        switch heading {
        case .up: cell - stride
        case .down: cell + stride
        case .left: cell - 1
        case .right: cell + 1
        }
    }

    /// The cell behind a robot.
    func behind(_ cell: Int, _ heading: WarehouseHeading) -> Int {
        switch heading {
        case .up: cell + stride
        case .down: cell - stride
        case .left: cell + 1
        case .right: cell - 1
        }
    }

    /// Steps that an empty-handed robot takes alone, turns included: nothing is in its way.
    func travel(_ start: UInt16, _ heading: WarehouseHeading, _ end: UInt16) -> Int {
        let across = Int(end) % stride - Int(start) % stride
        let along = Int(end) / stride - Int(start) / stride
        let horizontal: WarehouseHeading? = across == 0 ? nil : (across > 0 ? .right : .left)
        let vertical: WarehouseHeading? = along == 0 ? nil : (along > 0 ? .down : .up)
        let turns: Int
        if horizontal != nil && vertical != nil {
            turns = heading == horizontal || heading == vertical ? 1 : 2
        } else if let direction = horizontal ?? vertical {
            turns = heading == direction ? 0 : (heading.turnedLeft.turnedLeft == direction ? 2 : 1)
        } else {
            turns = 0
        }
        return abs(across) + abs(along) + turns
    }

    /// The same from the best heading.
    func travel(_ start: UInt16, _ end: UInt16) -> Int {
        let across = Int(end) % stride - Int(start) % stride
        let along = Int(end) / stride - Int(start) / stride
        return abs(across) + abs(along) + (across != 0 && along != 0 ? 1 : 0)
    }
}
