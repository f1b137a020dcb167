import ArgusEnvAPI
import Foundation
import ResearchTeamRules
import Testing

@Suite("research team: every problem is generated with its proof")
struct ProofTests {
    /// `ARGUS_LONG=1` asks for twenty times as many.
    private static let seeds = ProcessInfo.processInfo.environment["ARGUS_LONG"] == "1" ? 200_000 : 10_000

    @Test(
        "the union of all material leaves the answer alone, no role's material excludes any candidate, and the chain is the only smallest proof",
        arguments: ScenarioTask.all)
    func assertions(task: ScenarioTask) throws {
        let configuration = try task.configuration()
        for seed in 0..<Self.seeds {
            var game = ResearchGame(configuration: configuration)
            game.reset(seed: UInt64(seed))
            let proof = EvidenceProof(configuration, game.problem)
            #expect(proof.union == 1 << UInt8(proof.answer), "seed \(seed)")
            #expect(proof.byRole.count == configuration.agents)
            #expect(proof.byRole.allSatisfy { $0.nonzeroBitCount == configuration.candidates }, "seed \(seed)")
            #expect(proof.withoutHop.allSatisfy { $0.nonzeroBitCount > 1 }, "seed \(seed)")
            #expect(proof.minimalSets == 1 && proof.chainProves, "seed \(seed)")
        }
    }

    @Test("all eight scenarios are read")
    func scenarios() { #expect(ScenarioTask.all.count == 8) }

    @Test(
        "the solver agrees with the enumeration of all worlds, for every set of known links",
        arguments: [(2, 3), (2, 4), (3, 3)])
    func solverIsExact(hops: Int, candidates: Int) throws {
        let configuration = try ResearchConfiguration(disciplines: 2, hops: hops, candidates: candidates)
        let enumeration = WorldEnumeration(hops: hops, candidates: candidates)
        var random = SplitMix64(seed: 3)
        let problem = EvidenceProblem(configuration, &random)
        let solver = EvidenceSolver(configuration, problem)
        let links = hops * candidates
        var proofs: [Int: [LinkSet]] = [:]
        for subset in 0..<1 << links {
            var known = LinkSet()
            for link in 0..<links where subset >> link & 1 == 1 {
                known.insert(hop: link / candidates, subject: link % candidates)
            }
            let found = solver.candidates(known)
            let counted = enumeration.answers(problem, known)
            #expect(counted.indices.allSatisfy { (counted[$0] > 0) == (found >> UInt8($0) & 1 == 1) })
            if found.nonzeroBitCount == 1 { proofs[subset.nonzeroBitCount, default: []].append(known) }
        }
        // Over all subsets whatever, the smallest proof is one: the chain.
        var chain = LinkSet()
        for hop in 0..<hops { chain.insert(hop: hop, subject: problem.subject(after: hop)) }
        #expect(proofs.keys.min() == hops)
        #expect(proofs[hops] == [chain])
    }

    @Test("given the material of one role, every candidate is the answer in equally many worlds")
    func posteriorIsUniform() throws {
        let configuration = try ResearchConfiguration(disciplines: 3, hops: 3, candidates: 3)
        let enumeration = WorldEnumeration(hops: 3, candidates: 3)
        var random = SplitMix64(seed: 4)
        for _ in 0..<30 {
            let problem = EvidenceProblem(configuration, &random)
            let solver = EvidenceSolver(configuration, problem)
            for own in -1..<3 {
                let counts = enumeration.answers(problem, solver.links { $0 == own })
                #expect(Set(counts).count == 1)
                #expect(counts[0] > 0)
            }
        }
    }

    @Test("a solver that is given a broken problem says so")
    func brokenProblems() throws {
        let configuration = try ResearchConfiguration(disciplines: 2, hops: 2, candidates: 3)
        var random = SplitMix64(seed: 5)
        var problem = EvidenceProblem(configuration, &random)
        #expect(EvidenceProof(configuration, problem).holds(candidates: 3))
        let sound = problem
        // A paper states another link than the one that holds: all material together gives a wrong answer.
        let evidence = problem.evidence(hop: 1, configuration)
        problem.objects[evidence] = (problem.objects[evidence] + 1) % 3
        #expect(!EvidenceProof(configuration, problem).holds(candidates: 3))
        // The second hop leads everything to one candidate: one specialist then knows the answer.
        problem = sound
        let answer = problem.objects[problem.evidence(hop: 1, configuration)]
        for subject in 0..<3 {
            problem.links[8 + subject] = answer
            for source in configuration.sources(hop: 1, subject: subject) { problem.objects[source] = answer }
        }
        let proof = EvidenceProof(configuration, problem)
        #expect(proof.union == 1 << answer && proof.byRole[2] == 1 << answer && !proof.holds(candidates: 3))
        // With two candidates, the other link would be a proof too.
        #expect(throws: RulesError.self) { _ = try ResearchConfiguration(candidates: 2) }
    }
}
