import ResearchTeamRules

/// Every world of a small task, one by one: all choices of a bijection for each hop. The slow and obvious way to know what
/// follows from what, against which the solver is checked.
struct WorldEnumeration {
    /// [hop][subject], one entry a world.
    let worlds: [[[Int]]]

    init(hops: Int, candidates: Int) {
        let bijections = Self.permutations(Array(0..<candidates))
        var worlds: [[[Int]]] = [[]]
        for _ in 0..<hops { worlds = worlds.flatMap { world in bijections.map { world + [$0] } } }
        self.worlds = worlds
    }

    private static func permutations(_ items: [Int]) -> [[Int]] {
        guard items.count > 1 else { return [items] }
        return items.flatMap { first in permutations(items.filter { $0 != first }).map { [first] + $0 } }
    }

    /// How many worlds that agree with the known links lead to each candidate.
    func answers(_ problem: EvidenceProblem, _ known: LinkSet) -> [Int] {
        let candidates = worlds[0][0].count
        var counts = Array(repeating: 0, count: candidates)
        for world in worlds {
            let agrees = world.indices.allSatisfy { hop in
                (0..<candidates).allSatisfy {
                    !known.contains(hop: hop, subject: $0) || world[hop][$0] == problem.link(hop: hop, subject: $0)
                }
            }
            guard agrees else { continue }
            counts[world.reduce(Int(problem.start)) { subject, links in links[subject] }] += 1
        }
        return counts
    }
}
