public import ArgusEnvAPI

extension ResearchEnvironment {
    public static let descriptor = EnvironmentDescriptor(
        id: "research-team", version: "1",
        summary: "Specialists with private papers and instruments must find and cite the evidence for one answer.",
        rules: """
            A question begins with a subject (a compound) and asks for the one to which it leads over `hops` links: the \
            compound binds an enzyme, the enzyme feeds a strain, and so on. The links of each hop are a one-to-one mapping \
            of `candidates` subjects to as many, drawn anew for each episode. Hop h, from 0, belongs to \
            discipline h mod `disciplines`: its specialist alone can look it up, in papers (private, one on each subject that states \
            the link, in the first `contradictions` hops a weak one too that is wrong, and `decoys` papers on other \
            relations) or, in the last `measured` hops, by readings of an instrument with errors. The lead alone knows \
            the subject that the question begins with.

            Each round all agents choose at once. A specialist reads a paper, takes a reading, or tells what it has found, \
            to the whole team or, with `audience: lead`, to the lead; papers, readings and messages have budgets. The lead \
            asks the specialist concerned about a subject, cites a source that was told, or submits a candidate, which \
            takes at least as many citations as there are hops and ends the episode; so does the end of the rounds. With `tell: false` specialists can tell nothing, and the lead \
            may cite any source: then only a channel of the host's can carry what they find.

            The team's reward is 0 for a wrong answer or none, and for a right one the F1 of the citations against the \
            evidence: the sound source of each link of the chain. Each paper, reading and message beyond those that no \
            team can do without (one paper or reading, one question and one answer a hop) costs.
            """,
        parameters: [
            ParameterDescriptor("disciplines", .integer(2...6), default: .integer(2), "Specialists besides the lead."),
            ParameterDescriptor("hops", .integer(2...8), default: .integer(2), "Links of the chain."),
            ParameterDescriptor(
                "candidates", .integer(3...8), default: .integer(3), "Subjects a layer, and so possible answers."),
            ParameterDescriptor(
                "decoys", .integer(0...2), default: .integer(0), "Papers off the topic, on each documented subject."),
            ParameterDescriptor(
                "contradictions", .integer(0...8), default: .integer(0),
                "The first hops, on whose every subject there also is a weak paper that is wrong."),
            ParameterDescriptor(
                "measured", .integer(0...8), default: .integer(0), "The last hops, which are measured, not documented."),
            ParameterDescriptor(
                "noise", .number(0...2), default: .number(0.5),
                "Standard deviation of a reading, as a fraction of the distance between two candidates' values."),
            ParameterDescriptor("rounds", .integer(4...200), default: .integer(16), "Rounds until the work is over."),
            ParameterDescriptor(
                "reading_budget", .integer(1...64), default: .integer(4), "Papers that each specialist may read."),
            ParameterDescriptor(
                "measuring_budget", .integer(0...40), default: .integer(8), "Readings that each specialist may take."),
            ParameterDescriptor(
                "message_budget", .integer(1...64), default: .integer(4), "Facts that each specialist may tell."),
            ParameterDescriptor(
                "question_budget", .integer(0...64), default: .integer(4), "Questions that the lead may ask."),
            ParameterDescriptor(
                "reading_cost", .number(0...1), default: .number(0.02), "Cost of each paper beyond one a hop."),
            ParameterDescriptor(
                "measuring_cost", .number(0...1), default: .number(0.01), "Cost of each reading beyond one a hop."),
            ParameterDescriptor(
                "message_cost", .number(0...1), default: .number(0.02),
                "Cost of each fact told or question asked beyond two a hop."),
            ParameterDescriptor("tell", .boolean, default: .boolean(true), "Specialists can tell what they find."),
            ParameterDescriptor(
                "audience", .choice(["team", "lead"]), default: .string("team"), "Who sees what is told."),
        ],
        capabilities: [.text, .snapshot, .baseline, .render, .metrics])

    public static func specification(_ parameters: ParameterValues) throws -> EnvironmentSpecification {
        let configuration = try ResearchConfiguration(parameters: parameters)
        let layout = ResearchLayout(configuration)
        let words = ResearchWords(configuration: configuration)
        let agents = 0..<configuration.agents
        return EnvironmentSpecification(
            agents: agents.map { agent in
                AgentSpecification(
                    name: words.agent(agent), role: words.agent(agent), observationSize: layout.size(agent: agent),
                    actionSizes: [configuration.choices(agent: agent)])
            },
            observationSize: layout.size,
            observationBounds: layout.bounds,
            observationSegments: layout.segments,
            actions: .discrete(heads: [agents.map(configuration.choices).max() ?? 1]),
            rewardScope: .group,
            state: StateSpecification(
                size: layout.stateSize, bounds: layout.stateBounds, segments: layout.stateSegments),
            suggestedHorizon: configuration.rounds)
    }
}

extension ResearchConfiguration {
    /// - Throws: ``RulesError`` (configuration) for parameters that do not go together.
    init(parameters: ParameterValues) throws {
        try self.init(
            disciplines: try parameters.integer("disciplines"),
            hops: try parameters.integer("hops"),
            candidates: try parameters.integer("candidates"),
            decoys: try parameters.integer("decoys"),
            contradictions: try parameters.integer("contradictions"),
            measured: try parameters.integer("measured"),
            noise: try parameters.number("noise"),
            rounds: try parameters.integer("rounds"),
            readingBudget: try parameters.integer("reading_budget"),
            measuringBudget: try parameters.integer("measuring_budget"),
            messageBudget: try parameters.integer("message_budget"),
            questionBudget: try parameters.integer("question_budget"),
            readingCost: try parameters.number("reading_cost"),
            measuringCost: try parameters.number("measuring_cost"),
            messageCost: try parameters.number("message_cost"),
            tells: try parameters.boolean("tell"),
            toldToAll: try parameters.string("audience") == "team"
        )
    }
}
