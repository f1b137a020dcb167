/// A picture of the field for people.
extension ForagingEnvironment {
    /// The field with `.` for a free cell, `p0` for player_0, `f3` for food of level 3, `p0p2` for players in one cell;
    /// then a line with the players' levels and one with what was collected. Players are green and food is yellow.
    public func renderText(color: Bool) -> String {
        var cells = Array(
            repeating: Array(repeating: (label: "", code: 0), count: configuration.columns), count: configuration.rows)
        for food in game.foods where !food.isLoaded {
            cells[Int(food.row)][Int(food.column)] = ("f\(food.level)", 33)
        }
        for (index, player) in game.players.enumerated() {
            let label = cells[Int(player.row)][Int(player.column)].label
            cells[Int(player.row)][Int(player.column)] = (label + "p\(index)", 32)
        }
        let width = max(2, cells.joined().map(\.label.count).max() ?? 0) + 1
        var text = ""
        for row in cells {
            var line = ""
            for cell in row {
                let label = cell.label.isEmpty ? "." : cell.label
                let padding = String(repeating: " ", count: width - label.count)
                line += (color && cell.code > 0 ? "\u{1B}[\(cell.code)m\(label)\u{1B}[0m" : label) + padding
            }
            text += String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
        }
        let levels = game.players.enumerated().map { "p\($0) \($1.level)" }.joined(separator: ", ")
        return text + "levels: \(levels)\nloaded: \(game.foods.count - game.foodsLeft) of \(game.foods.count)\n"
    }
}
