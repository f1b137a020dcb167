/// The same task in words, for language models and people.
extension SkirmishEnvironment {
    public func textQuanta() -> [Float] { SituationText.quanta(configuration) }

    public func textSituation(agent: Int) -> String {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: configuration.observationSize) { row in
            guard let base = row.baseAddress else { return "" }
            battle.observe(agent, into: base)
            return SituationText(ObservedRow(configuration, agent, UnsafeBufferPointer(row))).text
        }
    }

    public func textAction(agent: Int, choice: Int) -> String {
        let isAlly = agent < configuration.allies
        guard (0..<configuration.actions(ofAlly: isAlly)).contains(choice) else { return "" }
        return switch choice {
        case 0..<Int(SkirmishAction.stop): "move \(SkirmishAction.moveNames[choice])"
        case Int(SkirmishAction.stop): "stop"
        default:
            "attack "
                + configuration.name(
                    configuration.target(choice - SkirmishConfiguration.movements, ofAlly: isAlly))
        }
    }

    // MARK: Rules

    public func textRules(agent: Int) -> String {
        [introduction(agent), actions, kinds, ends, view].joined(separator: " ")
    }

    private func introduction(_ agent: Int) -> String {
        let isAlly = agent < configuration.allies
        let map = configuration.map
        let kind = isAlly ? map.allies[agent] : map.enemies[agent - configuration.allies]
        let allies = "ally_0 to ally_\(configuration.allies - 1)"
        let enemies = "enemy_0 to enemy_\(configuration.enemies - 1)"
        let size = Int(SkirmishMap.size)
        return """
            You are \(configuration.name(agent)), \(map.isRandom ? "one unit" : "a \(kind),") of the team \
            \(isAlly ? allies : enemies), which fights against \(isAlly ? enemies : allies) on a map of \
            \(size) × \(size); x grows to the east, y to the north. Your team wins when all units of the other are dead. \
            \(map.isRandom ? "" : "They start in the \(isAlly ? "east" : "west"). ")\
            Concentrate your fire: a dead unit deals no more damage.
            """
    }

    private var actions: String {
        """
        In each step, half a second, every unit walks in one direction, stops, or attacks one unit in its range, all at \
        the same time. Who attacks stands still, and hits when its weapon is ready; an attack cannot miss, but ends when \
        the target is out of range. Units that touch push each other apart.
        """
    }

    private var kinds: String {
        let map = configuration.map
        let present = UnitKind.allCases.filter { map.isRandom || map.allies.contains($0) || map.enemies.contains($0) }
        let lines = present.map { kind in
            """
            \(kind): \(Int(kind.health)) hp, range \(Int(kind.range)), damage \(Int(kind.damage)) every \
            \(Self.hundredths(kind.cooldown)) s, walks \(Self.hundredths(kind.stride)) a step, sees \
            \(Int(kind.sight)) far
            """
        }
        let drawn = map.isRandom ? " Both teams have the same kinds, drawn at random." : ""
        return lines.joined(separator: "; ") + "." + drawn
    }

    /// With up to two decimals.
    private static func hundredths(_ value: Float) -> String {
        let whole = Int((value * 100).rounded())
        let cents = whole % 100
        if cents == 0 { return "\(whole / 100)" }
        return cents % 10 == 0 ? "\(whole / 100).\(cents / 10)" : "\(whole / 100).\(cents < 10 ? "0" : "")\(cents)"
    }

    private var ends: String {
        var text = "Touching a wall (x or y of 0 or \(Int(SkirmishMap.size))) kills. "
        switch configuration.reward {
        case .shaped:
            text += "Your team earns the share of the other team's hit points that it lost, and 1 for winning."
        case .win: text += "Your team earns 1 for winning and loses 1 if it is wiped out; both dead counts 0."
        }
        if configuration.opponent == .heuristic {
            text += """
                 An enemy attacks what it attacked last as long as it is in its range, else \
                \(configuration.targeting == .closest ? "the closest" : "a random one") in range; it walks towards a random \
                ally in its sight, or, if it sees none, to the opposite side of the map.
                """
        }
        return text
    }

    private var view: String {
        switch configuration.observation {
        case .list:
            """
            You see living units within your sight: hit points, where they stand as seen from you ("in range" is your \
            range), the seconds for which their weapon still reloads (if it does), and what they did last.
            """
        case .conic:
            """
            You see units within your sight, dead ones (0 hp) too, but not which team they belong to, and never ally_0; of \
            each of 32 sections of the circle, counted anticlockwise from the west, at most two. Each is listed as \
            section.place with hit points, distance, where it stands as seen from you, the seconds for which its weapon \
            still reloads (if it does), and its last move or the number of its last attack (from 0 to 1 over its possible \
            actions). What you can attack now is among your actions.
            """
        }
    }
}
