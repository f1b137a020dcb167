import ArgusEnvAPI

/// A warehouse's rules: everything that does not change in an episode, shared by all states.
///
/// Cells are numbered in a grid that has a margin of outside cells on every side, as wide as a robot sees, so that no
/// window and no step needs a bounds check.
public final class WarehouseGame: Sendable {
    public let parameters: WarehouseParameters
    public let layout: WarehouseLayout
    /// How many shelves there are.
    public let shelfCount: Int

    let parametersOfStep: WarehouseStepParameters
    /// What an observation reads of the parameters.
    let sensor: (range: Int, messageBits: Int)
    /// Where each part of a state is in its words.
    let words: WarehouseWords
    /// Contents of each cell without robots and shelves.
    let emptyFloor: [CellContents]
    /// Where the shelves stand at first, in the order of their numbers.
    let shelfPlaces: [UInt16]
    let goals: [UInt16]
    /// x and y of each cell, as robots observe them.
    let coordinates: [SIMD2<Float>]
    /// What a robot observes of a cell, without messages, by its visible contents: robot, its heading one-hot, shelf,
    /// requested; the last number is padding.
    let features: [SIMD8<Float>]

    /// - Throws: ``RulesError``.
    public init(_ parameters: WarehouseParameters) throws {
        // Messages name a parameter as scenario files do.
        func expect(_ name: String, _ value: Int, in range: ClosedRange<Int>) throws {
            guard !range.contains(value) else { return }
            let bounds = "\(range.lowerBound) to \(range.upperBound)"
            throw RulesError(.configuration, "\(name): found \(value), expected \(bounds)")
        }
        let layout = try WarehouseLayout(parameters.floor)
        let places = layout.shelfPlaces
        try expect("agents", parameters.robots, in: 1...min(64, layout.width * layout.height))
        try expect("requests", parameters.requests, in: 0...max(0, places.count - 1))
        try expect("sensor_range", parameters.sensorRange, in: 0...16)
        try expect("message_bits", parameters.messageBits, in: 0...16)
        if let limit = parameters.maximumInactivity {
            try expect("max_inactivity", limit, in: 1...1_000_000_000)
        }
        let margin = max(1, parameters.sensorRange)
        let stride = layout.width + 2 * margin
        let area = stride * (layout.height + 2 * margin)
        guard area <= WarehouseLayout.largestArea else {
            throw RulesError(.configuration, "layout: \(area) cells are too many, margin included")
        }

        self.parameters = parameters
        parametersOfStep = WarehouseStepParameters(parameters)
        sensor = (parameters.sensorRange, parameters.messageBits)
        self.layout = layout
        shelfCount = places.count
        words = WarehouseWords(
            robots: parameters.robots, shelves: places.count, requests: parameters.requests, stride: stride, area: area,
            margin: margin)
        let number = words.number
        shelfPlaces = places.map(number)
        goals = layout.goals.map(number)

        var floor = [CellContents](repeating: .outside, count: area)
        var coordinates = [SIMD2<Float>](repeating: SIMD2(0, 0), count: area)
        // As the package does: divided in double precision, then rounded. A single row or column is at 0.
        let scale =
            parameters.normalisedCoordinates
            ? SIMD2(Double(max(1, layout.width - 1)), Double(max(1, layout.height - 1))) : SIMD2(1, 1)
        for (index, isHighway) in layout.highways.enumerated() {
            let cell = WarehouseLayout.Cell(x: index % layout.width, y: index / layout.width)
            floor[Int(number(cell))] = isHighway ? .highway : []
            coordinates[Int(number(cell))] = SIMD2<Float>(SIMD2(Double(cell.x), Double(cell.y)) / scale)
        }
        emptyFloor = floor
        self.coordinates = coordinates
        features = (0...CellContents.visible.rawValue).map { code in
            let contents = CellContents(rawValue: code)
            // Where there is no robot, the package shows the first heading.
            var row = SIMD8<Float>(0, 1, 0, 0, 0, 0, 0, 0)
            if !contents.isDisjoint(with: .robot) {
                row[0] = 1
                row[1] = 0
                row[1 + Int(contents.heading.rawValue)] = 1
            }
            row[5] = contents.contains(.shelf) ? 1 : 0
            row[6] = contents.contains(.requested) ? 1 : 0
            return row
        }
    }

    /// Sizes of a robot's action heads: the action, then two for each message bit.
    public var actionHeads: [Int] {
        [WarehouseAction.allCases.count] + Array(repeating: 2, count: parameters.messageBits)
    }

    /// Length of a robot's observation: 8 + (2 range + 1)² (7 + message bits).
    public var observationSize: Int {
        let side = 2 * parameters.sensorRange + 1
        return 8 + side * side * (7 + parameters.messageBits)
    }

    /// Length of a robot's legal mask: the sum of its action heads.
    public var legalActionsSize: Int { WarehouseAction.allCases.count + 2 * parameters.messageBits }
}
