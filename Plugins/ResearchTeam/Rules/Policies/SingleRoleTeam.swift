/// The lead and the first specialist alone, who owns the first link: the lead cites that, guesses the rest, and is right
/// once in `candidates` times.
struct SingleRoleTeam {
    let cooperative: CooperativeTeam

    func choose(_ view: ResearchView) -> ResearchChoice {
        let configuration = view.layout.configuration
        guard view.agent == 0, configuration.tells else {
            return view.agent == 0 ? SilentLead.choose(view) : view.agent == 1 ? cooperative.choose(view) : .wait
        }
        guard let link = view.link(hop: 0, subject: view.start) else { return cooperative.choose(view) }
        return view.isCited(link.source) ? .submit(0) : .cite(link.source)
    }
}
