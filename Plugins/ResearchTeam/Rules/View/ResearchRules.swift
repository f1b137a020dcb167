/// Role and rules in words, which depend on the configuration and the agent alone.
struct ResearchRules {
    private let configuration: ResearchConfiguration
    private let words: ResearchWords

    init(_ configuration: ResearchConfiguration) {
        self.configuration = configuration
        words = ResearchWords(configuration: configuration)
    }

    // MARK: Lead

    var lead: String {
        let last = SubjectNames.kind(layer: configuration.hops)
        return """
            You are the lead of a research team: \(team). You alone know the question: \
            \(SubjectNames.oneKind(layer: 0)). Find the \(last) to which it leads, link by link:
            \((0..<configuration.hops).map(linkForLead).joined(separator: "\n"))
            \(leadWork) \(rounds) \(score)
            """
    }

    private var team: String {
        "lead, " + (0..<configuration.disciplines).map { words.discipline($0).name }.joined(separator: ", ")
    }

    private func linkForLead(_ hop: Int) -> String {
        let owner = words.owner(ofHop: hop)
        let (from, to) = (SubjectNames.kind(layer: hop), SubjectNames.kind(layer: hop + 1))
        return "\(hop + 1). \(from) \(owner.verb) \(to): the \(owner.name) \(sourcesOf(hop))."
    }

    private var leadWork: String {
        var text = "Ask a specialist about a subject to send it looking."
        if configuration.tells {
            text += " You see what they tell. A source can be cited once it was told."
        } else {
            text += """
                 They have no means of telling you what they find, unless you share a channel beyond these rules. You can \
                cite every source.
                """
        }
        return text + """
             Cite exactly one source for each link of the chain, then submit the answer: that ends the work. No answer is \
            accepted with fewer than \(configuration.hops) citations.
            """
    }

    // MARK: Specialists

    func specialist(_ agent: Int) -> String {
        let discipline = agent - 1
        let hops = configuration.ownHops(discipline)
        return """
            You are the \(words.agent(agent)) of a research team: \(team). The lead alone knows the question: which \
            \(SubjectNames.kind(layer: configuration.hops)) follows from \(SubjectNames.oneKind(layer: 0)). It takes a \
            chain of \(configuration.hops) links; yours:
            \(hops.map(linkForOwner).joined(separator: "\n"))
            \(specialistWork) \(rounds) \(score)
            """
    }

    private func linkForOwner(_ hop: Int) -> String {
        let owner = words.owner(ofHop: hop)
        let (from, to) = (SubjectNames.oneKind(layer: hop), SubjectNames.kind(layer: hop + 1))
        return "\(hop + 1). which \(to) \(from) \(owner.verb) (there are \(words.subjects(layer: hop))). You "
            + "\(sourcesOf(hop)). \(whoSaysWhich(hop))"
    }

    private func whoSaysWhich(_ hop: Int) -> String {
        let from = SubjectNames.kind(layer: hop)
        if hop == 0 || !specialistsSeeOthers { return "Which \(from) matters, the lead's questions say." }
        return "Which \(from) matters, the \(words.owner(ofHop: hop - 1).name) tells."
    }

    private var specialistsSeeOthers: Bool { configuration.tells && configuration.toldToAll }

    private var specialistWork: String {
        guard configuration.tells else {
            return "You have no means of telling what you find, unless you share a channel beyond these rules."
        }
        return
            "Tell what belongs to the chain, and nothing else; \(configuration.toldToAll ? "all" : "the lead") will see it."
    }

    // MARK: Both

    private func sourcesOf(_ hop: Int) -> String {
        let from = SubjectNames.kind(layer: hop)
        let owner = words.owner(ofHop: hop)
        if configuration.isMeasured(hop: hop) {
            let values = (0..<configuration.candidates).map {
                "\(words.subject(layer: hop + 1, $0)) \(configuration.nominalValue($0))"
            }
            let error = ResearchWords.hundredths(10 * configuration.noise)
            return """
                can measure the \(owner.quantity) of each \(from), with a standard error of \(error) a reading; the \
                true value tells what it \(owner.verb): \(values.joined(separator: ", "))
                """
        }
        let places = configuration.places(hop: hop)
        var text = places == 1 ? "can read a paper on each \(from)" : "can read \(places) papers on each \(from)"
        if configuration.isDisputed(hop: hop) {
            text += ", of which a strong one is right and a weak one is wrong"
        } else if places > 1 {
            text += ", of which one is to the point"
        }
        if configuration.decoys > 0 { text += "; papers on what it \(owner.idleVerb) prove nothing" }
        return text
    }

    private var rounds: String {
        """
        Each round all of you choose one action at the same time, and what is asked or told is seen in the next. \
        After \(configuration.rounds) rounds it is over without an answer.
        """
    }

    private var score: String {
        let text = """
            A wrong answer scores 0, a right one the F1 of the citations: 1 if exactly the right source of each link is \
            cited, less for each that is missing or wrong.
            """
        let costs = [
            (configuration.freePapers, "paper read", configuration.readingCost),
            (configuration.freeReadings, "reading", configuration.measuringCost),
            (configuration.freeMessages, "question or fact told", configuration.messageCost),
        ].filter { $0.0 > 0 && $0.2 > 0 }
        guard !costs.isEmpty else { return text }
        let list = costs.map { "\($0.2) for each \($0.1) beyond the team's first \($0.0)" }
        return text + " It costs \(list.joined(separator: ", "))."
    }
}
