import ArgusEnvAPI
import WarehouseRules

/// A state drawn as text: one character a cell, `^v<>` an empty-handed robot, `UDLR` one that carries a shelf, `8246`
/// one under a standing shelf (as on a keypad), `s` a standing shelf, `.` nothing. Robots and shelves are numbered row
/// by row; the floor must hold as many shelves.
func scene(_ drawing: [String], floor: [String], requests: [Int] = []) throws -> WarehouseState {
    let letters: [Character: (heading: UInt16, isAtShelf: Bool, isLoaded: Bool)] = [
        "^": (0, false, false), "v": (1, false, false), "<": (2, false, false), ">": (3, false, false),
        "8": (0, true, false), "2": (1, true, false), "4": (2, true, false), "6": (3, true, false),
        "U": (0, true, true), "D": (1, true, true), "L": (2, true, true), "R": (3, true, true),
    ]
    var robots: [(cell: UInt16, heading: UInt16, load: UInt16)] = []
    var shelves: [UInt16] = []
    let width = floor[0].count
    for (y, line) in drawing.enumerated() {
        for (x, letter) in line.enumerated() {
            // Cells are numbered with a margin of one outside cell.
            let cell = UInt16((y + 1) * (width + 2) + x + 1)
            if letter == "s" { shelves.append(cell) }
            guard let robot = letters[letter] else { continue }
            if robot.isAtShelf { shelves.append(cell) }
            robots.append((cell, robot.heading, robot.isLoaded ? UInt16(shelves.count) : 0))
        }
    }
    let game = try WarehouseGame(
        WarehouseParameters(
            floor: .map(floor.joined(separator: "\n")), robots: robots.count, requests: requests.count))
    var bytes: [UInt8] = []
    NumpyGenerator(seed: 1).serialise(into: &bytes)
    bytes += [UInt8](repeating: 0, count: 8)
    let nothing = [UInt16](repeating: 0, count: robots.count)
    let words =
        robots.map(\.cell) + robots.map(\.heading) + robots.map(\.load) + nothing + nothing + shelves
        + requests.map { UInt16($0 + 1) }
    for word in words { bytes += [UInt8(word & 0xFF), UInt8(word >> 8)] }
    return try bytes.withUnsafeBytes { try WarehouseState(game, serialised: $0) }
}

extension WarehouseState {
    /// Steps with one action a robot (messages silent).
    @discardableResult
    mutating func step(_ actions: [WarehouseAction]) -> (rewards: [Float], isTerminated: Bool) {
        let silence = [Int32](repeating: 0, count: game.parameters.messageBits)
        let rows = actions.flatMap { [$0.rawValue] + silence }
        var rewards = [Float](repeating: .nan, count: actions.count)
        let isTerminated = rewards.withUnsafeMutableBufferPointer { rewards in
            rows.withUnsafeBufferPointer { rows in
                guard let rowsBase = rows.baseAddress, let rewardsBase = rewards.baseAddress else { return false }
                return step(rowsBase, rewards: rewardsBase)
            }
        }
        return (rewards, isTerminated)
    }

    /// Each robot's cell as [x, y].
    var places: [[Int]] {
        (0..<game.parameters.robots).map { [robot($0).cell.x, robot($0).cell.y] }
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        serialise(into: &bytes)
        return bytes
    }

    func observation(_ robot: Int) -> [Float] {
        var values = [Float](repeating: .nan, count: game.observationSize + 1)
        values.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { observe(robot, into: base) }
        }
        return values
    }

    func legalActions(_ robot: Int) -> [UInt8] {
        var legal = [UInt8](repeating: 9, count: game.legalActionsSize)
        legal.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { writeLegalActions(of: robot, into: base) }
        }
        return legal
    }
}
