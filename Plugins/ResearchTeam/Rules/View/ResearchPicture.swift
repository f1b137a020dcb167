/// The lines of a picture, up to 100 columns wide in this plugin's scenarios.
struct ResearchPicture {
    private let game: ResearchGame
    private let configuration: ResearchConfiguration
    private let words: ResearchWords
    private let color: Bool

    private enum Ink: Int {
        case red = 31
        case green = 32
        case yellow = 33
        case grey = 90
    }

    init(game: ResearchGame, color: Bool) {
        self.game = game
        self.color = color
        configuration = game.configuration
        words = ResearchWords(configuration: game.configuration)
    }

    var lines: [String] {
        let kind = SubjectNames.kind(layer: configuration.hops)
        let start = words.subject(layer: 0, Int(game.problem.start))
        return [
            "Round \(game.round) of \(configuration.rounds): which \(kind) follows from the "
                + "\(SubjectNames.kind(layer: 0)) \(start)?", "",
        ] + chain + [""] + shelves + [legend, ""] + agents + ["", conclusion] + (game.isOver ? [outcome] : [])
    }

    // MARK: The chain

    private var chain: [String] {
        var lines: [String] = []
        var line = "chain   " + ink(words.subject(layer: 0, Int(game.problem.start)), .green)
        var width = 8 + words.subject(layer: 0, Int(game.problem.start)).count
        for hop in 0..<configuration.hops {
            let verb = " ─\(words.owner(ofHop: hop).verb)→ "
            let name = words.subject(layer: hop + 1, game.problem.subject(after: hop + 1))
            if width + verb.count + name.count > 98 {
                lines.append(line)
                (line, width) = ("        ", 8)
            }
            line += verb + ink(name, .green)
            width += verb.count + name.count
        }
        return lines + [line]
    }

    // MARK: Sources

    private var shelves: [String] {
        (0..<configuration.hops).map { hop in
            let owner = words.owner(ofHop: hop).name
            var line = "\(hop + 1) " + padded(owner, 13)
            for subject in 0..<configuration.candidates {
                let name = words.subject(layer: hop, subject)
                let isOnChain = game.problem.subject(after: hop) == subject
                let signs = configuration.sources(hop: hop, subject: subject).map(sign)
                line += ink(name, isOnChain ? .green : nil) + " " + signs.map(\.text).joined()
                line += String(repeating: " ", count: max(1, 13 - name.count - 1 - signs.reduce(0) { $0 + $1.width }))
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// One character a paper, in the colour of its kind; the number of readings and one character for a series.
    private func sign(_ source: Int) -> (text: String, width: Int) {
        let status = game.statuses[source]
        let mark =
            status.contains(.cited) ? "★" : status.contains(.told) ? "●" : status.contains(.looked) ? "○" : "·"
        let kind = PaperKind(rawValue: game.problem.kinds[source]) ?? .sound
        let readings = game.isSeries(source) ? game.series[game.seriesIndex(source)].count : 0
        let text = readings > 0 ? "\(readings)\(mark)" : mark
        let kindInk: Ink? = kind == .weak ? .red : kind == .offTopic ? .grey : nil
        return (ink(text, game.problem.isEvidence(source, configuration) ? .green : kindInk), text.count)
    }

    private var legend: String {
        var text = "  · unread   ○ read   ● told   ★ cited"
        if configuration.measured > 0 { text += "   3○ three readings" }
        return ink(text, .grey)
    }

    // MARK: Agents

    private var agents: [String] {
        let names = (0..<configuration.agents).map(words.agent)
        let spent = (0..<configuration.agents).map(budgets)
        let (nameWidth, spentWidth) = (names.map(\.count).max() ?? 0, spent.map(\.count).max() ?? 0)
        return (0..<configuration.agents).map { agent in
            padded(names[agent], nameWidth + 2) + padded(spent[agent], spentWidth + 2) + lastDeed(agent)
        }
    }

    private func budgets(_ agent: Int) -> String {
        let messages = game.messagesSent[agent]
        if agent == 0 { return "asked \(messages)/\(configuration.questionBudget)" }
        let hops = configuration.ownHops(agent - 1)
        var parts: [String] = []
        if hops.contains(where: { !configuration.isMeasured(hop: $0) }) {
            parts.append("read \(game.papersRead[agent])/\(configuration.readingBudget)")
        }
        if hops.contains(where: configuration.isMeasured) {
            parts.append("measured \(game.readingsTaken[agent])/\(configuration.measuringBudget)")
        }
        if configuration.tells { parts.append("told \(messages)/\(configuration.messageBudget)") }
        return parts.joined(separator: "  ")
    }

    private func lastDeed(_ agent: Int) -> String {
        let choice = game.lastChoices[agent]
        guard choice != .wait else { return ink("–", .grey) }
        guard case .tell(let source) = choice else { return words.choice(choice) }
        return "tell " + words.statement(source, told(source))
    }

    private func told(_ source: Int) -> ResearchView.Record {
        guard game.isSeries(source) else {
            return .paper(
                object: Int(game.problem.objects[source]), PaperKind(rawValue: game.problem.kinds[source]) ?? .sound)
        }
        let series = game.toldSeries[game.seriesIndex(source)]
        return .series(readings: Int(series.count), mean: Double(series.sum) / Double(max(1, series.count)))
    }

    // MARK: What it comes to

    /// The candidates that agree with all sound sources that were told (series taken as if without errors).
    private var conclusion: String {
        var known = LinkSet()
        for source in configuration.catalogue.indices
        where game.statuses[source].contains(.told) && game.problem.kinds[source] == PaperKind.sound.rawValue {
            let place = configuration.catalogue[source]
            known.insert(hop: place.hop, subject: place.subject)
        }
        let possible = EvidenceSolver(configuration, game.problem).candidates(known)
        let names = (0..<configuration.candidates).filter { possible >> UInt8($0) & 1 == 1 }.map {
            words.subject(layer: configuration.hops, $0)
        }
        let cost = ResearchWords.hundredths(game.cost)
        return "what was told leaves: \(names.joined(separator: ", "))   cost so far: \(cost)"
    }

    private var outcome: String {
        guard let answer = game.answer else { return ink("over: no rounds left, no answer", .red) }
        let name = words.subject(layer: configuration.hops, answer)
        let isRight = answer == game.problem.subject(after: configuration.hops)
        let evidence = "\(game.rightCitations) of \(game.citations) citations right, \(configuration.hops) needed"
        let score = "score \(ResearchWords.hundredths(game.score)) - cost \(ResearchWords.hundredths(game.cost))"
        return ink("over: \(name) is \(isRight ? "right" : "wrong"); \(evidence); \(score)", isRight ? .green : .red)
    }

    // MARK: Letters

    private func ink(_ text: String, _ ink: Ink?) -> String {
        guard color, let ink else { return text }
        return "\u{1B}[\(ink.rawValue)m\(text)\u{1B}[0m"
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
