/// The six actions of a player, numbered as in `lbforaging`.
public enum ForagingAction: Int32, CaseIterable, Sendable {
    case none = 0
    case north = 1
    case south = 2
    case west = 3
    case east = 4
    case load = 5

    /// Number of actions: the size of the one action head.
    public static let count = 6

    /// The row and column difference of the move; zero for `none` and `load`. Rows grow to the south.
    public var offset: (row: Int32, column: Int32) {
        switch self {
        case .none, .load: (0, 0)
        case .north: (-1, 0)
        case .south: (1, 0)
        case .west: (0, -1)
        case .east: (0, 1)
        }
    }

    /// The four moves, in action order.
    static let moves: [ForagingAction] = [.north, .south, .west, .east]
}
