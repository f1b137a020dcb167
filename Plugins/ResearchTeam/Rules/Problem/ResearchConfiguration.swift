public import ArgusEnvAPI

/// All that stays fixed over the episodes of one research task, and what follows from it.
///
/// **Subjects** are (layer, index): layer 0 to `hops`, `candidates` subjects in each. Hop h (from 0) leads from layer h
/// to layer h + 1 and belongs to discipline h mod `disciplines`. **Sources** are numbered discipline by discipline, and
/// within one by hop, subject and place on the shelf, so that each discipline owns a contiguous run of them.
public struct ResearchConfiguration: Hashable, Sendable {
    /// Specialists, 2 to 6, besides the lead.
    public let disciplines: Int
    /// Links from the question's subject to the answer, `disciplines` to 8.
    public let hops: Int
    /// Subjects of each layer, so also possible answers, 3 to 8. With two, knowing one link would tell the other.
    public let candidates: Int
    /// Papers off the topic on every subject that has papers, 0 to 2.
    public let decoys: Int
    /// The first documented hops whose every subject also has a weak paper that is wrong.
    public let contradictions: Int
    /// The last hops, which are not documented but measured.
    public let measured: Int
    /// Standard deviation of one reading, as a fraction of the distance between nominal values; 0 to 2.
    public let noise: Double
    /// Rounds after which the work is over without an answer, 4 to 200.
    public let rounds: Int
    /// Papers that each specialist may read, 1 to 64.
    public let readingBudget: Int
    /// Readings that each specialist may take, 0 to 40.
    public let measuringBudget: Int
    /// Facts that each specialist may tell, 1 to 64.
    public let messageBudget: Int
    /// Questions that the lead may ask, 0 to 64.
    public let questionBudget: Int
    /// What a paper read, a reading taken, and a fact told or question asked cost the team beyond the free ones.
    public let readingCost: Double
    public let measuringCost: Double
    public let messageCost: Double
    /// Whether specialists can tell facts at all.
    public let tells: Bool
    /// Whether the whole team sees what is told, or the lead alone.
    public let toldToAll: Bool

    /// Where a source belongs.
    public struct Source: Hashable, Sendable {
        public var hop: Int
        public var subject: Int
        /// Place among the sources on this subject.
        public var place: Int
    }

    /// All sources in order.
    public let catalogue: [Source]
    /// The first source of each hop.
    let firstSource: [Int]
    /// The first source of each discipline, and at last the number of all sources.
    let firstOwnSource: [Int]

    /// Largest values that any configuration has. Fixed-size arrays of problems and games rest on them: 8 · 8 links, at
    /// most 4 sources on each subject so 256 in all, 7 agents.
    static let mostHops = 8
    public static let mostCandidates = 8

