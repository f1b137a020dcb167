/// What a robot sees, read back from its observation row.
///
/// Rows may come from anywhere, so what they say is brought into the range of the floor.
struct RobotView {
    /// A cell of the window.
    struct Place {
        /// Cells to the east and to the south of the robot.
        let right: Int
        let down: Int
        /// Where the robot there faces; nil if there is none.
        let heading: WarehouseHeading?
        /// Its message bits, such as "01".
        let signal: String
        let hasShelf: Bool
        let isRequested: Bool

        var isOwn: Bool { right == 0 && down == 0 }
    }

    let game: WarehouseGame
    let cell: WarehouseLayout.Cell
    let isCarrying: Bool
    let heading: WarehouseHeading
    let isOnHighway: Bool
    /// Row by row, the own cell included.
    let window: [Place]

    init(_ game: WarehouseGame, _ row: UnsafeBufferPointer<Float>) {
        self.game = game
        let layout = game.layout
        let isNormalised = game.parameters.normalisedCoordinates
        func coordinate(_ value: Float, _ count: Int) -> Int {
            let scaled = isNormalised ? value * Float(count - 1) : value
            return scaled > 0 ? Int(min(scaled, Float(count - 1)).rounded()) : 0
        }
        cell = .init(x: coordinate(row[0], layout.width), y: coordinate(row[1], layout.height))
        isCarrying = row[2] > 0.5
        heading = Self.heading(row, 3)
        isOnHighway = row[7] > 0.5
        let (range, bits) = (game.sensor.range, game.sensor.messageBits)
        let side = 2 * range + 1
        window = (0..<side * side).map { index in
            let offset = 8 + index * (7 + bits)
            let isRobot = row[offset] > 0.5
            return Place(
                right: index % side - range, down: index / side - range,
                heading: isRobot ? Self.heading(row, offset + 1) : nil,
                signal: isRobot ? (0..<bits).map { row[offset + 5 + $0] > 0.5 ? "1" : "0" }.joined() : "",
                hasShelf: row[offset + 5 + bits] > 0.5, isRequested: row[offset + 6 + bits] > 0.5)
        }
    }

    private static func heading(_ row: UnsafeBufferPointer<Float>, _ offset: Int) -> WarehouseHeading {
        WarehouseHeading.allCases.first { row[offset + Int($0.rawValue)] > 0.5 } ?? .up
    }
}

/// The view in words.
extension RobotView {
    var words: String {
        var text = "You are at column \(cell.x), row \(cell.y), \(floor), facing \(heading.compass). "
        let own = window[window.count / 2]
        let shelf = own.isRequested ? "a requested shelf" : "a shelf that is not requested"
        if isCarrying {
            text += "You carry \(shelf)."
        } else {
            text += own.hasShelf ? "You carry nothing and are under \(shelf)." : "You carry nothing."
        }
        if !own.signal.isEmpty { text += " You show the signal \(own.signal)." }
        if let ahead { text += " Ahead: \(ahead)." }
        if let goal { text += " Nearest goal: \(goal)." }
        let others = window.filter { !$0.isOwn }
        guard !others.isEmpty else { return text }
        let requested = others.filter(\.isRequested).map(direction)
        let shelves = others.filter { $0.hasShelf && !$0.isRequested }.map(direction)
        let robots = others.compactMap { place in
            place.heading.map {
                "\(Self.direction(place.right, place.down)) facing \($0.compass)"
                    + (place.signal.isEmpty ? "" : " showing \(place.signal)")
            }
        }
        text += "\nRequested shelves in sight: " + Self.list(requested)
        text += "\nOther shelves in sight: " + Self.list(shelves)
        if game.parameters.robots > 1 { text += "\nRobots in sight: " + Self.list(robots) }
        return text
    }

    private var floor: String {
        if !isOnHighway { return "at a shelf place" }
        return game.layout.goals.contains(cell) ? "on a goal" : "on a corridor"
    }

    /// What is in the cell before the robot; nil if that is not in sight.
    private var ahead: String? {
        let (right, down) = heading.direction
        let next = WarehouseLayout.Cell(x: cell.x + right, y: cell.y + down)
        guard (0..<game.layout.width).contains(next.x), (0..<game.layout.height).contains(next.y) else {
            return "the wall"
        }
        guard let place = window.first(where: { $0.right == right && $0.down == down }) else { return nil }
        var things: [String] = []
        if place.heading != nil { things.append("a robot") }
        if place.hasShelf { things.append(place.isRequested ? "a requested shelf" : "a shelf") }
        if things.isEmpty { return game.layout.isHighway(next) ? "free corridor" : "a free shelf place" }
        return things.joined(separator: " and ")
    }

    private var goal: String? {
        let nearest = game.layout.goals.min {
            abs($0.x - cell.x) + abs($0.y - cell.y) < abs($1.x - cell.x) + abs($1.y - cell.y)
        }
        return nearest.map { $0 == cell ? "here" : Self.direction($0.x - cell.x, $0.y - cell.y) }
    }

    private func direction(_ place: Place) -> String { Self.direction(place.right, place.down) }

    /// Such as "2 north 1 east".
    private static func direction(_ right: Int, _ down: Int) -> String {
        var parts: [String] = []
        if down != 0 { parts.append("\(abs(down)) \(down < 0 ? "north" : "south")") }
        if right != 0 { parts.append("\(abs(right)) \(right < 0 ? "west" : "east")") }
        return parts.joined(separator: " ")
    }

    private static func list(_ items: [String]) -> String {
        (items.isEmpty ? "none" : items.joined(separator: "; ")) + "."
    }
}

extension WarehouseHeading {
    /// The heading as a language model is told it.
    var compass: String {
        switch self {
        case .up: "north"
        case .down: "south"
        case .left: "west"
        case .right: "east"
        }
    }

    /// Cells to the right and down that a step takes.
    var direction: (right: Int, down: Int) {
        switch self {
        case .up: (0, -1)
        case .down: (0, 1)
        case .left: (-1, 0)
        case .right: (1, 0)
        }
    }
}
