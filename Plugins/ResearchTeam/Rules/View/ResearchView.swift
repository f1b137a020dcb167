/// An observation row read back: all that an agent knows. Texts and local policies are made from it and from nothing else.
struct ResearchView {
    let layout: ResearchLayout
    let agent: Int
    let row: UnsafeBufferPointer<Float>

    /// What a record says.
    enum Record: Hashable {
        /// The subject that a paper names.
        case paper(object: Int, PaperKind)
        case series(readings: Int, mean: Double)
    }

    private var configuration: ResearchConfiguration { layout.configuration }

    private func whole(_ place: Int, of whole: Int) -> Int { Int((row[place] * Float(whole)).rounded()) }

    var roundsLeft: Int { whole(layout.rounds, of: configuration.rounds) }
    var questionsLeft: Int { whole(layout.questions, of: configuration.questionBudget) }
    var papersLeft: Int { whole(layout.papers, of: configuration.readingBudget) }
    var readingsLeft: Int { whole(layout.readings, of: configuration.measuringBudget) }
    var messagesLeft: Int { whole(layout.messages, of: configuration.messageBudget) }

    /// A specialist's: what is left of the budget that a look at this source comes from.
    func looksLeft(at source: Int) -> Int { isMeasured(source) ? readingsLeft : papersLeft }

    private func isMeasured(_ source: Int) -> Bool {
        configuration.isMeasured(hop: configuration.catalogue[source].hop)
    }

    /// The lead's: the subject that the question begins with.
    var start: Int { (0..<configuration.candidates).first { row[layout.start + $0] > 0.5 } ?? 0 }

    /// The lead's: whether a source is cited.
    func isCited(_ source: Int) -> Bool { row[layout.cited + source] > 0.5 }

    /// Whether the lead has asked about a subject, as far as this agent knows.
    func isAsked(hop: Int, subject: Int) -> Bool {
        layout.asked(hop: hop, subject: subject, agent: agent).map { row[$0] > 0.5 } ?? false
    }

    /// A specialist's: whether it has told a paper of its own, or the number of readings at which it last told a series.
    func timesTold(_ source: Int) -> Int {
        guard configuration.tells else { return 0 }
        let place = layout.toldByOneself(agent - 1) + source - configuration.firstOwnSource[agent - 1]
        return whole(place, of: isMeasured(source) ? configuration.measuringBudget : 1)
    }

    /// What this agent knows of a source; nil: nothing.
    func record(_ source: Int) -> Record? {
        guard let place = layout.record(source, agent: agent) else { return nil }
        let hop = configuration.catalogue[source].hop
        if configuration.isMeasured(hop: hop) {
            let readings = whole(place, of: configuration.measuringBudget)
            return readings == 0 ? nil : .series(readings: readings, mean: Double(row[place + 1] * layout.meanScale))
        }
        guard let object = (0..<configuration.candidates).first(where: { row[place + $0] > 0.5 }) else { return nil }
        guard configuration.places(hop: hop) > 1 else { return .paper(object: object, .sound) }
        let kind = (0..<3).first { row[place + configuration.candidates + $0] > 0.5 } ?? 0
        return .paper(object: object, PaperKind(rawValue: UInt8(kind)) ?? .sound)
    }

    /// The source that settles where a subject leads, and where: a sound paper, or the nominal value nearest to a series.
    func link(hop: Int, subject: Int) -> (source: Int, object: Int)? {
        for source in configuration.sources(hop: hop, subject: subject) {
            switch record(source) {
            case .paper(let object, .sound): return (source, object)
            case .series(_, let mean): return (source, configuration.nearestSubject(to: mean))
            case .paper, nil: continue
            }
        }
        return nil
    }
}

extension ResearchConfiguration {
    /// The subject whose nominal value is nearest to a mean of readings.
    func nearestSubject(to mean: Double) -> Int {
        // A hair up: a mean between two values goes to the higher one, whatever the rounding of the row it was read from.
        min(max(Int(((mean + 0.001) / 10).rounded()) - 1, 0), candidates - 1)
    }
}
