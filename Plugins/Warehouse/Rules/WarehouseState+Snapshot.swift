import ArgusEnvAPI

extension WarehouseGame {
    /// Bytes of a serialised state.
    public var snapshotSize: Int { NumpyGenerator.serialisedByteCount + 8 + 2 * words.snapshotCount }
}

extension WarehouseWords {
    /// The words that a snapshot holds: all but what follows from them.
    fileprivate var snapshotCount: Int { 5 * robots + shelves + requests }
}

extension WarehouseState {
    /// Appends the state as ``WarehouseGame/snapshotSize`` bytes, little-endian: the generator, the inactive steps, then
    /// 16-bit words: robots' cells, headings, loads, delivered flags and messages, shelves' cells, requests.
    public func serialise(into bytes: inout [UInt8]) {
        random.serialise(into: &bytes)
        withUnsafeBytes(of: Int64(inactiveSteps).littleEndian) { bytes.append(contentsOf: $0) }
        let board = storage.board
        func append(_ words: UnsafeMutablePointer<UInt16>, _ count: Int, _ transform: (UInt16) -> UInt16 = { $0 }) {
            for index in 0..<count {
                withUnsafeBytes(of: transform(words[index]).littleEndian) { bytes.append(contentsOf: $0) }
            }
        }
        let shape = board.shape
        append(board.robotCells, shape.robots)
        append(board.robotContents, shape.robots) { CellContents(rawValue: $0).heading.rawValue }
        append(board.loads, shape.robots)
        append(board.delivered, shape.robots)
        append(board.messages, shape.robots)
        append(board.shelfCells + 1, shape.shelves)
        append(board.requests, shape.requests)
    }

    /// Reads back what ``serialise(into:)`` wrote, for the same parameters.
    ///
    /// - Throws: ``RulesError`` of code `snapshot`, unless `bytes` is a state that can come up in a game: no
    ///   other can harm later steps.
    public init(_ game: WarehouseGame, serialised bytes: UnsafeRawBufferPointer) throws {
        guard bytes.count == game.snapshotSize else {
            throw RulesError(
                .snapshot, "size: found \(bytes.count) bytes, expected \(game.snapshotSize)")
        }
        let header = NumpyGenerator.serialisedByteCount
        guard let random = NumpyGenerator(serialised: UnsafeRawBufferPointer(rebasing: bytes[0..<header])) else {
            throw RulesError(.snapshot, "generator: found an impossible state")
        }
        let inactive = Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: header, as: Int64.self))
        guard inactive >= 0, inactive <= Int64(game.parameters.maximumInactivity ?? 1 << 48) else {
            throw RulesError(.snapshot, "inactive steps: found \(inactive)")
        }

        var position = header + 8
        func read(_ count: Int) -> [UInt16] {
            let end = position + 2 * count
            defer { position = end }
            return stride(from: position, to: end, by: 2).map {
                UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt16.self))
            }
        }
        let robots = game.parameters.robots
        let cells = read(robots)
        let headings = read(robots)
        let loads = read(robots)
        let delivered = read(robots)
        let messages = read(robots)
        let shelfCells = read(game.shelfCount)
        let requests = read(game.parameters.requests)
        try Self.check(game, cells, headings, loads, delivered, messages, shelfCells, requests)

        self.init(empty: game, random: random, inactiveSteps: Int(inactive))
        let board = storage.board
        for robot in 0..<robots {
            board.robotCells[robot] = cells[robot]
            let heading = WarehouseHeading(rawValue: headings[robot]) ?? .up
            board.robotContents[robot] = CellContents(robotFacing: heading).rawValue
            board.loads[robot] = loads[robot]
            board.delivered[robot] = delivered[robot]
            board.messages[robot] = messages[robot]
        }
        for (index, cell) in shelfCells.enumerated() { board.shelfCells[index + 1] = cell }
        for (index, shelf) in requests.enumerated() { board.requests[index] = shelf }
        board.fillCells(game)
    }

    private static func check(
        _ game: WarehouseGame, _ cells: [UInt16], _ headings: [UInt16], _ loads: [UInt16], _ delivered: [UInt16],
        _ messages: [UInt16], _ shelfCells: [UInt16], _ requests: [UInt16]
    ) throws {
        func require(_ condition: Bool, _ subject: String, _ message: String) throws {
            guard condition else { throw RulesError(.snapshot, "\(subject): \(message)") }
        }
        func isInside(_ cell: UInt16) -> Bool {
            Int(cell) < game.emptyFloor.count && !game.emptyFloor[Int(cell)].contains(.outside)
        }
        try require(cells.allSatisfy(isInside), "robots", "found one outside of the warehouse")
        try require(Set(cells).count == cells.count, "robots", "found two at one cell")
        try require(headings.allSatisfy { $0 < 4 }, "headings", "expected 0 to 3")
        try require(messages.allSatisfy { Int($0) >> game.parameters.messageBits == 0 }, "messages", "too many bits")
        try require(shelfCells.allSatisfy(isInside), "shelves", "found one outside of the warehouse")
        try require(Set(shelfCells).count == shelfCells.count, "shelves", "found two at one cell")
        try require(
            requests.allSatisfy { $0 >= 1 && Int($0) <= game.shelfCount } && Set(requests).count == requests.count,
            "requests", "expected different shelves")
        let carried = loads.filter { $0 != 0 }
        try require(carried.allSatisfy { Int($0) <= game.shelfCount }, "loads", "found a shelf that is not there")
        try require(Set(carried).count == carried.count, "loads", "found a shelf that two robots carry")
        let isCarriedAlong = zip(cells, loads).allSatisfy { $1 == 0 || shelfCells[Int($1) - 1] == $0 }
        try require(isCarriedAlong, "loads", "found a carried shelf away from its robot")
        let standing = shelfCells.indices.filter { !carried.contains(UInt16($0 + 1)) }.map { shelfCells[$0] }
        try require(
            standing.allSatisfy { !game.emptyFloor[Int($0)].contains(.highway) }, "shelves",
            "found one that stands on a corridor")
        let canDeliver = game.parameters.reward == .twoStage
        try require(
            zip(delivered, loads).allSatisfy { $0 == 0 || ($0 == 1 && $1 != 0 && canDeliver) }, "delivered",
            "expected 1 only for a loaded robot, with a two-stage reward")
    }
}
