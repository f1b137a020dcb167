/// How subjects, sources and what they say are called in texts and pictures.
struct ResearchWords {
    let configuration: ResearchConfiguration

    func discipline(_ index: Int) -> Discipline { Discipline.allCases[index] }

    func owner(ofHop hop: Int) -> Discipline { discipline(configuration.discipline(ofHop: hop)) }

    func agent(_ agent: Int) -> String { agent == 0 ? "lead" : discipline(agent - 1).name }

    func subject(layer: Int, _ subject: Int) -> String { SubjectNames.name(layer: layer, subject: subject) }

    /// All subjects of a layer.
    func subjects(layer: Int) -> String {
        (0..<configuration.candidates).map { subject(layer: layer, $0) }.joined(separator: ", ")
    }

    /// "the paper on Velor", "paper 2 on Velor", "the readings of Velor".
    func source(_ source: Int) -> String {
        let place = configuration.catalogue[source]
        let name = subject(layer: place.hop, place.subject)
        if configuration.isMeasured(hop: place.hop) { return "the readings of \(name)" }
        return configuration.places(hop: place.hop) == 1
            ? "the paper on \(name)" : "paper \(place.place + 1) on \(name)"
    }

    /// What a record says, such that the record can be read back: "Velor binds Tarkase", "paper 2 on Velor: Velor binds
    /// Tarkase (weak)", "4 readings of Velor, mean 21.50".
    func statement(_ source: Int, _ record: ResearchView.Record) -> String {
        let place = configuration.catalogue[source]
        let name = subject(layer: place.hop, place.subject)
        switch record {
        case .series(let readings, let mean):
            return "\(readings) reading\(readings == 1 ? "" : "s") of \(name), mean \(Self.hundredths(mean))"
        case .paper(let object, let kind):
            let owner = owner(ofHop: place.hop)
            let verb = kind == .offTopic ? owner.idleVerb : owner.verb
            var text = "\(name) \(verb) \(subject(layer: place.hop + 1, object))"
            if configuration.isDisputed(hop: place.hop), kind != .offTopic {
                text += kind == .sound ? " (strong)" : " (weak)"
            }
            return configuration.places(hop: place.hop) == 1 ? text : "\(self.source(source)): \(text)"
        }
    }

    /// A choice in words; `record` is what the agent knows of the source that it would tell.
    func choice(_ choice: ResearchChoice, record: ResearchView.Record? = nil) -> String {
        switch choice {
        case .wait: return "wait"
        case .ask(let hop, let subject):
            return "ask the \(owner(ofHop: hop).name) about \(self.subject(layer: hop, subject))"
        case .cite(let source): return "cite \(self.source(source))"
        case .submit(let candidate): return "submit \(subject(layer: configuration.hops, candidate))"
        case .look(let source):
            let place = configuration.catalogue[source]
            guard configuration.isMeasured(hop: place.hop) else { return "read \(self.source(source))" }
            let name = subject(layer: place.hop, place.subject)
            return "measure the \(owner(ofHop: place.hop).quantity) of \(name)"
        case .tell(let source):
            let audience = configuration.toldToAll ? "the team" : "the lead"
            return "tell \(audience): " + (record.map { statement(source, $0) } ?? self.source(source))
        }
    }

    /// A mean with two digits behind the point: as budgets allow at most 40 readings, different sums read differently.
    static func hundredths(_ value: Double) -> String {
        let rounded = Int((value * 100).rounded())
        let digits = abs(rounded) % 100
        return "\(rounded < 0 ? "-" : "")\(abs(rounded) / 100).\(digits < 10 ? "0" : "")\(digits)"
    }
}
