import ArgusHost

extension ScenarioDescription {
    /// For people.
    func print() {
        Swift.print(StandardOutput.bold("\(scenario) (version \(version))"))
        if let description { StandardOutput.paragraph(description) }

        StandardOutput.heading("Rules")
        StandardOutput.paragraph(rules)

        StandardOutput.heading("Agents")
        StandardOutput.print(agentTable)
        StandardOutput.paragraph(task)

        StandardOutput.heading("Observation: \(observation.size) numbers an agent")
        StandardOutput.print(observation.table)

        StandardOutput.heading("Global state, for a central critic: \(stateSize) numbers")
        if state == "concat" {
            StandardOutput.paragraph("All agents' observations, one after the other (state: concat).")
        }
        if let nativeState {
            if state == "concat" {
                StandardOutput.paragraph("The environment's own (state: native) would be \(nativeState.size) numbers:")
            }
            StandardOutput.print(nativeState.table)
        }

        StandardOutput.heading("Actions")
        printActions()

        if let communication {
            StandardOutput.heading("Communication")
            StandardOutput.print(communicationTable(communication))
        }

        StandardOutput.heading("Parameters of environment \(origin.environment)")
        if parameters.isEmpty { Swift.print("none") }
        StandardOutput.print(parameterTable)

        StandardOutput.heading("Metrics of an episode")
        StandardOutput.print(
            TextTable(
                columns: [.name("metric"), .name("kind"), .words("meaning")],
                rows: [["return", "number", "The team's reward, summed over the episode."]]
                    + metrics.map { [$0.name, $0.kind, $0.description] }))
        if let score {
            StandardOutput.paragraph(
                "Score: 0 at \(score.metric) \(NumberFormat.short(score.floor)), 1 at "
                    + "\(NumberFormat.short(score.ceiling))" + (score.why.isEmpty ? "." : " (\(score.why))."))
        }

        StandardOutput.heading("Scripted policies")
        if baselines.isEmpty { Swift.print("none") }
        StandardOutput.print(
            TextTable(
                columns: [.name("policy"), .words("sees"), .words("description")],
                rows: baselines.map {
                    [$0.policy, $0.seesState ? "the state (centralised)" : "its own observation", $0.description]
                }))

        StandardOutput.heading("References")
        if references.isEmpty { Swift.print("none") }
        StandardOutput.print(referenceTable)

        if !training.isEmpty {
            StandardOutput.heading("Hyperparameters that differ here from the algorithm's defaults")
            StandardOutput.print(trainingTable)
        }

        StandardOutput.heading("Where it comes from")
        StandardOutput.print(originTable)
    }

    private var task: String {
        let whose = reward == "team" ? "every agent gets the team's reward" : "every agent gets its own reward"
        let legal = masks == "exact" ? "policies are told which are legal" : "all count as legal (masks: none)"
        return "Horizon \(horizon) steps; \(whose); of the actions \(legal); views: \(views.joined(separator: ", "))."
    }

    /// Agents that differ only in their names share a row.
    private var agentTable: TextTable {
        var rows: [[String]] = []
        var counts: [Int] = []
        for agent in agents {
            let sizes = agent.actionSizes.map { "\($0)" }.joined(separator: " × ")
            let row = [agent.name, agent.role, agent.group, "\(agent.observationSize)", sizes]
            if let last = rows.last, last.dropFirst().elementsEqual(row.dropFirst()) {
                counts[counts.count - 1] += 1
                let first = last[0].split(separator: " ").first.map(String.init) ?? last[0]
                let joint = counts[counts.count - 1] == 2 ? ", " : " … "
                rows[rows.count - 1][0] = first.trimmingSuffix(",") + joint + agent.name
            } else {
                rows.append(row)
                counts.append(1)
            }
        }
        return TextTable(
            columns: [
                .words("agent"), .name("role"), .name("group"), .number("observation"),
                .name(heads.isEmpty ? "action components" : "choices"),
            ], rows: rows)
    }

