/// What makes a drawn problem a fair one, computed by ``EvidenceSolver`` from the sources, without looking at how they were
/// drawn. Sets of candidates are bit masks.
///
/// - `union`: what all material together leaves: exactly the answer.
/// - `byRole`: what the material of each role leaves, the question being known: everything.
/// - `withoutHop`: what all material but that of one hop leaves: more than one candidate for each hop, so that a proof needs
///   a source of every hop. Less knowledge never leaves fewer candidates, so this holds for every smaller set.
/// - `minimalSets`: of the sets with one link a hop, which are therefore the smallest that can prove anything, how many do.
///   Exactly one: the links of the chain.
public struct EvidenceProof {
    public let union: UInt8
    public let answer: Int
    /// The lead first, then the disciplines.
    public let byRole: [UInt8]
    public let withoutHop: [UInt8]
    public let minimalSets: Int
    /// Whether the links of the chain are one of the minimal sets.
    public let chainProves: Bool

    public init(_ configuration: ResearchConfiguration, _ problem: EvidenceProblem) {
        let solver = EvidenceSolver(configuration, problem)
        answer = problem.subject(after: configuration.hops)
        union = solver.candidates(solver.links { _ in true })
        byRole =
            [solver.candidates(LinkSet())]
            + (0..<configuration.disciplines).map { discipline in
                solver.candidates(solver.links { configuration.discipline(ofHop: $0) == discipline })
            }
        withoutHop = (0..<configuration.hops).map { missing in solver.candidates(solver.links { $0 != missing }) }
        minimalSets = solver.provingSets()
        var chain = LinkSet()
        for hop in 0..<configuration.hops { chain.insert(hop: hop, subject: problem.subject(after: hop)) }
        chainProves = solver.candidates(chain) == 1 << UInt8(answer)
    }

    /// Unique answer from the union, nothing excluded for a single role, one minimal evidence set.
    public func holds(candidates: Int) -> Bool {
        union == 1 << UInt8(answer) && byRole.allSatisfy { $0.nonzeroBitCount == candidates }
            && withoutHop.allSatisfy { $0.nonzeroBitCount > 1 } && minimalSets == 1 && chainProves
    }
}
