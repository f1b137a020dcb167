import ArgusEnvAPI

/// Level-based foraging: players walk a field of food items and load those whose level their own levels, added up,
/// reach (Albrecht & Ramamoorthy 2013; Papoudakis et al. 2021; package `lbforaging` 2.0.0, rules v3).
///
/// A value: a copy is a snapshot. The same seed gives the same episode as a new `lbforaging` environment reset with
/// that seed, whatever this game played before.
public struct ForagingGame: Hashable, Sendable {
    /// One player; rows grow to the south, columns to the east.
    public struct Player: Hashable, Sendable {
        public internal(set) var row: Int32
        public internal(set) var column: Int32
        public internal(set) var level: Int32
    }

    /// One food item of the episode. It keeps its place and level after it was loaded.
    public struct Food: Hashable, Sendable {
        public internal(set) var row: Int32
        public internal(set) var column: Int32
        public internal(set) var level: Int32
        public internal(set) var isLoaded: Bool
    }

    public let configuration: ForagingConfiguration
    public internal(set) var players: [Player]
    /// The foods of the episode in row-major order; fewer than configured where a reset found no place for all.
    public internal(set) var foods: [Food]
    /// Number of foods not yet loaded.
    public internal(set) var foodsLeft: Int
    /// Sum of the levels of all foods that the reset placed.
    public internal(set) var levelsSpawned: Int

    /// What each cell holds, with a border of walls: `Cell.free`, `Cell.wall`, or the food's index.
    var field: [UInt8]

    enum Cell {
        static let free: UInt8 = 255
        static let wall: UInt8 = 254
    }

    /// A game with the episode of seed 0.
    public init(configuration: ForagingConfiguration) {
        self.configuration = configuration
        players = Array(repeating: Player(row: 0, column: 0, level: 1), count: configuration.players)
        foods = []
        foods.reserveCapacity(configuration.foods)
        foodsLeft = 0
        levelsSpawned = 0
        field = Array(repeating: Cell.wall, count: (configuration.rows + 2) * (configuration.columns + 2))
        reset(seed: 0)
    }

    /// Cells in one row of `field`.
    @inline(__always)
    var fieldStride: Int { configuration.columns + 2 }

    /// Index into `field`; rows and columns from -1 (the wall) to the size (the wall).
    @inline(__always)
    func cell(_ row: Int32, _ column: Int32) -> Int {
        (Int(row) + 1) * fieldStride + Int(column) + 1
    }

    /// Index of the food next to a cell, or `Cell.free`. A reset places foods so that no cell touches two.
    @inline(__always)
    func foodBeside(_ cell: Int) -> UInt8 {
        let north = field[cell - fieldStride]
        if north < Cell.wall { return north }
        let south = field[cell + fieldStride]
        if south < Cell.wall { return south }
        let west = field[cell - 1]
        if west < Cell.wall { return west }
        let east = field[cell + 1]
        if east < Cell.wall { return east }
        return Cell.free
    }
}
