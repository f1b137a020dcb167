public import ArgusEnvAPI

/// One episode: the drawn problem, and what the team has done about it. A value: a copy is a copy of the episode.
///
/// Everything has a fixed size, so no step and no reset allocates.
public struct ResearchGame: Sendable {
    public let configuration: ResearchConfiguration
    public internal(set) var problem = EvidenceProblem()
    /// Errors of readings: the only chance after a reset.
    var random = SplitMix64(seed: 0)
    var statuses = InlineArray<256, SourceStatus>(repeating: [])
    /// At hop · 8 + subject, for measured hops.
    var series = InlineArray<64, ReadingSeries>(repeating: ReadingSeries())
    /// The same as it was last told.
    var toldSeries = InlineArray<64, ReadingSeries>(repeating: ReadingSeries())
    var asked = LinkSet()
    /// Sources cited.
    var citations = 0
    /// Papers read, readings taken, and facts told or (the lead) questions asked, of each agent.
    var papersRead = InlineArray<7, Int32>(repeating: 0)
    var readingsTaken = InlineArray<7, Int32>(repeating: 0)
    var messagesSent = InlineArray<7, Int32>(repeating: 0)
    /// Rounds played.
    var round = 0
    /// The candidate that was submitted.
    var answer: Int?
    /// What each agent did in the last round, for the picture only.
    var lastChoices = InlineArray<7, ResearchChoice>(repeating: .wait)

    public init(configuration: ResearchConfiguration) { self.configuration = configuration }

    /// Begins the episode that a seed fixes.
    public mutating func reset(seed: UInt64) {
        // Scrambled, so that neighbouring seeds share no stretch of their streams.
        var random = SplitMix64(seed: SplitMix64.mix(seed ^ 0x5EED_0FEA_17ED_0C5E))
        begin(EvidenceProblem(configuration, &random), chance: random)
    }

    /// Begins an episode with a given problem.
    public mutating func begin(_ problem: EvidenceProblem, chance: SplitMix64) {
        self.problem = problem
        random = chance
        statuses = InlineArray(repeating: [])
        series = InlineArray(repeating: ReadingSeries())
        toldSeries = series
        asked = LinkSet()
        citations = 0
        papersRead = InlineArray(repeating: 0)
        readingsTaken = papersRead
        messagesSent = papersRead
        round = 0
        answer = nil
        lastChoices = InlineArray(repeating: .wait)
    }

    /// Over: submitted, or no rounds left.
    public var isOver: Bool { answer != nil || round >= configuration.rounds }

    /// Where the series of a measured source is kept.
    @inline(__always)
    func seriesIndex(_ source: Int) -> Int {
        let place = configuration.catalogue[source]
        return place.hop * ResearchConfiguration.mostCandidates + place.subject
    }

    @inline(__always)
    func isSeries(_ source: Int) -> Bool { configuration.isMeasured(hop: configuration.catalogue[source].hop) }

    // MARK: Legal choices

    /// Whether a choice would change anything: it is not done yet, and the budget allows it.
    @inline(__always)
    func isLegal(agent: Int, _ choice: ResearchChoice) -> Bool {
        switch choice {
        case .wait: true
        case .submit: citations >= configuration.hops
        case .ask(let hop, let subject):
            !asked.contains(hop: hop, subject: subject) && messagesSent[0] < configuration.questionBudget
        case .cite(let source):
            !statuses[source].contains(.cited) && (!configuration.tells || statuses[source].contains(.told))
        case .look(let source):
            isSeries(source)
                ? readingsTaken[agent] < configuration.measuringBudget
                : !statuses[source].contains(.looked) && papersRead[agent] < configuration.readingBudget
        case .tell(let source):
            messagesSent[agent] < configuration.messageBudget && statuses[source].contains(.looked)
                && (isSeries(source)
                    ? series[seriesIndex(source)] != toldSeries[seriesIndex(source)]
                    : !statuses[source].contains(.told))
        }
    }

    /// Writes an agent's legal row: 1 legal, 0 not; zeros beyond its own choices.
    func writeLegal(_ agent: Int, into row: Row<UInt8>) {
        row.fill(0)
        row[0] = 1
        guard !isOver else { return }
        for number in 1..<configuration.choices(agent: agent)
        where isLegal(agent: agent, configuration.choice(agent: agent, number)) {
            row[number] = 1
        }
    }
}
