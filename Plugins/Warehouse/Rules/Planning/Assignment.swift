/// The cheapest assignment of rows to columns, each at most once: the Hungarian method with potentials.
///
/// Source: H. W. Kuhn, "The Hungarian Method for the Assignment Problem" (1955), in the O(rows² columns) form.
///
/// - Parameters:
///   - cost: [row][column], not negative; as many columns as rows or more.
/// - Returns: each row's column.
func cheapestAssignment(_ cost: [[Int]]) -> [Int] {
    let rows = cost.count
    guard let columns = cost.first?.count, columns >= rows else { return [] }
    // Counted from 1, with 0 as the place where each search begins.
    var rowPotential = [Int](repeating: 0, count: rows + 1)
    var columnPotential = [Int](repeating: 0, count: columns + 1)
    var rowOf = [Int](repeating: 0, count: columns + 1)
    var previous = [Int](repeating: 0, count: columns + 1)
    for row in 1..<rows + 1 {
        rowOf[0] = row
        var column = 0
        var slack = [Int](repeating: Int.max, count: columns + 1)
        var isUsed = [Bool](repeating: false, count: columns + 1)
        repeat {
            isUsed[column] = true
            let current = rowOf[column]
            var smallest = Int.max
            var nearest = 0
            for other in 1..<columns + 1 where !isUsed[other] {
                let reduced = cost[current - 1][other - 1] - rowPotential[current] - columnPotential[other]
                if reduced < slack[other] {
                    slack[other] = reduced
                    previous[other] = column
                }
                if slack[other] < smallest {
                    smallest = slack[other]
                    nearest = other
                }
            }
            for other in 0..<columns + 1 {
                if isUsed[other] {
                    rowPotential[rowOf[other]] += smallest
                    columnPotential[other] -= smallest
                } else if slack[other] < Int.max {
                    slack[other] -= smallest
                }
            }
            column = nearest
        } while rowOf[column] != 0
        repeat {
            rowOf[column] = rowOf[previous[column]]
            column = previous[column]
        } while column != 0
    }
    var assignment = [Int](repeating: 0, count: rows)
    for column in 1..<columns + 1 where rowOf[column] != 0 { assignment[rowOf[column] - 1] = column - 1 }
    return assignment
}
