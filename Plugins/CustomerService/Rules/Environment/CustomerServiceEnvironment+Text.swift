import ArgusEnvAPI

/// The same task in words, for language models and people.
///
/// A situation is made from the expert's observation row and from nothing else. What the row rounds, the text says
/// exactly; scores it says up to `ServiceLayout.scoreQuantum`, in the customer's own words.
extension CustomerServiceEnvironment {
    public func textQuanta() -> [Float] { layout.quanta() }

    public func textSituation(agent: Int) -> String {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: layout.size) { row in
            guard let base = row.baseAddress else { return "" }
            centre.observe(agent, layout, into: base)
            return situation(ExpertView(layout, UnsafeBufferPointer(row)))
        }
    }

    private func situation(_ view: ExpertView) -> String {
        var lines = [activity(view)]
        for queue in 0..<configuration.kindCount {
            let name = "\(configuration.kinds[queue]) queue:".capitalisedFirst
            let length = view.length(queue)
            guard length > 0 else {
                lines.append("\(name) empty.")
                continue
            }
            let count = length < ServiceLayout.longestQueue ? "\(length)" : "\(length) or more"
            lines.append("\(name) \(count) waiting, the first \(wait(view.wait(queue))). \(words(view.head(queue)))")
        }
        if configuration.experts > 1 {
            let free = (0..<configuration.experts).filter(view.isAvailable).map { "expert_\($0)" }
            lines.append("Free colleagues: \(free.isEmpty ? "none" : free.joined(separator: ", ")).")
        }
        if let part = view.dayPart { lines.append("\(part) % of the day has gone by.") }
        return lines.joined(separator: "\n")
    }

    private func activity(_ view: ExpertView) -> String {
        let held = view.held
        if view.isFree { return "You are free." }
        if view.isHolding {
            if held.wording == .known { return "You have a contact. You know what it needs: \(name(held.first))." }
            return "You have a contact, and still do not know what it needs. \(words(held))"
        }
        switch held.wording {
        case .none: return "You are busy, helping a colleague."
        case .known: return "You are busy with a contact that needs \(name(held.first))."
        default: return "You are busy with a contact. \(words(held))"
        }
    }

    private func words(_ words: ExpertView.Words) -> String {
        if words.wording == .known { return "A colleague's note says that it needs \(name(words.first))." }
        return "The customer says: \"\(CustomerVoice.sentence(words, configuration.kinds))\""
    }

    private func wait(_ parts: Int) -> String {
        let seconds = Self.number(Double(parts) * configuration.timeUnit / Double(ServiceLayout.waitParts))
        let isLongest = parts == ServiceLayout.longestWait * ServiceLayout.waitParts
        return "for \(seconds) s\(isLongest ? " or more" : "")"
    }

    public func textAction(agent: Int, choice: Int) -> String {
        switch choices[choice] {
        case .wait: centre.decides(agent) ? "wait" : "carry on"
        case .take(let queue): "take the first contact of the \(name(queue)) queue"
        case .answer: "answer the contact yourself"
        case .transfer(let queue): "transfer the contact to the \(name(queue)) queue"
        case .consult(let expert): "answer the contact together with expert_\(expert)"
        }
    }

    private func name(_ kind: Int) -> String { configuration.kinds[kind].rawValue }

    // MARK: Rules

    public func textRules(agent: Int) -> String {
        [
            introduction(agent), skills, choosing, sharing, customers, points,
        ].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private func introduction(_ agent: Int) -> String {
        let kinds = configuration.kinds.map { "\($0) (\($0.scope))" }.joined(separator: ", ")
        let team = configuration.experts == 1 ? "the only expert" : "one of \(configuration.experts) experts"
        let end =
            configuration.day.isFinite ? " It closes after \(Self.number(configuration.day / 60)) minutes." : ""
        return """
            You are expert_\(agent), \(team) of a contact centre.\(end) Customers bring matters of \
            \(configuration.kindCount == 1 ? "one kind" : "these kinds"): \(kinds). Each kind has a queue.
            """
    }

    /// Experts with equal skills share a line.
    private var skills: String {
        let count = configuration.kindCount
        func row(_ expert: Int) -> [Double] {
            (0..<count).flatMap {
                [configuration.speeds[expert * count + $0], configuration.resolutions[expert * count + $0]]
            }
        }
        var lines: [String] = []
        for expert in 0..<configuration.experts where !(0..<expert).contains(where: { row($0) == row(expert) }) {
            let same = (expert..<configuration.experts).filter { row($0) == row(expert) }.map { "expert_\($0)" }
            let abilities = (0..<count).filter { row(expert)[2 * $0] > 0 }.map { kind in
                let (speed, chance) = (row(expert)[2 * kind], row(expert)[2 * kind + 1])
                return "\(name(kind)): speed \(Self.number(speed)), resolves \(Self.percent(chance))"
            }
            let list = abilities.isEmpty ? "none" : abilities.joined(separator: "; ")
            lines.append("\(same.joined(separator: ", ")): \(list).")
        }
        let times = Self.counted(configuration.handling.map(Self.number), "s", configuration.kinds)
        return "An answer at speed 1 takes \(times) on average. Who has which skills, and no others:\n"
            + lines.joined(separator: "\n")
    }

    private var choosing: String {
        var text = "When you are free, take the first contact of a queue whose skill you have, or wait."
        if configuration.experts > 1 {
            text += " If several want the same contact, the one who has been idle longest gets it."
        }
        if configuration.ambiguity > 0 || configuration.classifierError > 0, configuration.kindCount > 1 {
            text += """
                 A program sorts contacts into queues by the customers' first words and is sometimes misled: judge by \
                what the customer describes, not by a word.
                """
        }
        if configuration.triage > 0 {
            text += " Finding out what a contact needs takes \(Self.number(configuration.triage)) s."
        }
        if configuration.diagnosis < 1 {
            text += """
                 With a contact, you learn what it needs in \(Self.percent(configuration.diagnosis)) of the cases; if \
                not, go by the customer's words. If you answer without the skill, you lose the time of an answer and \
                only then learn what the contact needs.
                """
        }
        return text
    }

    private var sharing: String {
        var options: [String] = []
        if configuration.allowsTransfers {
            options.append(
                "transfer it to a queue (\(Self.number(configuration.transferTime)) s of your time; the customer waits "
                    + "again and keeps \(Self.percent(configuration.transferPatience)) of its remaining patience)")
        }
        if configuration.allowsConsulting, configuration.experts > 1 {
            options.append(
                "answer it together with a free colleague (both are busy, at \(Self.number(configuration.consultSpeed)) "
                    + "times the speed of the faster one; it is resolved if either resolves it)")
        }
        var text = ""
        if !options.isEmpty {
            text = "With a contact you may answer it, or \(options.joined(separator: ", or "))."
            text += " What you know to need a skill that you lack, you cannot answer alone."
        }
        let count = configuration.kindCount
        let steps = (0..<count * count).filter { configuration.followUps[$0] > 0 }.map {
            "\(Self.percent(configuration.followUps[$0])) of \(name($0 / count)) contacts then need \(name($0 % count))"
        }
        if !steps.isEmpty {
            text += " Second steps: \(steps.joined(separator: ", ")); you keep the contact and decide again."
        }
        return text
    }

    private var customers: String {
        var text = "Arrivals per hour: "
        text += Self.counted(configuration.arrivalRates.map { Self.number($0 * 3600) }, "", configuration.kinds) + "."
        if configuration.profile.count > 1 {
            let factors = configuration.profile.map(Self.number).joined(separator: ", ")
            text += " In equal parts of the day they are multiplied by \(factors)."
        }
        if configuration.patience.contains(where: \.isFinite) {
            let patience = configuration.patience.map { $0.isFinite ? "\(Self.number($0)) s" : "any time" }
            text += " Customers wait \(Self.counted(patience, "", configuration.kinds)) on average, then give up."
        }
        if Set(configuration.priorities).count > 1 {
            text += " Urgency (1 comes first): "
            text += Self.counted(configuration.priorities.map(String.init), "", configuration.kinds) + "."
        }
        return text
    }

    private var points: String {
        let kinds = configuration.kinds
        var parts = [
            "+\(Self.counted(configuration.resolvedReward.map(Self.number), "", kinds)) for each contact resolved"
        ]
        if configuration.unresolvedCost > 0 {
            parts.append("-\(Self.number(configuration.unresolvedCost)) if it leaves unresolved")
        }
        if configuration.abandonmentCost.contains(where: { $0 > 0 }) {
            parts.append(
                "-\(Self.counted(configuration.abandonmentCost.map(Self.number), "", kinds)) for each customer who gives up"
            )
        }
        if configuration.waitingCost.contains(where: { $0 > 0 }) {
            let cost = Self.counted(configuration.waitingCost.map(Self.number), "", kinds)
            let target = Self.counted(configuration.targets.map(Self.number), "s", kinds)
            parts.append(
                "-\(cost) for each \(Self.number(configuration.timeUnit)) s that a contact waits beyond \(target)")
        }
        if configuration.transferCost > 0, configuration.allowsTransfers {
            parts.append("-\(Self.number(configuration.transferCost)) for each transfer")
        }
        return "The team's points: " + parts.joined(separator: "; ") + "."
    }

    // MARK: Wording of numbers

    /// "90 s" if all are equal, else "90 s (billing), 120 s (technical)".
    private static func counted(_ values: [String], _ unit: String, _ kinds: [ContactKind]) -> String {
        let values = values.map { unit.isEmpty ? $0 : "\($0) \(unit)" }
        if let first = values.first, values.allSatisfy({ $0 == first }) { return first }
        return zip(values, kinds).map { "\($0) (\($1))" }.joined(separator: ", ")
    }

    private static func percent(_ share: Double) -> String { "\(number(share * 100)) %" }

    /// With up to three decimals.
    static func number(_ value: Double) -> String {
        let rounded = (value * 1000).rounded() / 1000
        if rounded == rounded.rounded(), abs(rounded) < 1e15 { return "\(Int(rounded))" }
        return "\(rounded)"
    }
}

extension String {
    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
