public import ArgusEnvAPI

/// What a paper is worth for the question.
public enum PaperKind: UInt8, Sendable {
    /// States the link as it is.
    case sound = 0
    /// States another link, and is marked as weak.
    case weak = 1
    /// States something else about the subject.
    case offTopic = 2
}

/// One drawn problem: the subject that the question begins with, the links, and what each paper says.
///
/// The links of a hop are a bijection between two layers that is drawn uniformly and independently of all else. So
/// whoever lacks all material of some hop knows nothing about the answer: composed with a uniform bijection, anything is
/// uniform. That is the whole proof that no role can do it alone, as no role owns every hop.
public struct EvidenceProblem: Sendable {
    public typealias PerLink = InlineArray<64, UInt8>
    public typealias PerSource = InlineArray<256, UInt8>

    /// The subject of layer 0 that the question is about.
    public var start: UInt8 = 0
    /// Where the link of (hop, subject) leads, at hop · 8 + subject.
    public var links = PerLink(repeating: 0)
    /// `PaperKind` of each source; `sound` for series of readings.
    public var kinds = PerSource(repeating: 0)
    /// The subject of the next layer that each source names: for sound papers and series, where the link leads.
    public var objects = PerSource(repeating: 0)

    @inline(__always)
    public func link(hop: Int, subject: Int) -> Int { Int(links[hop * ResearchConfiguration.mostCandidates + subject]) }

    /// Draws a problem. Bounded: every draw is used.
    public init(_ configuration: ResearchConfiguration, _ random: inout SplitMix64) {
        let candidates = configuration.candidates
        start = UInt8(random.below(candidates))
        for hop in 0..<configuration.hops {
            let first = hop * ResearchConfiguration.mostCandidates
            for subject in 0..<candidates { links[first + subject] = UInt8(subject) }
            for subject in stride(from: candidates - 1, to: 0, by: -1) {
                let other = random.below(subject + 1)
                (links[first + subject], links[first + other]) = (links[first + other], links[first + subject])
            }
            for subject in 0..<candidates { drawSources(configuration, hop, subject, &random) }
        }
    }

    /// A sound source, the weak paper where the hop is disputed, and decoys, in random order.
    private mutating func drawSources(
        _ configuration: ResearchConfiguration, _ hop: Int, _ subject: Int, _ random: inout SplitMix64
    ) {
        let candidates = configuration.candidates
        let sources = configuration.sources(hop: hop, subject: subject)
        let truth = link(hop: hop, subject: subject)
        for source in sources {
            let place = source - sources.lowerBound
            let isWeak = place == 1 && configuration.isDisputed(hop: hop)
            let kind: PaperKind = place == 0 ? .sound : isWeak ? .weak : .offTopic
            kinds[source] = kind.rawValue
            objects[source] =
                switch kind {
                case .sound: UInt8(truth)
                case .weak: UInt8((truth + 1 + random.below(candidates - 1)) % candidates)
                case .offTopic: UInt8(random.below(candidates))
                }
        }
        for source in sources.dropFirst().reversed() {
            let other = sources.lowerBound + random.below(source - sources.lowerBound + 1)
            (kinds[source], kinds[other]) = (kinds[other], kinds[source])
            (objects[source], objects[other]) = (objects[other], objects[source])
        }
    }

    /// A problem with nothing in it, to be filled.
    public init() {}

    /// The subject that the chain has reached after `hops` links.
    @inline(__always)
    public func subject(after hops: Int) -> Int {
        var subject = Int(start)
        for hop in 0..<hops { subject = link(hop: hop, subject: subject) }
        return subject
    }

    /// Whether this source is part of the minimal evidence: the sound source on a subject of the chain.
    public func isEvidence(_ source: Int, _ configuration: ResearchConfiguration) -> Bool {
        let place = configuration.catalogue[source]
        return kinds[source] == PaperKind.sound.rawValue && subject(after: place.hop) == place.subject
    }

    /// The one evidence source of a hop.
    public func evidence(hop: Int, _ configuration: ResearchConfiguration) -> Int {
        let sources = configuration.sources(hop: hop, subject: subject(after: hop))
        return sources.first { kinds[$0] == PaperKind.sound.rawValue } ?? sources.lowerBound
    }
}