    private func printActions() {
        guard !heads.isEmpty else {
            StandardOutput.paragraph("\(continuousActions ?? 0) real numbers within bounds.")
            return
        }
        guard !actions.isEmpty else {
            StandardOutput.paragraph("Choices by number: \(heads.map { "0 to \($0 - 1)" }.joined(separator: "; ")).")
            return
        }
        var rows: [[String]] = []
        for (head, size) in heads.enumerated() {
            for choice in 0..<size {
                let name = actions.indices.contains(rows.count) ? actions[rows.count] : ""
                rows.append([heads.count > 1 ? "\(head)" : "", "\(choice)", name])
            }
        }
        StandardOutput.print(TextTable(columns: [.number("head"), .number("choice"), .name("name")], rows: rows))
    }

    private func communicationTable(_ communication: Communication) -> TextTable {
        func limit(_ count: Int?) -> String { count.map { "\($0)" } ?? "none" }
        let rows = [
            ["topology", "\(communication.topology)", hearing],
            ["symbols", "\(communication.symbols)", "choices of the last action head besides silence"],
            ["characters", "\(communication.characters)", "of a text; longer ones are dropped"],
            ["per_step", limit(communication.perStep), "messages of an agent in one step"],
            ["per_episode", limit(communication.perEpisode), "messages of an agent in one episode"],
            ["delay", "\(communication.delay)", "steps until a message arrives; 1: with the next observation"],
            ["loss", NumberFormat.short(communication.loss), "probability that a receiver does not get a message"],
            ["shuffle", "\(communication.shuffle)", "true: a control, in which messages say nothing"],
        ]
        return TextTable(columns: [.name("channel"), .words("value"), .words("meaning")], rows: rows)
    }

    /// Who hears whom, in the order of agents.
    private var hearing: String {
        let lines = agents.map { agent in
            let names = hearers?[agent.name] ?? []
            return "\(agent.name) is heard by \(names.isEmpty ? "nobody" : names.joined(separator: ", "))"
        }
        return lines.count > 8 ? "who hears whom" : lines.joined(separator: "; ")
    }

    private var parameterTable: TextTable {
        TextTable(
            columns: [
                .name("parameter"), .words("value"), .words("default"), .words("allowed"), .words("meaning"),
            ],
            rows: parameters.map { [$0.name, $0.value, $0.defaultValue, $0.allowed, $0.description] })
    }

    private var referenceTable: TextTable {
        TextTable(
            columns: [
                .words("algorithm"), .name("metric"), .number("mean"), .name("spread"), .number("steps"),
                .words("source and conditions"),
            ],
            rows: references.map { reference in
                let spread =
                    reference.ci95.map {
                        "[\(NumberFormat.short($0.lowerBound)), \(NumberFormat.short($0.upperBound))]"
                    }
                    ?? reference.std.map { "± \(NumberFormat.short($0))" } ?? ""
                return [
                    reference.algorithm, reference.metric, NumberFormat.short(reference.mean), spread,
                    reference.steps.map { NumberFormat.grouped(Double($0)) } ?? "",
                    reference.source + (reference.conditions.map { ": \($0)" } ?? ""),
                ]
            })
    }

    private var trainingTable: TextTable {
        TextTable(
            columns: [.name("algorithm"), .words("values")],
            rows: training.sorted { $0.key < $1.key }.map { algorithm, values in
                [algorithm, values.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ", ")]
            })
    }

    private var originTable: TextTable {
        TextTable(
            columns: [.name("what"), .words("from")],
            rows: [
                ["environment", "\(origin.environment), rules version \(origin.version)"],
                ["rules after", origin.source.isEmpty ? "original" : origin.source],
                ["plugin", "\(origin.plugin) \(origin.pluginVersion)"], ["library", origin.library],
                ["scenario file", origin.file],
                ["capabilities", capabilities.joined(separator: ", ")],
            ])
    }
}

extension ScenarioDescription.Layout {
    fileprivate var table: TextTable {
        TextTable(
            columns: [.number("offset"), .number("size"), .name("bounds"), .words("part"), .words("meaning")],
            rows: parts.map { part in
                let isBounded = part.low != nil || part.high != nil
                let low = part.low.map { NumberFormat.short(Double($0)) } ?? "-∞"
                let high = part.high.map { NumberFormat.short(Double($0)) } ?? "∞"
                return [
                    "\(part.offset)", "\(part.count)", isBounded ? "\(low) to \(high)" : "-", part.name,
                    part.description,
                ]
            })
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
