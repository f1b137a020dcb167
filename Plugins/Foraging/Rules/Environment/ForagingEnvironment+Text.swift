/// The same task in words, for language models.
///
/// A situation is made from the player's observation row and from nothing else, and names every number in it in the
/// row's order; so equal rows give equal texts, and different rows different ones. Nothing is rounded.
extension ForagingEnvironment {
    public func textRules(agent: Int) -> String {
        [introduction(agent), movement, loading, view(agent)].joined(separator: " ")
    }

    private func introduction(_ agent: Int) -> String {
        let players = configuration.players
        let foods = configuration.foods
        let bounds = configuration.playerLevels
        let levels = Self.range(bounds.map(\.lowerBound), bounds.map(\.upperBound))
        let team = players == 1 ? "alone" : "one of a team of \(players), player_0 to player_\(players - 1),"
        return """
            You are player_\(agent), \(team) on a field of \(configuration.rows) rows and \(configuration.columns) \
            columns. Rows are counted from the north, columns from the west, from 0. \
            \(foods == 1 ? "A food item lies" : "Up to \(foods) food items lie") on it, never on its border. Your task \
            is to load all food before time is up. Each player has \(levels), each food a level too.
            """
    }

    private var movement: String {
        var text = """
            Each step every player chooses one action at the same time: wait, move one cell north, south, west or \
            east, or load. A move off the field or into food does nothing.
            """
        if configuration.players > 1 {
            text += """
                 You cannot move into a cell that another player moves into too, or where one stays. You can move \
                into a cell that its player wants to leave
                """
            text += configuration.compatible ? ", even if it turns out that it could not." : ", if it can."
        }
        return text
    }

    private var loading: String {
        let strengths =
            configuration.players == 1
            ? "Food is loaded if you load beside it (in the next cell north, south, west or east of it) and your level"
                + " is at least its level."
            : "Food is loaded if players stand beside it (in the next cells north, south, west and east of it), load in"
                + " the same step, and the sum of their levels is at least its level."
        var text = strengths + " " + foodLevels + " "
        if configuration.normalisesReward {
            text += "All food together is worth 1, each food in proportion to its level"
        } else {
            text += "Each food is worth its level times the levels of those that load it"
        }
        text += configuration.players == 1 ? "." : "; it is shared by those that load it in proportion to their levels."
        if configuration.penalty > 0 {
            text += " Players that load beside food and are too weak together lose \(configuration.penalty) each."
        }
        return text
    }

    private var foodLevels: String {
        var sum =
            switch configuration.players {
            case 1: "your level"
            case 2: "the sum of both players' levels"
            case 3: "the sum of all players' levels"
            default: "the sum of the three lowest levels of players"
            }
        if configuration.teamLevelMargin > 0 { sum += " less \(configuration.teamLevelMargin)" }
        if configuration.teamLevelMargin > 0, configuration.players == 1 { sum += ", or 1 if that is less" }
        guard let maximum = configuration.maximumFoodLevels else {
            let lowest = configuration.minimumFoodLevels.min() ?? 1
            return configuration.coop ? "Each food's level is \(sum)." : "Food has levels from \(lowest) up to \(sum)."
        }
        return "Each food has \(Self.range(configuration.coop ? maximum : configuration.minimumFoodLevels, maximum))."
    }

    private func view(_ agent: Int) -> String {
        var text: String
        if configuration.seesWholeField(agent) {
            text = "You see the whole field."
        } else {
            let sight = Self.counted(configuration.sights[agent], "cell")
            text = """
                You see as far as \(sight) to the north, south, west and east, so a square around you, or what of it \
                is on the field. Rows and columns of what you see are counted from the north-west corner of that part \
                of the field, not of the whole field.
                """
            if configuration.players > 1 {
                text += """
                     Where the square is cut off at the north or west edge of the field, you see other players, not \
                    food, up to \(Self.counted(2 * configuration.sights[agent], "cell")) south or east of that corner. Players \
                    in sight are listed in the order of their numbers.
                    """
            }
        }
        if !configuration.observesLevels { text += " You do not see the levels of players, not even your own." }
        return text
    }

    public func textSituation(agent: Int) -> String {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: configuration.observationSize) { row in
            guard let base = row.baseAddress else { return "" }
            game.observe(agent, into: base)
            return situation(agent, UnsafeBufferPointer(row))
        }
    }

    /// A situation from a player's observation row.
    private func situation(_ agent: Int, _ row: UnsafeBufferPointer<Float>) -> String {
        let whole = configuration.seesWholeField(agent)
        var foods: [String] = []
        for offset in stride(from: 0, to: 3 * configuration.foods, by: 3) where row[offset + 2] > 0 {
            foods.append("level \(Int(row[offset + 2])) at \(Self.place(row, offset))")
        }
        let width = configuration.observesLevels ? 3 : 2
        var others: [String] = []
        for slot in 1..<max(1, configuration.players) {
            let offset = 3 * configuration.foods + width * slot
            guard row[offset] >= 0 else { continue }
            // Who sees all knows who is who: the others stand in the order of their numbers.
            let name = whole ? "player_\(slot <= agent ? slot - 1 : slot)" : "a player"
            let level = configuration.observesLevels ? " of level \(Int(row[offset + 2]))" : ""
            others.append("\(name)\(level) at \(Self.place(row, offset))")
        }
        let me = 3 * configuration.foods
        var text = "You are at \(Self.place(row, me))"
        if configuration.observesLevels { text += ", your level is \(Int(row[me + 2]))" }
        text += ". " + (whole ? "Food left: " : "Food in sight: ")
        text += (foods.isEmpty ? "none" : foods.joined(separator: "; ")) + "."
        if configuration.players > 1 {
            text += whole ? " Other players: " : " Other players in sight: "
            text += (others.isEmpty ? "none" : others.joined(separator: "; ")) + "."
        }
        return text
    }

    public func textAction(agent: Int, choice: Int) -> String {
        let actions = ForagingAction.allCases
        guard actions.indices.contains(choice) else { return "" }
        return switch actions[choice] {
        case .none: "wait"
        case .north, .south, .west, .east: "move \(actions[choice])"
        case .load: "load"
        }
    }

    private static func place(_ row: UnsafeBufferPointer<Float>, _ offset: Int) -> String {
        "row \(Int(row[offset])), column \(Int(row[offset + 1]))"
    }

    private static func range(_ low: [Int], _ high: [Int]) -> String {
        let (low, high) = (low.min() ?? 1, high.max() ?? 1)
        return low == high ? "level \(low)" : "a level from \(low) to \(high)"
    }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
