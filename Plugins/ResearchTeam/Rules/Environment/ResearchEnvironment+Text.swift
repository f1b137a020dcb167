/// The same task in words, for language models.
///
/// A situation is made from the agent's observation row and from nothing else, and names every number in it; so equal
/// rows give equal texts, and different rows different ones. Nothing is rounded away.
extension ResearchEnvironment {
    public func textRules(agent: Int) -> String {
        agent == 0 ? ResearchRules(configuration).lead : ResearchRules(configuration).specialist(agent)
    }

    public func textSituation(agent: Int) -> String {
        withView(agent) { view in agent == 0 ? leadSituation(view) : specialistSituation(view) }
    }

    public func textAction(agent: Int, choice: Int) -> String {
        guard choice >= 0, choice < configuration.choices(agent: agent) else { return "" }
        let meaning = configuration.choice(agent: agent, choice)
        let words = ResearchWords(configuration: configuration)
        guard case .tell(let source) = meaning else { return words.choice(meaning) }
        return withView(agent) { view in words.choice(meaning, record: view.record(source)) }
    }

    /// Hands out what an agent knows.
    private func withView(_ agent: Int, _ body: (ResearchView) -> String) -> String {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: layout.size(agent: agent)) { memory in
            guard let base = memory.baseAddress else { return "" }
            game.observe(agent, layout, into: .init(base, count: memory.count))
            return body(ResearchView(layout: layout, agent: agent, row: UnsafeBufferPointer(memory)))
        }
    }

    private func leadSituation(_ view: ResearchView) -> String {
        let words = ResearchWords(configuration: configuration)
        let kind = SubjectNames.kind(layer: 0)
        var asked: [String] = []
        for hop in 0..<configuration.hops {
            for subject in 0..<configuration.candidates where view.isAsked(hop: hop, subject: subject) {
                asked.append(words.subject(layer: hop, subject))
            }
        }
        var text = "\(Self.rounds(view, configuration)) The question is about the \(kind) "
        text += "\(words.subject(layer: 0, view.start)). "
        text += "Questions left: \(view.questionsLeft). Asked about: \(Self.list(asked))."
        if configuration.tells {
            text += " Told: \(Self.list(told(view, words) { _ in true }, separator: "; "))."
        }
        let cited = configuration.catalogue.indices.filter(view.isCited).map(words.source)
        return text + " Cited: \(Self.list(cited))."
    }

    private func specialistSituation(_ view: ResearchView) -> String {
        let words = ResearchWords(configuration: configuration)
        let discipline = view.agent - 1
        let own = configuration.ownSources(discipline)
        let ownHops = configuration.ownHops(discipline)
        var left: [String] = []
        if ownHops.contains(where: { !configuration.isMeasured(hop: $0) }) { left.append("\(view.papersLeft) to read") }
        if ownHops.contains(where: configuration.isMeasured) { left.append("\(view.readingsLeft) to measure") }
        if configuration.tells { left.append("\(view.messagesLeft) to tell") }
        var asked: [String] = []
        for hop in ownHops {
            for subject in 0..<configuration.candidates where view.isAsked(hop: hop, subject: subject) {
                asked.append(words.subject(layer: hop, subject))
            }
        }
        let known = own.compactMap { source in
            view.record(source).map { words.statement(source, $0) + Self.telling(view, source, $0) }
        }
        var text = "\(Self.rounds(view, configuration)) Left: \(left.joined(separator: ", ")). "
        text += "The lead asks you about: \(Self.list(asked)). You know: \(Self.list(known, separator: "; "))."
        if layout.specialistsSeeOthers {
            text += " Others told: \(Self.list(told(view, words) { !own.contains($0) }, separator: "; "))."
        }
        return text
    }

    /// Whether something known was told; of a series also after how many readings, if more were taken since.
    private static func telling(_ view: ResearchView, _ source: Int, _ record: ResearchView.Record) -> String {
        let times = view.timesTold(source)
        guard times > 0 else { return "" }
        if case .series(let readings, _) = record, times < readings { return " [told after \(times)]" }
        return " [told]"
    }

    private func told(_ view: ResearchView, _ words: ResearchWords, _ isIncluded: (Int) -> Bool) -> [String] {
        let inChainOrder = (0..<configuration.hops).flatMap { hop in
            (0..<configuration.candidates).flatMap { configuration.sources(hop: hop, subject: $0) }
        }
        return inChainOrder.filter(isIncluded).compactMap { source in
            view.record(source).map { words.statement(source, $0) }
        }
    }

    private static func rounds(_ view: ResearchView, _ configuration: ResearchConfiguration) -> String {
        "Rounds left: \(view.roundsLeft) of \(configuration.rounds)."
    }

    private static func list(_ items: [String], separator: String = ", ") -> String {
        items.isEmpty ? "nothing" : items.joined(separator: separator)
    }
}
