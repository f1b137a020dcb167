public import ArgusEnvAPI

extension CustomerServiceEnvironment {
    public static let descriptor = EnvironmentDescriptor(
        id: "customer-service", version: "1",
        summary: "A contact centre: experts with different skills take, answer, transfer and share contacts.",
        rules: """
            Customers arrive at random times, at rates that may vary over the day, each with a matter of one kind. A \
            classifier reads their first words and puts them into the queue of the kind with the highest score, now and \
            then a wrong one. Queues are first come, first served; who has waited longer than their patience gives up, \
            and who calls while all lines are taken is blocked.

            An expert without a contact may take the first one of a queue whose skill it has, or wait. When it takes a \
            contact (after `triage` seconds) it learns what the matter really is, with the chance `diagnosis`, and then \
            answers it, transfers it to a queue, or consults a free colleague. An answer takes a random time with the \
            mean of the kind's `handling` divided by the expert's `speed`, and resolves the matter with the chance \
            `resolution`; otherwise the customer leaves unresolved. An expert without the skill (speed 0) spends the time \
            of speed 1, then knows what the matter is and decides again; if it knew before, the customer leaves \
            unresolved. In a consultation both are busy: `consult_speed` times as fast as the faster of them, and \
            resolved if either of the two resolves it. A transfer takes the expert `transfer_time` seconds; the customer \
            joins the end of the new queue with a share `transfer_patience` of what was left of its patience. A resolved \
            matter may need a second step of another kind (`follow_up`): the expert has the contact still, knows its \
            kind, and decides again.

            A step ends when somebody has something to decide: a free expert for whom somebody waits, or one with a \
            contact; at the latest after `tick` seconds. Choices of one step are carried out in the order in which the \
            experts became free or got their contact, so the longest idle comes first; who finds that another has been \
            faster decides again before any time goes by. A choice to wait holds until the next event: an arrival, a \
            completion, a customer giving up, or a tick. Elapsed time is counted in units of `time_unit` seconds and may \
            be 0. The team's reward adds up what resolved, unresolved, abandoned and transferred contacts are worth, and \
            for each contact a cost for the time that it waits beyond the queue's `target`.
            """,
        source: "",
        parameters: ServiceConfiguration.parameters,
        capabilities: [.text, .snapshot, .baseline, .render, .metrics])

    public static func specification(_ parameters: ParameterValues) throws -> EnvironmentSpecification {
        let configuration = try ServiceConfiguration(parameters: parameters)
        let layout = ServiceLayout(configuration)
        let choices = ServiceChoices(configuration)
        let stateSize = ContactCentre.stateSize(configuration)
        return EnvironmentSpecification(
            agents: (0..<configuration.experts).map { AgentSpecification(name: "expert_\($0)", role: "expert") },
            observationSize: layout.size,
            observationBounds: layout.bounds(configuration),
            observationSegments: layout.segments(configuration.kinds),
            actions: .discrete(heads: [choices.count]),
            actionNames: choices.names(configuration.kinds),
            rewardScope: .group,
            state: StateSpecification(
                size: stateSize, bounds: Bounds(0...1, count: stateSize), segments: stateSegments(configuration)),
            suggestedHorizon: 60)
    }

    private static func stateSegments(_ configuration: ServiceConfiguration) -> [Segment] {
        let names = configuration.kinds.map(\.rawValue).joined(separator: ", ")
        let width = 3 + configuration.kindCount
        var segments = (0..<configuration.experts).map {
            Segment("expert_\($0)", offset: $0 * width, count: width, "free, holding, busy; its contact is \(names)")
        }
        var offset = configuration.experts * width
        for kind in configuration.kinds {
            segments.append(
                Segment(
                    "queue_\(kind.rawValue)", offset: offset, count: 2 + configuration.kindCount,
                    "contacts / \(ServiceLayout.longestQueue), the first one's wait / \(ServiceLayout.longestWait) time "
                        + "units, contacts that really are \(names) / \(ServiceLayout.longestQueue)"))
            offset += 2 + configuration.kindCount
        }
        return segments + [Segment("time", offset: offset, count: 1, "part of the day gone by; 0: no day")]
    }
}

extension ServiceChoices {
    func names(_ kinds: [ContactKind]) -> [String] {
        (0..<count).map { number in
            switch self[number] {
            case .wait: "wait"
            case .take(let queue): "take_\(kinds[queue])"
            case .answer: "answer"
            case .transfer(let queue): "transfer_\(kinds[queue])"
            case .consult(let expert): "consult_expert_\(expert)"
            }
        }
    }
}
