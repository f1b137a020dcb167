/// The same task in words, for language models.
///
/// A situation is made from the robot's observation row and the floor plan, which never changes, and from nothing else;
/// it names every number of the row. So equal rows give equal texts, and different rows different ones; nothing is
/// rounded. Compass directions, because left and right are what robots turn to.
extension WarehouseEnvironment {
    public func textRules(agent: Int) -> String {
        [introduction(agent), floorPlan, task, movement, view].joined(separator: "\n")
    }

    private var parameters: WarehouseParameters { state.game.parameters }

    private func introduction(_ agent: Int) -> String {
        let layout = state.game.layout
        let team = robots == 1 ? "alone" : "one of \(robots) robots, robot_0 to robot_\(robots - 1),"
        return """
            You are robot_\(agent), \(team) in a warehouse of \(layout.width) columns and \(layout.height) rows. Columns \
            are counted from the west, rows from the north, from 0.
            """
    }

    private var floorPlan: String {
        let layout = state.game.layout
        let goals = layout.goals.prefix(20).map { "column \($0.x), row \($0.y)" }.joined(separator: "; ")
        var text = "Goals: \(goals)."
        // Larger plans cost a language model more than they tell.
        guard layout.highways.count <= 1200 else { return text }
        text += " The floor plan (x shelf place, . corridor, G goal; the first line is row 0):"
        for y in 0..<layout.height {
            text += "\n"
            for x in 0..<layout.width {
                let cell = WarehouseLayout.Cell(x: x, y: y)
                text += layout.goals.contains(cell) ? "G" : layout.isHighway(cell) ? "." : "x"
            }
        }
        return text
    }

    private var task: String {
        let requests = parameters.requests
        let (shelves, are) = requests == 1 ? ("shelf", "is") : ("shelves", "are")
        let reward =
            switch parameters.reward {
            case .individual: "Whoever delivers earns 1."
            case .global: "Each delivery earns 1 for every robot."
            case .twoStage: "Whoever delivers earns 0.5, and 0.5 more when it has put that shelf down."
            }
        var text = """
            Of the \(state.game.shelfCount) shelves, \(requests) \(shelves) \(are) requested at any time. Fetch a \
            requested shelf: drive under it, pick it up, carry it to a goal. There it is delivered as soon as you arrive, \
            and another shelf is requested instead. Then carry it to any free shelf place and put it down, because you \
            carry one shelf at a time. \(reward)
            """
        if let limit = parameters.maximumInactivity {
            text += " It is over when nothing is delivered for \(limit) steps."
        }
        return text
    }

    private var movement: String {
        var text = """
            Each step every robot chooses one action at the same time: stay, go one cell forward, turn left or right on \
            the spot, or pick up or put down. Without a shelf you drive under shelves; with one you cannot enter a cell \
            where a shelf stands. Shelves are put down at shelf places, not on corridors or goals.
            """
        if robots > 1 {
            text += """
                 Two robots are never in one cell, and two that face each other cannot change places. You follow into \
                the cell of a robot that drives on.
                """
        }
        return text
    }

    private var view: String {
        let cells = parameters.sensorRange == 1 ? "1 cell" : "\(parameters.sensorRange) cells"
        var text =
            parameters.sensorRange == 0
            ? "You see your own cell only." : "You see as far as \(cells) to the north, south, west and east."
        if robots > 1 { text += " You cannot tell whether another robot at a shelf carries it or is under it." }
        let bits = parameters.messageBits
        if bits > 0 {
            text += """
                 Each robot shows a signal of \(bits) \(bits == 1 ? "bit" : "bits") to those who see it, 0 if unset; you \
                set yours with each action, and it is shown from the next step on.
                """
        }
        return text
    }

    public func textSituation(agent: Int) -> String {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: state.game.observationSize) { row in
            guard let base = row.baseAddress else { return "" }
            state.observe(agent, into: base)
            return RobotView(state.game, UnsafeBufferPointer(row)).words
        }
    }

    public func textAction(agent: Int, choice: Int) -> String {
        let actions = WarehouseAction.allCases
        guard choice >= actions.count else {
            guard choice >= 0 else { return "" }
            return switch actions[choice] {
            case .stay: "stay"
            case .forward: "go forward"
            case .turnLeft: "turn left"
            case .turnRight: "turn right"
            case .toggleLoad: "pick up or put down a shelf"
            }
        }
        let entry = choice - actions.count
        return "set signal bit \(entry / 2) to \(entry % 2)"
    }
}
