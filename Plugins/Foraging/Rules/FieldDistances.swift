/// Breadth-first distances on the field from one cell, around food and chosen other obstacles. Reuses its memory.
struct FieldDistances {
    private var steps: [Int32]
    private var queue: [Int32]

    private static let unknown: Int32 = -1

    init(cells: Int) {
        steps = Array(repeating: Self.unknown, count: cells)
        queue = Array(repeating: 0, count: cells)
    }

    /// Steps from the source to a cell, or nil where there is no way.
    @inline(__always)
    subscript(cell: Int) -> Int32? { steps[cell] == Self.unknown ? nil : steps[cell] }

    /// Measures from a cell. Cells for which `isBlocked` is true cannot be entered; the source itself may be one.
    mutating func measure(from source: Int, on game: ForagingGame, isBlocked: [Bool]) {
        for index in steps.indices { steps[index] = Self.unknown }
        steps[source] = 0
        queue[0] = Int32(source)
        var head = 0
        var tail = 1
        let stride = game.fieldStride
        while head < tail {
            let cell = Int(queue[head])
            head += 1
            let next = steps[cell] + 1
            for neighbour in [cell - stride, cell + stride, cell - 1, cell + 1]
            where game.field[neighbour] == ForagingGame.Cell.free && steps[neighbour] == Self.unknown
                && !isBlocked[neighbour]
            {
                steps[neighbour] = next
                queue[tail] = Int32(neighbour)
                tail += 1
            }
        }
    }
}
