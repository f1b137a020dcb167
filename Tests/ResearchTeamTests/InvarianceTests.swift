import ArgusEnvAPI
import ResearchTeamRules
import Testing

@Suite("research team: names and order do not matter")
struct InvarianceTests {
    /// New names for all subjects, layer by layer.
    private struct Renaming {
        let layers: [[Int]]

        init(_ configuration: ResearchConfiguration, _ random: inout SplitMix64) {
            layers = (0...configuration.hops).map { _ in
                (0..<configuration.candidates).shuffled(using: &random)
            }
        }

        func callAsFunction(_ layer: Int, _ subject: Int) -> Int { layers[layer][subject] }
    }

    /// The same problem under other names.
    private func renamed(
        _ problem: EvidenceProblem, _ configuration: ResearchConfiguration, _ names: Renaming
    ) -> EvidenceProblem {
        var other = problem
        other.start = UInt8(names(0, Int(problem.start)))
        for hop in 0..<configuration.hops {
            for subject in 0..<configuration.candidates {
                let new = names(hop, subject)
                other.links[8 * hop + new] = UInt8(names(hop + 1, problem.link(hop: hop, subject: subject)))
                let pairs = zip(
                    configuration.sources(hop: hop, subject: subject), configuration.sources(hop: hop, subject: new))
                for (from, to) in pairs {
                    other.kinds[to] = problem.kinds[from]
                    other.objects[to] = UInt8(names(hop + 1, Int(problem.objects[from])))
                }
            }
        }
        return other
    }

    @Test(
        "renaming subjects renames the solution, and the cooperative team plays the same game",
        arguments: ["contradictions", "noisy", "tight-budget"])
    func renaming(name: String) throws {
        var random = SplitMix64(seed: 6)
        let parameters = ScenarioTask.named(name)
        let original = try PlayedTeam(parameters)
        let other = try PlayedTeam(parameters)
        let configuration = original.configuration
        for seed in 0..<60 as Range<UInt64> {
            original.begin(seed)
            let problem = original.environment.game.problem
            let names = Renaming(configuration, &random)
            let copy = renamed(problem, configuration, names)
            let (proof, otherProof) = (EvidenceProof(configuration, problem), EvidenceProof(configuration, copy))
            #expect(otherProof.holds(candidates: configuration.candidates))
            #expect(otherProof.answer == names(configuration.hops, proof.answer))
            for hop in 0..<configuration.hops {
                let evidence = configuration.catalogue[problem.evidence(hop: hop, configuration)]
                let otherEvidence = configuration.catalogue[copy.evidence(hop: hop, configuration)]
                #expect(otherEvidence.subject == names(hop, evidence.subject))
                #expect(otherEvidence.place == evidence.place)
            }
            // Readings are scaled by names, so a measured game is the same only up to its errors' meaning.
            guard configuration.measured == 0 else { continue }
            try original.begin(problem)
            try other.begin(copy)
            #expect(original.play("cooperative") == other.play("cooperative"))
            #expect(original.steps == other.steps)
            #expect(original.metrics["looked"] == other.metrics["looked"])
        }
    }

    @Test("another order on the shelves leaves answer and evidence as they are")
    func reordering() throws {
        var random = SplitMix64(seed: 7)
        let team = try PlayedTeam(ScenarioTask.named("contradictions"))
        let configuration = team.configuration
        for seed in 0..<60 as Range<UInt64> {
            team.begin(seed)
            let problem = team.environment.game.problem
            var other = problem
            for hop in 0..<configuration.hops {
                for subject in 0..<configuration.candidates {
                    let sources = Array(configuration.sources(hop: hop, subject: subject))
                    for (from, to) in zip(sources, sources.shuffled(using: &random)) {
                        other.kinds[to] = problem.kinds[from]
                        other.objects[to] = problem.objects[from]
                    }
                }
            }
            let proof = EvidenceProof(configuration, other)
            #expect(proof.holds(candidates: configuration.candidates))
            #expect(proof.answer == problem.subject(after: configuration.hops))
            for hop in 0..<configuration.hops {
                let (one, two) = (problem.evidence(hop: hop, configuration), other.evidence(hop: hop, configuration))
                #expect(configuration.catalogue[one].subject == configuration.catalogue[two].subject)
                #expect(problem.objects[one] == other.objects[two])
            }
            try team.begin(other)
            _ = team.play("cooperative")
            #expect(team.metrics["success"] == 1)
            #expect(team.metrics["evidence_recall"] == 1)
        }
    }
}
