/// What is at a cell, in a few bits.
///
/// A robot adds its own bits to its cell (its heading and, if it carries a shelf, that shelf's bits), so that a move
/// takes the same bits from one cell to the next.
struct CellContents: OptionSet, Sendable {
    let rawValue: UInt16

    /// A robot's heading plus one; 0 for no robot.
    static let robot = CellContents(rawValue: 0b000_0111)
    /// A shelf stands here or is carried here.
    static let shelf = CellContents(rawValue: 0b000_1000)
    /// That shelf is requested.
    static let requested = CellContents(rawValue: 0b001_0000)
    /// A corridor: no shelf can be put down.
    static let highway = CellContents(rawValue: 0b010_0000)
    /// Not in the warehouse.
    static let outside = CellContents(rawValue: 0b100_0000)

    static let requestedShelf: CellContents = [.shelf, .requested]
    /// The bits that a robot can see of a cell other than its own; also how many combinations there are, less one.
    static let visible: CellContents = [.robot, .shelf, .requested]

    /// A robot that faces `heading` and carries nothing.
    init(robotFacing heading: WarehouseHeading) {
        rawValue = heading.rawValue + 1
    }

    init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// Where the robot at this cell faces; only for a cell with a robot.
    var heading: WarehouseHeading {
        WarehouseHeading(rawValue: (rawValue & Self.robot.rawValue) &- 1) ?? .up
    }
}
