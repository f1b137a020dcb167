import ArgusEnvAPI

/// What fixes a warehouse's rules. The defaults are those of the published ids.
///
/// Source: Papoudakis et al., "Benchmarking Multi-Agent Deep Reinforcement Learning Algorithms in Cooperative Tasks"
/// (2021), and the parameters of the Python package `rware` 2.0.0.
public struct WarehouseParameters: Sendable, Hashable {
    /// Where corridors, shelves and goals are.
    public enum Floor: Sendable, Hashable {
        /// Blocks of shelves, two wide and `columnHeight` high; `columns` is odd.
        case blocks(rows: Int, columns: Int, columnHeight: Int)
        /// A map, one line a row: `x` a shelf, `.` a corridor, `g` a goal.
        case map(String)

        /// The published sizes: rows and columns of blocks.
        private static let sizes = ["tiny": (1, 3), "small": (2, 3), "medium": (2, 5), "large": (3, 5)]

        /// Reads how a scenario names a floor.
        ///
        /// - Parameters:
        ///   - layout: tiny, small, medium or large; or ROWSxCOLUMNS, as in 2x3; or a map, which has a goal.
        ///   - columnHeight: of the blocks; a map has none. 8 in all published sizes.
        /// - Throws: ``RulesError`` if `layout` is none of these.
        public init(layout: String, columnHeight: Int = 8) throws {
            if let (rows, columns) = Self.sizes[layout] {
                self = .blocks(rows: rows, columns: columns, columnHeight: columnHeight)
                return
            }
            let sides = layout.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
            if sides.count == 2, let rows = sides[0], let columns = sides[1] {
                self = .blocks(rows: rows, columns: columns, columnHeight: columnHeight)
            } else if layout.contains(where: { $0 == "g" || $0 == "G" }), layout.contains(where: \.isNewline) {
                self = .map(layout)
            } else {
                throw RulesError(
                    .configuration,
                    "layout: found \"\(layout)\", expected tiny, small, medium, large, ROWSxCOLUMNS, or a map of x, . and g"
                )
            }
        }
    }

    /// Who is rewarded for a delivery.
    public enum Reward: String, Sendable, CaseIterable {
        /// 1 to the robot that delivers.
        case individual
        /// 1 to every robot.
        case global
        /// 0.5 to the robot that delivers, and 0.5 more when it then puts the shelf down.
        case twoStage = "two-stage"
    }

    public var floor: Floor
    /// 1 to 64.
    public var robots: Int
    /// How many shelves are requested at any time; less than there are shelves. With none, nothing is ever rewarded.
    public var requests: Int
    /// How far a robot sees in each direction, in cells; 0 to 16.
    public var sensorRange: Int
    /// Bits that a robot shows to those who see it; each is an action head of its own; 0 to 16.
    public var messageBits: Int
    public var reward: Reward
    /// The episode terminates after so many steps without a delivery; nil for never.
    public var maximumInactivity: Int?
    /// Whether observed coordinates are divided by the largest one.
    public var normalisedCoordinates: Bool

    public init(
        floor: Floor,
        robots: Int,
        requests: Int,
        sensorRange: Int = 1,
        messageBits: Int = 0,
        reward: Reward = .individual,
        maximumInactivity: Int? = nil,
        normalisedCoordinates: Bool = false
    ) {
        self.floor = floor
        self.robots = robots
        self.requests = requests
        self.sensorRange = sensorRange
        self.messageBits = messageBits
        self.reward = reward
        self.maximumInactivity = maximumInactivity
        self.normalisedCoordinates = normalisedCoordinates
    }
}
