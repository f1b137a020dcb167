/// A lead to whom nobody tells anything, doing the best that it can.
///
/// Where only told sources can be cited it can do nothing, and scores 0. Otherwise it cites a paper on the subject of the
/// question, which it knows, and one of each other hop at random, guesses, and is right once in `candidates` times. (What
/// is drawn being uniform, any fixed guess is a random one.)
enum SilentLead {
    static func choose(_ view: ResearchView) -> ResearchChoice {
        let configuration = view.layout.configuration
        guard !configuration.tells else { return .wait }
        for hop in 0..<configuration.hops {
            let source = configuration.sources(hop: hop, subject: hop == 0 ? view.start : 0).lowerBound
            if !view.isCited(source) { return .cite(source) }
        }
        return .submit(0)
    }
}
