/// A picture of the warehouse for people.
extension WarehouseEnvironment {
    /// The floor as a grid, four characters a cell (five with more than ten robots), with the columns' numbers above and
    /// the rows' at the left; then what the signs mean, and each robot's deliveries. In colour robots are green, what
    /// is requested is yellow, goals are blue, and other shelves are grey.
    public func renderText(color: Bool) -> String {
        let layout = state.game.layout
        let digits = robots > 10 ? 2 : 1
        let width = digits + 3
        let margin = "\(layout.height - 1)".count + 1
        var text = String(repeating: " ", count: margin)
        text += Self.line((0..<layout.width).map { ("\($0)", nil) }, width, color: false)
        for y in 0..<layout.height {
            text += Self.padded("\(y)", margin)
            text += Self.line((0..<layout.width).map { sign(.init(x: $0, y: y)) }, width, color: color)
        }
        text += """
            ▲0 robot and its heading: + with a shelf, * with a requested one, - under a shelf, ! under a requested one
            [] shelf, [*] requested, _ free shelf place, . corridor, G goal
            deliveries: \((0..<robots).map { "robot_\($0) \(tally.deliveries[$0])" }.joined(separator: ", "))

            """
        return text
    }

    /// What is drawn at a cell, and in which ANSI colour.
    private func sign(_ cell: WarehouseLayout.Cell) -> (text: String, color: Int?) {
        let shelf = state.shelf(at: cell)
        let isRequested = shelf.map { state.shelf($0).isRequested } ?? false
        if let index = state.robot(at: cell) {
            let robot = state.robot(index)
            let arrow =
                switch robot.heading {
                case .up: "▲"
                case .down: "▼"
                case .left: "◀"
                case .right: "▶"
                }
            let load =
                switch (robot.load != nil, shelf != nil) {
                case (true, _): isRequested ? "*" : "+"
                case (false, true): isRequested ? "!" : "-"
                case (false, false): ""
                }
            return ("\(arrow)\(index)\(load)", robot.load != nil && isRequested ? 33 : 32)
        }
        if shelf != nil { return isRequested ? ("[*]", 33) : ("[]", 90) }
        if state.game.layout.goals.contains(cell) { return ("G", 34) }
        return (state.game.layout.isHighway(cell) ? "." : "_", nil)
    }

    private static func line(_ signs: [(text: String, color: Int?)], _ width: Int, color: Bool) -> String {
        var line = ""
        for sign in signs {
            let padding = String(repeating: " ", count: max(0, width - sign.text.count))
            if color, let code = sign.color {
                line += "\u{1B}[\(code)m\(sign.text)\u{1B}[0m" + padding
            } else {
                line += sign.text + padding
            }
        }
        while line.last == " " { line.removeLast() }
        return line + "\n"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
