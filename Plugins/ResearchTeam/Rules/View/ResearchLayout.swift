/// What stands where in an agent's observation row.
///
/// A **record** says what is known of a source: of a paper, one component for each subject of the next layer, 1 at the one
/// that it names, then, where a subject has several papers, one for each `PaperKind`; of a series, the number of readings
/// (as a fraction of the budget) and their mean (as a fraction of 10 · (`candidates` + 1)). All zeros: nothing is known.
/// - The lead: rounds left, questions left (fractions); the subject of layer 0 (one component each); whether it has asked,
///   for each subject of layers 0 to `hops` - 1; whether it has cited each source; the records of all sources as told; the
///   subject of layers 1 to `hops` that the told links lead to from the first (one component each).
/// - A specialist: rounds, papers, readings and messages left (fractions); whether it was asked, for each subject of its own
///   hops; the records of its own sources as it knows them; for each of them whether it is told (papers) or at how many
///   readings it was last told (a fraction of the budget); the records of the others' sources as told; whether a link that
///   another told leads to it, for each subject of its own hops.
///
/// The last part of each row follows from the rest, by the rule that sound papers and nearest nominal values hold. It
/// spares learners the composition; texts leave it to the reader.
///
/// Without telling, rows have no records of what was told; where the lead alone is told, specialists' rows have none of
/// each other's. (Nothing leads to the subjects of hop 0: their components of the last part stay 0.)
struct ResearchLayout: Hashable, Sendable {
    let configuration: ResearchConfiguration
    /// Where each source's record begins in a run of all records, and at last that run's length.
    private let recordStart: [Int]

    init(_ configuration: ResearchConfiguration) {
        self.configuration = configuration
        var recordStart = [0]
        for source in configuration.catalogue {
            recordStart.append((recordStart.last ?? 0) + Self.recordWidth(configuration, hop: source.hop))
        }
        self.recordStart = recordStart
    }

    private static func recordWidth(_ configuration: ResearchConfiguration, hop: Int) -> Int {
        if configuration.isMeasured(hop: hop) { return 2 }
        return configuration.candidates + (configuration.places(hop: hop) > 1 ? 3 : 0)
    }

    // MARK: The lead's row

    let rounds = 0
    let questions = 1
    let start = 2
    @inline(__always)
    var askedByLead: Int { start + configuration.candidates }
    @inline(__always)
    var cited: Int { askedByLead + configuration.hops * configuration.candidates }
    @inline(__always)
    var leadRecords: Int { cited + configuration.catalogue.count }
    @inline(__always)
    var reached: Int { leadRecords + (configuration.tells ? allRecords : 0) }
    @inline(__always)
    var leadSize: Int { reached + (configuration.tells ? configuration.hops * configuration.candidates : 0) }

    /// Components of all records.
    @inline(__always)
    var allRecords: Int { recordStart[configuration.catalogue.count] }

    // MARK: A specialist's row

    let papers = 1
    let readings = 2
    let messages = 3
    let askedOfSpecialist = 4

    @inline(__always)
    func ownRecords(_ discipline: Int) -> Int {
        askedOfSpecialist + configuration.ownHopCount(discipline) * configuration.candidates
    }

    /// Components of a discipline's own records.
    @inline(__always)
    private func ownWidth(_ discipline: Int) -> Int {
        let own = configuration.ownSources(discipline)
        return recordStart[own.upperBound] - recordStart[own.lowerBound]
    }

    @inline(__always)
    func toldByOneself(_ discipline: Int) -> Int { ownRecords(discipline) + ownWidth(discipline) }

    @inline(__always)
    func othersRecords(_ discipline: Int) -> Int {
        toldByOneself(discipline) + (configuration.tells ? configuration.ownSources(discipline).count : 0)
    }

    @inline(__always)
    var specialistsSeeOthers: Bool { configuration.tells && configuration.toldToAll }

    @inline(__always)
    func named(_ discipline: Int) -> Int {
        othersRecords(discipline) + (specialistsSeeOthers ? allRecords - ownWidth(discipline) : 0)
    }

    @inline(__always)
    func specialistSize(_ discipline: Int) -> Int {
        named(discipline)
            + (specialistsSeeOthers ? configuration.ownHopCount(discipline) * configuration.candidates : 0)
    }

    // MARK: Any row

    func size(agent: Int) -> Int { agent == 0 ? leadSize : specialistSize(agent - 1) }

    /// Where an agent's row has the record of a source; nil where it has none.
    @inline(__always)
    func record(_ source: Int, agent: Int) -> Int? {
        if agent == 0 { return configuration.tells ? leadRecords + recordStart[source] : nil }
        let own = configuration.ownSources(agent - 1)
        if own.contains(source) {
            return ownRecords(agent - 1) + recordStart[source] - recordStart[own.lowerBound]
        }
        guard specialistsSeeOthers else { return nil }
        return othersRecords(agent - 1) + recordStart[source] - (source < own.lowerBound ? 0 : ownWidth(agent - 1))
    }

    /// Where an agent's row says whether it asked, or was asked, about a subject; nil where that does not concern it.
    @inline(__always)
    func asked(hop: Int, subject: Int, agent: Int) -> Int? {
        if agent == 0 { return askedByLead + hop * configuration.candidates + subject }
        guard configuration.discipline(ofHop: hop) == agent - 1 else { return nil }
        return askedOfSpecialist + hop / configuration.disciplines * configuration.candidates + subject
    }

    /// The largest mean of readings, which stands for 1.
    var meanScale: Float { Float(10 * (configuration.candidates + 1)) }
}
