/// The same task in words, for language models, and a picture for people.
///
/// What an agent is told must be what its observation row holds: nothing more, and nothing less. Here both name the own
/// cell, the pads' cells and the walkers on each pad, exactly, so there is nothing to declare in `textQuanta()`.
extension GridWorld {
    public func textRules(agent: Int) -> String {
        let count = state.walkers.count
        var text = """
            You are walker_\(agent), one of \(count) walkers on a grid of \(size) rows and \(size) columns. Rows are \
            counted from the north, columns from the west, both from 0. There are \(count) pads. Your team wins when \
            every pad has a walker on it at the same time. Until then every step costs a little. You cannot see the \
            other walkers, only how many stand on each pad. Walkers may share a cell.
            """
        if slip > 0 { text += " A move fails in \(slip) of 100 cases." }
        return text
    }

    public func textSituation(agent: Int) -> String {
        let cell = state.walkers[agent]
        var text = "You are at row \(cell.row), column \(cell.column)."
        for (index, pad) in state.pads.enumerated() {
            text += " Pad \(index) is at row \(pad.row), column \(pad.column); walkers on it: \(load(index))."
        }
        return text
    }

    public func textAction(agent: Int, choice: Int) -> String {
        choice == 0 ? "stay" : "go \(Move.allCases[choice])"
    }

    /// Each cell is two characters: the walker's number, `+` for several, `.` for none; then `o` if it is a pad.
    public func renderText(color: Bool) -> String {
        var text = ""
        for row in 0..<size {
            for column in 0..<size {
                let cell = Cell(row: row, column: column)
                let here = state.walkers.indices.filter { state.walkers[$0] == cell }
                let walker = here.count > 1 ? "+" : here.first.map { "\($0)" } ?? "."
                guard state.pads.contains(cell) else {
                    text += walker + " "
                    continue
                }
                text += color ? "\u{1B}[\(here.isEmpty ? 33 : 32)m\(walker)o\u{1B}[0m" : walker + "o"
            }
            text += "\n"
        }
        return text
    }
}
