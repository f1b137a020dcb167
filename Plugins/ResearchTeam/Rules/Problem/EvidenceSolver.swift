/// What follows from known links: exhaustively, over all worlds that agree with them.
///
/// A world is one bijection for each hop. Hops are independent, so the subjects that can be reached after a hop are
/// exactly the images, in some bijection that agrees with the known links of that hop, of those reachable before it: for
/// a known subject its image, for an unknown one every image that no known link uses. Sets are bit masks.
public struct EvidenceSolver {
    public let configuration: ResearchConfiguration
    private let start: UInt8
    /// Where the link of (hop, subject) leads by its sound source, at hop · 8 + subject.
    private var stated = EvidenceProblem.PerLink(repeating: 0)

    /// Takes the links from what the sources say, not from how they were drawn.
    public init(_ configuration: ResearchConfiguration, _ problem: EvidenceProblem) {
        self.configuration = configuration
        start = problem.start
        for (source, place) in configuration.catalogue.enumerated()
        where problem.kinds[source] == PaperKind.sound.rawValue {
            stated[place.hop * ResearchConfiguration.mostCandidates + place.subject] = problem.objects[source]
        }
    }

    @inline(__always)
    private func bit(hop: Int, subject: Int) -> UInt8 {
        1 << stated[hop * ResearchConfiguration.mostCandidates + subject]
    }

    /// The candidates for the answer that agree with the known links, one bit each.
    public func candidates(_ known: LinkSet) -> UInt8 {
        var reachable: UInt8 = 1 << start
        for hop in 0..<configuration.hops { reachable = images(of: reachable, hop, known) }
        return reachable
    }

    /// The subjects of the next layer to which subjects in `reachable` can lead.
    func images(of reachable: UInt8, _ hop: Int, _ known: LinkSet) -> UInt8 {
        var used: UInt8 = 0
        for subject in 0..<configuration.candidates where known.contains(hop: hop, subject: subject) {
            used |= bit(hop: hop, subject: subject)
        }
        let free = UInt8(truncatingIfNeeded: 1 << configuration.candidates - 1) & ~used
        var images: UInt8 = 0
        for subject in 0..<configuration.candidates where reachable >> UInt8(subject) & 1 == 1 {
            images |=
                known.contains(hop: hop, subject: subject)
                ? bit(hop: hop, subject: subject) : free
        }
        return images
    }

    /// All links of these hops.
    public func links(_ isIncluded: (_ hop: Int) -> Bool) -> LinkSet {
        var known = LinkSet()
        for hop in 0..<configuration.hops where isIncluded(hop) {
            for subject in 0..<configuration.candidates { known.insert(hop: hop, subject: subject) }
        }
        return known
    }

    /// How many of the sets with exactly one link of each hop leave one candidate.
    ///
    /// Counts over all `candidates` to the power of `hops` sets: sets that reach the same subjects are counted together.
    public func provingSets() -> Int {
        var counts = InlineArray<256, Int>(repeating: 0)
        counts[1 << Int(start)] = 1
        for hop in 0..<configuration.hops {
            var next = InlineArray<256, Int>(repeating: 0)
            for reachable in 1..<256 where counts[reachable] > 0 {
                for subject in 0..<configuration.candidates {
                    var known = LinkSet()
                    known.insert(hop: hop, subject: subject)
                    next[Int(images(of: UInt8(reachable), hop, known))] += counts[reachable]
                }
            }
            counts = next
        }
        return (0..<8).reduce(0) { $0 + counts[1 << $1] }
    }
}
