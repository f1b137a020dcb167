import ArgusEnvAPI

/// A scripted team that sees the state: who is free takes what it is best at, by what contacts really are.
///
/// Free experts and the contacts at the heads of queues are matched one by one, the most valuable pair first: the
/// contact's worth and urgency times the expert's rate of resolving it as a share of the best one's. Whether an expert
/// leaves a contact to a colleague, and what it does with one that it has, ``ContactAppraisal`` says.
struct Dispatcher {
    private let centre: ContactCentre
    private let choices: ServiceChoices
    private var configuration: ServiceConfiguration { centre.configuration }

    init(_ centre: ContactCentre, _ choices: ServiceChoices) {
        self.centre = centre
        self.choices = choices
    }

    func act(agents: Row<UInt8>, actions: Rows<Int32>) {
        var chosen = Array(repeating: Int32(0), count: choices.experts)
        for expert in 0..<choices.experts where centre.experts[expert].activity == .holding {
            chosen[expert] = Int32(chooseForContact(expert))
        }
        match(&chosen)
        for expert in 0..<choices.experts where agents[expert] != 0 { actions[first: expert] = chosen[expert] }
    }

    private func chooseForContact(_ expert: Int) -> Int {
        let contact = centre.contacts[Int(centre.experts[expert].contact)]
        let kind = Int(contact.kind)
        return ContactAppraisal(configuration, expert: expert, status: centre).bestChoice(
            choices, isKnown: contact.isKnown
        ) { $0 == kind ? 1 : 0 }
    }

    /// Matches free experts with the first contacts of queues.
    private func match(_ chosen: inout [Int32]) {
        var free = (0..<choices.experts).filter { centre.experts[$0].activity == .free && centre.decides($0) }
        var heads = centre.lines.map(\.first)
        var status = MatchStatus(centre: centre)
        while !free.isEmpty {
            var best: (value: Double, expert: Int, queue: Int)?
            for expert in free {
                for queue in heads.indices
                where heads[queue] >= 0 && configuration.skills[expert] >> UInt32(queue) & 1 != 0 {
                    let contact = centre.contacts[Int(heads[queue])]
                    guard let value = worth(expert, contact, status), value > best?.value ?? -.infinity else {
                        continue
                    }
                    best = (value, expert, queue)
                }
            }
            guard let best else { return }
            chosen[best.expert] = Int32(choices.take(best.queue))
            heads[best.queue] = centre.contacts[Int(heads[best.queue])].next
            free.removeAll { $0 == best.expert }
            status.taken |= 1 << UInt64(best.expert)
        }
    }

    /// Nil: better left to somebody else.
    private func worth(_ expert: Int, _ contact: Contact, _ status: MatchStatus) -> Double? {
        let kind = Int(contact.kind)
        let queue = Int(contact.queue)
        let appraisal = ContactAppraisal(configuration, expert: expert, status: status, waitingItself: 1)
        if appraisal.leaves(queue: queue, isKnown: contact.isKnown, likelihood: { $0 == kind ? 1 : 0 }) { return nil }
        let wait = centre.now - contact.joined
        let urgency = 1 + wait / (60 + (configuration.patience[kind].isFinite ? configuration.patience[kind] : 600))
        let worth = configuration.resolvedReward[kind] + configuration.abandonmentCost[queue]
        return configuration.relativeRate(expert, kind) * worth * urgency / configuration.handling[kind]
            / Double(configuration.priorities[queue])
    }

    /// The centre, where experts who have been matched are no longer free.
    private struct MatchStatus: CentreStatus {
        let centre: ContactCentre
        var taken: UInt64 = 0

        func isAvailable(_ expert: Int) -> Bool { centre.isAvailable(expert) && taken >> UInt64(expert) & 1 == 0 }
        func length(_ queue: Int) -> Int { centre.length(queue) }
    }
}
