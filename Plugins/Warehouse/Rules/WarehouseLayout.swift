import ArgusEnvAPI

/// The floor of a warehouse: a rectangle of corridor cells, shelf places and goals.
///
/// x is the column and grows to the right, y is the row and grows downwards.
public struct WarehouseLayout: Sendable, Equatable {
    /// A cell's place.
    public struct Cell: Sendable, Hashable {
        public var x: Int
        public var y: Int

        public init(x: Int, y: Int) {
            self.x = x
            self.y = y
        }
    }

    /// At most so many cells, the unseen margin included.
    static let largestArea = 65_535

    public let width: Int
    public let height: Int
    /// In the order in which deliveries are handled.
    public let goals: [Cell]
    /// Row-major: whether a cell is a corridor (or a goal), where no shelf may be put down.
    public let highways: [Bool]

    /// Where the shelves stand at first, row-major; a shelf's number is its index here.
    public var shelfPlaces: [Cell] {
        highways.indices.filter { !highways[$0] }.map { Cell(x: $0 % width, y: $0 / width) }
    }

    public func isHighway(_ cell: Cell) -> Bool {
        highways[cell.y * width + cell.x]
    }

    /// - Throws: ``RulesError``.
    public init(_ floor: WarehouseParameters.Floor) throws {
        switch floor {
        case .blocks(let rows, let columns, let columnHeight):
            try self.init(rows: rows, columns: columns, columnHeight: columnHeight)
        case .map(let text):
            try self.init(map: text)
        }
    }

    /// The published pattern: blocks of shelves between corridors, with a way through the middle of the lowest row of
    /// blocks to two goals at the bottom.
    private init(rows: Int, columns: Int, columnHeight: Int) throws {
        let range = 1...255
        for (name, value) in [("rows", rows), ("columns", columns), ("column_height", columnHeight)]
        where !range.contains(value) {
            throw RulesError(.configuration, "\(name): found \(value), expected 1 to 255")
        }
        guard columns % 2 == 1 else {
            throw RulesError(.configuration, "columns: found \(columns), expected an odd number")
        }
        let (width, height) = (3 * columns + 1, (columnHeight + 1) * rows + 2)
        guard width * height <= Self.largestArea else {
            throw RulesError(.configuration, "rows: \(width) x \(height) cells are too many")
        }
        let middle = [width / 2 - 1, width / 2]
        self.width = width
        self.height = height
        goals = middle.map { Cell(x: $0, y: height - 1) }
        highways = (0..<width * height).map { index in
            let (x, y) = (index % width, index / width)
            let isQueue = y > height - (columnHeight + 3) && middle.contains(x)
            return x % 3 == 0 || y % (columnHeight + 1) == 0 || y == height - 1 || isQueue
        }
    }

    /// Reads a map: `x`, `.` and `g` in either case; spaces and surrounding blank lines are ignored.
    private init(map: String) throws {
        let text = map.filter { $0 != " " && $0 != "\t" }
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        while lines.first?.isEmpty == true { lines.removeFirst() }
        while lines.last?.isEmpty == true { lines.removeLast() }
        guard let first = lines.first else {
            throw RulesError(.configuration, "layout: found no rows, expected lines of x, . and g")
        }
        guard first.count * lines.count <= Self.largestArea else {
            throw RulesError(.configuration, "layout: \(first.count) x \(lines.count) cells are too many")
        }
        var goals: [Cell] = []
        var highways: [Bool] = []
        for (y, line) in lines.enumerated() {
            guard line.count == first.count else {
                throw RulesError(
                    .configuration, "layout line \(y + 1): found \(line.count) cells, expected \(first.count)")
            }
            for (x, letter) in line.enumerated() {
                switch letter {
                case "x", "X": highways.append(false)
                case ".": highways.append(true)
                case "g", "G":
                    highways.append(true)
                    goals.append(Cell(x: x, y: y))
                default:
                    throw RulesError(
                        .configuration, "layout line \(y + 1): found \"\(letter)\", expected x, . or g")
                }
            }
        }
        guard !goals.isEmpty else {
            throw RulesError(.configuration, "layout: found no goal, expected at least one g")
        }
        width = first.count
        height = lines.count
        self.goals = goals
        self.highways = highways
    }
}
