/// Shortest ways from where a courier is, counting a quarter turn as a step.
struct CourierRoutes {
    /// Steps to each cell; `unreachable` if there is no way.
    private(set) var distances: [Int]
    /// The first action of the way to each cell.
    private(set) var firstActions: [WarehouseAction]

    static let unreachable = Int.max

    /// Breadth-first search.
    ///
    /// - Parameter isOpen: whether the courier can enter a cell, numbered row by row.
    init(_ layout: WarehouseLayout, from start: Int, _ heading: WarehouseHeading, isOpen: (Int) -> Bool) {
        let (width, height) = (layout.width, layout.height)
        distances = Array(repeating: Self.unreachable, count: width * height)
        firstActions = Array(repeating: .stay, count: width * height)
        // 0: not reached; otherwise the first action plus one.
        var reached = [UInt8](repeating: 0, count: 4 * width * height)
        var frontier = [4 * start + Int(heading.rawValue)]
        reached[frontier[0]] = 1
        distances[start] = 0
        var distance = 0
        while !frontier.isEmpty {
            distance += 1
            var next: [Int] = []
            for node in frontier {
                let (cell, code) = (node >> 2, node & 3)
                guard let heading = WarehouseHeading(rawValue: UInt16(code)) else { continue }
                func reach(_ node: Int, by action: WarehouseAction) {
                    guard reached[node] == 0 else { return }
                    reached[node] = distance == 1 ? UInt8(action.rawValue) + 1 : reached[4 * cell + code]
                    next.append(node)
                    guard distances[node >> 2] == Self.unreachable else { return }
                    distances[node >> 2] = distance
                    firstActions[node >> 2] = WarehouseAction(rawValue: Int32(reached[node]) - 1) ?? .stay
                }
                let (right, down) = heading.direction
                let (x, y) = (cell % width + right, cell / width + down)
                if x >= 0, x < width, y >= 0, y < height, isOpen(y * width + x) {
                    reach(4 * (y * width + x) + code, by: .forward)
                }
                reach(4 * cell + Int(heading.turnedLeft.rawValue), by: .turnLeft)
                reach(4 * cell + Int(heading.turnedRight.rawValue), by: .turnRight)
            }
            frontier = next
        }
    }

    /// The nearest of some cells, the first one among equals; nil if none can be reached.
    func nearest(_ cells: some Sequence<Int>) -> Int? {
        let nearest = cells.min { distances[$0] < distances[$1] }
        return nearest.flatMap { distances[$0] == Self.unreachable ? nil : $0 }
    }
}
