/// The scripted team `cooperative`: each member decides from its own observation row alone and remembers nothing.
///
/// The lead asks about the subject of the question (and, where it alone is told, about each subject that the chain has
/// reached), cites each link of the chain as it is told, and submits when the chain is whole. A specialist looks up
/// subjects that it was asked about or to which a told link leads: it reads until it has a sound paper, measures until
/// one nominal value is 20 times as likely as the next, and tells that. Where there are too few rounds to go through
/// the chain link by link, whoever has nothing to do reads ahead.
struct CooperativeTeam {
    let layout: ResearchLayout
    private var configuration: ResearchConfiguration { layout.configuration }

    /// The logarithm of how much likelier than the second a nominal value must be before a series is told: 20 times.
    private static let leastLogOdds = 2.995732273553991

    init(_ layout: ResearchLayout) { self.layout = layout }

    func choose(_ view: ResearchView) -> ResearchChoice {
        guard view.agent == 0 else { return specialist(view) }
        return configuration.tells ? lead(view) : SilentLead.choose(view)
    }

    // MARK: The lead

    private func lead(_ view: ResearchView) -> ResearchChoice {
        var subject = view.start
        for hop in 0..<configuration.hops {
            guard let link = view.link(hop: hop, subject: subject) else {
                let needsQuestion = hop == 0 || !configuration.toldToAll
                let canAsk = needsQuestion && view.questionsLeft > 0 && !view.isAsked(hop: hop, subject: subject)
                return canAsk ? .ask(hop: hop, subject: subject) : .wait
            }
            if !view.isCited(link.source) { return .cite(link.source) }
            subject = link.object
        }
        return .submit(subject)
    }

    // MARK: A specialist

    private func specialist(_ view: ResearchView) -> ResearchChoice {
        for hop in configuration.ownHops(view.agent - 1) {
            for subject in 0..<configuration.candidates where isWanted(hop, subject, view) {
                let choice =
                    configuration.isMeasured(hop: hop) ? measure(hop, subject, view) : read(hop, subject, view)
                if choice != .wait { return choice }
            }
        }
        return isHurried ? readAhead(view) : .wait
    }

    private func isWanted(_ hop: Int, _ subject: Int, _ view: ResearchView) -> Bool {
        if view.isAsked(hop: hop, subject: subject) { return true }
        guard hop > 0, layout.specialistsSeeOthers else { return false }
        return (0..<configuration.candidates).contains { view.link(hop: hop - 1, subject: $0)?.object == subject }
    }

    private func read(_ hop: Int, _ subject: Int, _ view: ResearchView) -> ResearchChoice {
        if let link = view.link(hop: hop, subject: subject) {
            return canTell(view) && view.timesTold(link.source) == 0 ? .tell(link.source) : .wait
        }
        let unread = configuration.sources(hop: hop, subject: subject).first { view.record($0) == nil }
        guard view.papersLeft > 0, let unread else { return .wait }
        return .look(unread)
    }

    private func measure(_ hop: Int, _ subject: Int, _ view: ResearchView) -> ResearchChoice {
        let source = configuration.sources(hop: hop, subject: subject).lowerBound
        guard case .series(let readings, let mean) = view.record(source) else {
            return view.readingsLeft > 0 ? .look(source) : .wait
        }
        // What was told is settled.
        guard view.timesTold(source) == 0 else { return .wait }
        if view.readingsLeft > 0, !isSettled(readings, mean) { return .look(source) }
        return canTell(view) ? .tell(source) : .wait
    }

    private func canTell(_ view: ResearchView) -> Bool { configuration.tells && view.messagesLeft > 0 }

    /// One question, a look and a word for each link, the last citation and the answer take longer than there is.
    private var isHurried: Bool { configuration.rounds < 2 * configuration.hops + 3 }

    private func readAhead(_ view: ResearchView) -> ResearchChoice {
        let unread = configuration.ownSources(view.agent - 1).first {
            !configuration.isMeasured(hop: configuration.catalogue[$0].hop) && view.record($0) == nil
        }
        guard view.papersLeft > 0, let unread else { return .wait }
        return .look(unread)
    }

    /// Whether the nearest nominal value is so much likelier than the second nearest, as if errors were normal.
    private func isSettled(_ readings: Int, _ mean: Double) -> Bool {
        let deviation = 10 * configuration.noise
        guard deviation > 0 else { return true }
        let nearest = configuration.nearestSubject(to: mean)
        func squaredDistance(_ subject: Int) -> Double {
            guard (0..<configuration.candidates).contains(subject) else { return .infinity }
            let distance = mean - Double(configuration.nominalValue(subject))
            return distance * distance
        }
        let second = min(squaredDistance(nearest - 1), squaredDistance(nearest + 1))
        let logOdds = Double(readings) * (second - squaredDistance(nearest)) / (2 * deviation * deviation)
        return logOdds >= Self.leastLogOdds
    }
}
