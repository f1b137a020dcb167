/// A lead to whom nobody tells anything: the best that it can do is known exactly.
///
/// Where only told sources can be cited, nothing can be, and whatever it submits scores 0. Otherwise it cites a paper on
/// the subject of the question, which it knows, guesses, and is right once in `candidates` times.
enum SilentLead {
    static func choose(_ view: ResearchView) -> ResearchChoice {
        let configuration = view.layout.configuration
        guard !configuration.tells else { return .submit(0) }
        let source = configuration.sources(hop: 0, subject: view.start).lowerBound
        return view.isCited(source) ? .submit(0) : .cite(source)
    }
}
