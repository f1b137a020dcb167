import ArgusEnvAPI

/// One warehouse in the middle of an episode: a value, whose copy is a snapshot.
///
/// The rules are those of the Python package `rware` 2.0.0, from the seed on: same start, same refills of the request
/// queue, same rewards and observations. Only who goes first among robots with equal claims, arbitrary there, is fixed
/// here (see the collision rule). An episode has no limit of its own: the host truncates it.
public struct WarehouseState: Sendable {
    /// Robots, shelves, requests and what is at each cell; see ``WarehouseBoard``.
    private(set) var storage: WarehouseStorage
    var random: NumpyGenerator
    /// Steps since the last delivery.
    public internal(set) var inactiveSteps = 0
    /// Bit i: in the last step, robot i delivered a requested shelf.
    public internal(set) var deliveringRobots: UInt64 = 0
    /// Bit i: in the last step, robot i would have driven forward, had no other robot been in its way.
    public internal(set) var blockedRobots: UInt64 = 0

    public var game: WarehouseGame { storage.game }

    /// The state after `reset(seed: 0)`.
    public init(_ game: WarehouseGame) {
        storage = WarehouseStorage(game)
        random = NumpyGenerator(seed: 0)
        reset(seed: 0)
    }

    /// A state whose words are still to be filled.
    init(empty game: WarehouseGame, random: NumpyGenerator, inactiveSteps: Int) {
        storage = WarehouseStorage(game)
        self.random = random
        self.inactiveSteps = inactiveSteps
    }

    /// To be called before each change: copies the words if another state shares them.
    @inline(__always)
    mutating func makeUnique() {
        if !isKnownUniquelyReferenced(&storage) { storage = WarehouseStorage(copying: storage) }
    }

    /// Begins the episode that `seed` fixes: robots anywhere, also under shelves; every shelf at its place.
    public mutating func reset(seed: UInt64) {
        makeUnique()
        let (game, board) = (storage.game, storage.board)
        let width = game.layout.width
        random = NumpyGenerator(seed: seed)
        inactiveSteps = 0
        deliveringRobots = 0
        blockedRobots = 0

        storage.base.update(repeating: 0, count: game.words.count)
        withUnsafeTemporaryAllocation(of: Int.self, capacity: board.shape.robots) { cells in
            random.choice(width * game.layout.height, into: cells)
            for (robot, index) in cells.enumerated() {
                board.robotCells[robot] = game.words.number(WarehouseLayout.Cell(x: index % width, y: index / width))
            }
        }
        for robot in 0..<board.shape.robots {
            let heading = WarehouseHeading.allCases[random.integers(WarehouseHeading.allCases.count)]
            board.robotContents[robot] = CellContents(robotFacing: heading).rawValue
        }
        for (index, cell) in game.shelfPlaces.enumerated() {
            board.shelfCells[index + 1] = cell
        }
        withUnsafeTemporaryAllocation(of: Int.self, capacity: board.shape.requests) { shelves in
            random.choice(game.shelfCount, into: shelves)
            for (index, shelf) in shelves.enumerated() {
                board.requests[index] = UInt16(shelf + 1)
            }
        }
        board.fillCells(game)
    }
}

extension WarehouseBoard {
    /// Derives what is at each cell from robots, shelves and requests.
    func fillCells(_ game: WarehouseGame) {
        for cell in 0..<UInt16(shape.area) {
            setContents(cell, game.emptyFloor[Int(cell)])
            shelfAt[Int(cell)] = 0
        }
        for shelf in 1..<shape.shelves + 1 {
            toggleContents(shelfCells[shelf], CellContents.shelf.rawValue)
            shelfAt[Int(shelfCells[shelf])] = UInt16(shelf)
        }
        for index in 0..<shape.requests {
            toggleContents(shelfCells[Int(requests[index])], CellContents.requested.rawValue)
        }
        for robot in 0..<shape.robots {
            let cell = robotCells[robot]
            var added = robotContents[robot] & CellContents.robot.rawValue
            toggleContents(cell, added)
            if loads[robot] != 0 { added |= contents(cell).intersection(.requestedShelf).rawValue }
            robotContents[robot] = added
        }
    }
}