    /// - Throws: ``RulesError`` (configuration) that names the parameter.
    public init(
        disciplines: Int = 2, hops: Int = 2, candidates: Int = 3, decoys: Int = 0, contradictions: Int = 0,
        measured: Int = 0, noise: Double = 0.5, rounds: Int = 16, readingBudget: Int = 4, measuringBudget: Int = 8,
        messageBudget: Int = 4, questionBudget: Int = 4, readingCost: Double = 0.02, measuringCost: Double = 0.01,
        messageCost: Double = 0.02, tells: Bool = true, toldToAll: Bool = true
    ) throws(RulesError) {
        try Self.require("disciplines", disciplines, within: 2...Discipline.allCases.count)
        try Self.require("hops", hops, within: disciplines...Self.mostHops)
        try Self.require("candidates", candidates, within: 3...Self.mostCandidates)
        try Self.require("decoys", decoys, within: 0...2)
        try Self.require("measured", measured, within: 0...hops)
        try Self.require("contradictions", contradictions, within: 0...(hops - measured))
        let hopsOfOne = (hops + disciplines - 1) / disciplines
        try Self.require("rounds", rounds, within: (2 * hopsOfOne + hops + 1)...200)
        try Self.require("reading_budget", readingBudget, within: hopsOfOne...64)
        try Self.require("measuring_budget", measuringBudget, within: (measured == 0 ? 0 : hopsOfOne)...40)
        try Self.require("message_budget", messageBudget, within: hopsOfOne...64)
        try Self.require("question_budget", questionBudget, within: 0...64)
        try Self.require("noise", noise, within: 0...2)
        try Self.require("reading_cost", readingCost, within: 0...1)
        try Self.require("measuring_cost", measuringCost, within: 0...1)
        try Self.require("message_cost", messageCost, within: 0...1)
        self.disciplines = disciplines
        self.hops = hops
        self.candidates = candidates
        self.decoys = decoys
        self.contradictions = contradictions
        self.measured = measured
        self.noise = noise
        self.rounds = rounds
        self.readingBudget = readingBudget
        self.measuringBudget = measuringBudget
        self.messageBudget = messageBudget
        self.questionBudget = questionBudget
        self.readingCost = readingCost
        self.measuringCost = measuringCost
        self.messageCost = messageCost
        self.tells = tells
        self.toldToAll = toldToAll
        var sources: [Source] = []
        var firstSource = Array(repeating: 0, count: hops)
        var firstOwnSource: [Int] = []
        for discipline in 0..<disciplines {
            firstOwnSource.append(sources.count)
            for hop in stride(from: discipline, to: hops, by: disciplines) {
                firstSource[hop] = sources.count
                let places = hop >= hops - measured ? 1 : 1 + (hop < contradictions ? 1 : 0) + decoys
                for subject in 0..<candidates {
                    for place in 0..<places { sources.append(Source(hop: hop, subject: subject, place: place)) }
                }
            }
        }
        firstOwnSource.append(sources.count)
        catalogue = sources
        self.firstSource = firstSource
        self.firstOwnSource = firstOwnSource
    }

    private static func require<Value: Comparable>(
        _ name: String, _ value: Value, within range: ClosedRange<Value>
    ) throws(RulesError) {
        guard range.contains(value) else {
            throw RulesError(
                .configuration, "\(name): found \(value), expected \(range.lowerBound) to \(range.upperBound)")
        }
    }
}

extension ResearchConfiguration {
    /// The lead is agent 0, discipline d is agent d + 1.
    public var agents: Int { disciplines + 1 }

    @inline(__always)
    public func discipline(ofHop hop: Int) -> Int { hop % disciplines }

    @inline(__always)
    public func isMeasured(hop: Int) -> Bool { hop >= hops - measured }

    @inline(__always)
    public func isDisputed(hop: Int) -> Bool { hop < contradictions }

    /// Sources on each subject of a hop: a series of readings, or papers.
    @inline(__always)
    func places(hop: Int) -> Int { isMeasured(hop: hop) ? 1 : 1 + (isDisputed(hop: hop) ? 1 : 0) + decoys }

    /// The sources on one subject.
    @inline(__always)
    public func sources(hop: Int, subject: Int) -> Range<Int> {
        let count = places(hop: hop)
        let first = firstSource[hop] + subject * count
        return first..<first + count
    }

    /// The sources that a discipline owns.
    @inline(__always)
    public func ownSources(_ discipline: Int) -> Range<Int> {
        firstOwnSource[discipline]..<firstOwnSource[discipline + 1]
    }

    /// The hops that a discipline owns, in order.
    @inline(__always)
    func ownHops(_ discipline: Int) -> StrideTo<Int> { stride(from: discipline, to: hops, by: disciplines) }

    /// How many hops a discipline owns.
    @inline(__always)
    func ownHopCount(_ discipline: Int) -> Int { (hops - discipline + disciplines - 1) / disciplines }

    /// What no team can do without is free: one paper or reading for each hop, and one question and one answer.
    var freePapers: Int { hops - measured }
    var freeReadings: Int { measured }
    var freeMessages: Int { 2 * hops }

    // MARK: Measuring

    /// The reading that an instrument without errors gives if the link leads to `subject`.
    @inline(__always)
    public func nominalValue(_ subject: Int) -> Int { 10 * (subject + 1) }

    /// No reading is further than this from the nominal value.
    public var largestError: Int { Int((10 * noise * 2 * 3.0.squareRoot()).rounded()) }
}
