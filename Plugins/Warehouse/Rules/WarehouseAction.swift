/// What a robot does in a step. Raw values are the indices of the first action head.
public enum WarehouseAction: Int32, CaseIterable, Sendable {
    case stay = 0
    case forward = 1
    case turnLeft = 2
    case turnRight = 3
    /// Picks up the shelf under the robot, or puts down the one that it carries.
    case toggleLoad = 4
}

/// Where a robot faces. Raw values are the positions in the one-hot codes of observation and state.
public enum WarehouseHeading: UInt16, CaseIterable, Sendable {
    /// Towards smaller y.
    case up = 0
    /// Towards larger y.
    case down = 1
    /// Towards smaller x.
    case left = 2
    /// Towards larger x.
    case right = 3

    /// The heading after a quarter turn to the left.
    public var turnedLeft: WarehouseHeading {
        switch self {
        case .up: .left
        case .left: .down
        case .down: .right
        case .right: .up
        }
    }

    /// The heading after a quarter turn to the right.
    public var turnedRight: WarehouseHeading {
        switch self {
        case .up: .right
        case .right: .down
        case .down: .left
        case .left: .up
        }
    }
}
