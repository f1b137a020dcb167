/// Gives up to four players different sides of one food, so that the last of them arrives soonest; of such assignments
/// the one with the smallest sum of squared walks, which also never sends a player through the place of another that
/// could go on itself.
struct SideAssignment {
    private typealias Row = SIMD4<Int32>

    /// Steps to the four sides, one row a player.
    private var rows: [Row] = []
    private var chosen = SIMD4<Int>(repeating: -1)
    /// The side of each player, in the order of `add`, after `solve`.
    private(set) var sides = SIMD4<Int>(repeating: -1)
    private var best: (longest: Int32, squares: Int) = (.max, .max)

    mutating func removeAll() { rows.removeAll(keepingCapacity: true) }

    /// Adds a player by its steps to the sides: north, south, west, east. At most four players are considered.
    mutating func add(_ north: Int32, _ south: Int32, _ west: Int32, _ east: Int32) {
        if rows.count < 4 { rows.append(Row(north, south, west, east)) }
    }

    /// Finds the assignment and returns the longest walk.
    mutating func solve() -> Int32 {
        best = (.max, .max)
        search(0, taken: 0, longest: 0, squares: 0)
        return best.longest
    }

    private mutating func search(_ player: Int, taken: Int, longest: Int32, squares: Int) {
        guard (longest, squares) < best else { return }
        if player == rows.count {
            best = (longest, squares)
            sides = chosen
            return
        }
        for side in 0..<4 where taken & (1 << side) == 0 {
            let steps = rows[player][side]
            chosen[player] = side
            search(
                player + 1, taken: taken | (1 << side), longest: max(longest, steps),
                squares: squares + Int(steps) * Int(steps))
        }
    }
}
