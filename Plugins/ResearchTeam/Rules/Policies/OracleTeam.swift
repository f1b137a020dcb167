/// The full-information team: looks at and tells the evidence and nothing else, cites it, and submits the answer.
struct OracleTeam {
    func choose(_ agent: Int, _ game: ResearchGame) -> ResearchChoice {
        let configuration = game.configuration
        if agent == 0 {
            for hop in 0..<configuration.hops {
                let source = game.problem.evidence(hop: hop, configuration)
                if game.isLegal(agent: 0, .cite(source)) { return .cite(source) }
                if !game.statuses[source].contains(.cited) { return .wait }
            }
            return .submit(game.problem.subject(after: configuration.hops))
        }
        for hop in configuration.ownHops(agent - 1) {
            let source = game.problem.evidence(hop: hop, configuration)
            guard configuration.tells, !game.statuses[source].contains(.told) else { continue }
            let choice: ResearchChoice = game.statuses[source].contains(.looked) ? .tell(source) : .look(source)
            if game.isLegal(agent: agent, choice) { return choice }
        }
        return .wait
    }
}
