/// Draws a battle as lines of text.
struct BattlePicture {
    private let battle: SkirmishBattle
    private let color: Bool
    private let configuration: SkirmishConfiguration
    /// Rows of the map that are drawn, counted from the south.
    private let rows: ClosedRange<Int>

    private static let size = Int(SkirmishMap.size)
    private static let leastRows = 12

    private enum Code: Int {
        case plain = 0
        case faint = 90
        case ally = 94
        case enemy = 91
    }

    /// Characters of a line of the map: two a cell and the walls.
    let mapWidth = 2 * size + 2

    init(_ battle: SkirmishBattle, color: Bool) {
        self.battle = battle
        self.color = color
        configuration = battle.configuration
        let living = (0..<battle.configuration.units).filter { battle.isAlive($0) }.map { Self.cell(battle.y($0)) }
        var low = max(0, (living.min() ?? Self.size / 2) - 1)
        var high = min(Self.size - 1, (living.max() ?? Self.size / 2) + 1)
        while high - low + 1 < Self.leastRows {
            low = max(0, low - 1)
            high = min(Self.size - 1, high + 1)
        }
        rows = low...high
    }

    /// Units beyond a wall are drawn at it.
    private static func cell(_ place: Float) -> Int { min(max(Int(place), 0), size - 1) }

    var title: String {
        let allies = battle.living(allies: true)
        let enemies = battle.living(allies: false)
        return "\(configuration.map.name), step \(battle.steps): "
            + paint("\(allies) of \(configuration.allies) allies", .ally) + " against "
            + paint("\(enemies) of \(configuration.enemies) enemies", .enemy) + outcome(allies, enemies)
    }

    private func outcome(_ allies: Int, _ enemies: Int) -> String {
        if allies > 0, enemies > 0 { return "" }
        return allies > 0 ? " - won" : enemies > 0 ? " - lost" : " - both dead"
    }

    var legend: String {
        let kinds = UnitKind.allCases.filter { kind in (0..<configuration.units).contains { battle.kind($0) == kind } }
        return kinds.map { "\($0.letter) \($0)" }.joined(separator: " ") + " | m0 ally, 0m enemy, x dead, * ready"
    }

    // MARK: Map

    func mapLines() -> [String] {
        var cells = Array(repeating: Array(repeating: [Int](), count: Self.size), count: Self.size)
        for unit in 0..<configuration.units { cells[Self.cell(battle.y(unit))][Self.cell(battle.x(unit))].append(unit) }
        var lines: [String] = []
        if rows.upperBound == Self.size - 1 { lines.append(wall) }
        for row in rows.reversed() {
            let line = cells[row].indices.map { draw(cells[row][$0], isMarked: row % 4 == 0 && $0 % 4 == 0) }.joined()
            lines.append(paint("|", .faint) + line + paint("|", .faint))
        }
        if rows.lowerBound == 0 { lines.append(wall) }
        return lines
    }

    private var wall: String { paint("+" + String(repeating: "-", count: 2 * Self.size) + "+", .faint) }

    /// Two characters: a living unit or, if there are more, how many; a dead one; a mark every four cells; or nothing.
    private func draw(_ units: [Int], isMarked: Bool) -> String {
        let living = units.filter { battle.isAlive($0) }
        guard let first = living.first else { return paint(units.isEmpty ? (isMarked ? " ·" : "  ") : " x", .faint) }
        let isMixed = living.contains { battle.isAlly($0) != battle.isAlly(first) }
        let code: Code = isMixed ? .plain : battle.isAlly(first) ? .ally : .enemy
        if living.count > 1 { return paint(living.count > 9 ? "++" : "+\(living.count)", code) }
        return paint(label(first, number: number(first) % 10), code)
    }

    /// Letter and number; enemies have the number first, so that teams differ without colours too.
    private func label(_ unit: Int, number: Int) -> String {
        let letter = battle.kind(unit).letter
        return battle.isAlly(unit) ? "\(letter)\(number)" : "\(number)\(letter)"
    }

    private func number(_ unit: Int) -> Int { battle.isAlly(unit) ? unit : unit - configuration.allies }

    // MARK: Table

    /// Allies and enemies side by side if there are many, else one below the other with what they did last.
    func tableLines() -> [String] {
        let allies = Array(configuration.team(ofAllies: true))
        let enemies = Array(configuration.team(ofAllies: false))
        if configuration.units <= 16 { return allies.map(longLine) + [""] + enemies.map(longLine) }
        return (0..<max(allies.count, enemies.count)).map { index in
            let left = index < allies.count ? shortLine(allies[index]) : String(repeating: " ", count: 14)
            return left + " " + (index < enemies.count ? shortLine(enemies[index]) : "")
        }
    }

    private func longLine(_ unit: Int) -> String {
        name(unit) + " " + bar(unit, 8) + " " + health(unit) + " " + lastAction(unit)
    }

    private func shortLine(_ unit: Int) -> String { name(unit) + " " + bar(unit, 5) + " " + health(unit) }

    private func name(_ unit: Int) -> String {
        let text = label(unit, number: number(unit))
        let code: Code = battle.isAlive(unit) ? (battle.isAlly(unit) ? .ally : .enemy) : .faint
        let ready = battle.isAlive(unit) && battle.cooldown(unit) <= 0 ? "*" : " "
        return paint(padded(text, 3), code) + ready
    }

    private func bar(_ unit: Int, _ width: Int) -> String {
        let share = battle.health(unit) / battle.kind(unit).health
        let full = Int((share * Float(width)).rounded(.up))
        return paint(String(repeating: "█", count: full), battle.isAlly(unit) ? .ally : .enemy)
            + paint(String(repeating: "░", count: width - full), .faint)
    }

    private func health(_ unit: Int) -> String {
        battle.isAlive(unit) ? padded("\(Int(battle.health(unit).rounded(.up)))", 3) : paint("x  ", .faint)
    }

    private func lastAction(_ unit: Int) -> String {
        guard battle.isAlive(unit), battle.steps > 0 else { return "" }
        let action = battle.lastAction(unit)
        if action < SkirmishConfiguration.movements { return ["↑", "→", "↓", "←", "-"][action] }
        let target = configuration.target(action - SkirmishConfiguration.movements, ofAlly: battle.isAlly(unit))
        return "hits " + label(target, number: number(target))
    }

    // MARK: Characters

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func paint(_ text: String, _ code: Code) -> String {
        color && code != .plain ? "\u{1B}[\(code.rawValue)m\(text)\u{1B}[0m" : text
    }
}
