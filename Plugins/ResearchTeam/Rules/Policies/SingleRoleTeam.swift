/// The lead with one specialist alone, the first, who owns the first link.
///
/// The specialist looks up the subject of the question and tells it, then tells other papers until there are enough
/// citations for an answer to be accepted. The lead cites them, guesses, and is right once in `candidates` times.
struct SingleRoleTeam {
    let cooperative: CooperativeTeam

    func choose(_ view: ResearchView) -> ResearchChoice {
        let configuration = view.layout.configuration
        guard configuration.tells else { return cooperative.choose(view) }
        return switch view.agent {
        case 0: lead(view)
        case 1: specialist(view)
        default: .wait
        }
    }

    private func lead(_ view: ResearchView) -> ResearchChoice {
        let configuration = view.layout.configuration
        guard let link = view.link(hop: 0, subject: view.start) else { return cooperative.choose(view) }
        if !view.isCited(link.source) { return .cite(link.source) }
        let told = configuration.ownSources(0).filter { view.record($0) != nil }
        if told.count(where: view.isCited) >= configuration.hops { return .submit(0) }
        return told.first { !view.isCited($0) }.map { .cite($0) } ?? .wait
    }

    private func specialist(_ view: ResearchView) -> ResearchChoice {
        let own = view.layout.configuration.ownSources(0)
        let told = own.count { view.timesTold($0) > 0 }
        // The lead's question first.
        guard told > 0, view.messagesLeft > 0 else { return cooperative.choose(view) }
        guard told < view.layout.configuration.hops else { return .wait }
        if let known = own.first(where: { view.record($0) != nil && view.timesTold($0) == 0 }) { return .tell(known) }
        let unread = own.first { view.record($0) == nil && view.looksLeft(at: $0) > 0 }
        return unread.map { .look($0) } ?? .wait
    }
}
