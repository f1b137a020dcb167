/// A scripted expert that goes by its own observation.
struct LocalRouter {
    enum Rule {
        /// First come, first served.
        case firstCome
        /// The most urgent first, of those what one is best at.
        case skills
        /// The largest product of waiting cost and rate of resolution first (Cox and Smith 1961).
        case costRate
    }

    let configuration: ServiceConfiguration
    let choices: ServiceChoices
    let expert: Int
    let rule: Rule

    /// - Parameter legal: what is open; nil or all ones: to be worked out from the view.
    func choose(_ view: ExpertView, _ legal: UnsafeBufferPointer<UInt8>?) -> Int {
        if view.isFree { return chooseQueue(view) }
        guard view.isHolding else { return 0 }
        let choice = rule == .firstCome ? answerOrPassOn(view) : mostValuable(view)
        if let legal, choice < legal.count, legal[choice] == 0 { return legal.firstIndex { $0 != 0 } ?? 0 }
        return choice
    }

    private func chooseQueue(_ view: ExpertView) -> Int {
        var best = 0
        var bestKey = (-Double.infinity, -Double.infinity, -1)
        for queue in 0..<choices.kinds
        where view.length(queue) > 0 && configuration.skills[expert] >> UInt32(queue) & 1 != 0 && !leaves(queue, view) {
            let key: (Double, Double, Int) =
                switch rule {
                case .firstCome: (0, 0, view.wait(queue))
                case .skills: (-Double(configuration.priorities[queue]), relativeRate(queue, view), view.wait(queue))
                case .costRate: (waitingCost(queue) * rate(queue, view), 0, view.wait(queue))
                }
            if key > bestKey { (best, bestKey) = (choices.take(queue), key) }
        }
        return best
    }

    /// Whether a colleague makes more of the first contact of a queue; who goes first come, first served does not ask.
    private func leaves(_ queue: Int, _ view: ExpertView) -> Bool {
        guard rule != .firstCome, configuration.allowsTransfers || configuration.allowsConsulting else { return false }
        let head = view.head(queue)
        let appraisal = ContactAppraisal(configuration, expert: expert, status: view, waitingItself: 1)
        return appraisal.leaves(queue: queue, isKnown: head.wording == .known) {
            view.likelihood(head, of: $0, configuration)
        }
    }

    /// Rate at which the expert would resolve the first contact of a queue, to go by its words.
    private func rate(_ queue: Int, _ view: ExpertView) -> Double {
        let head = view.head(queue)
        return (0..<choices.kinds).reduce(0) {
            $0 + view.likelihood(head, of: $1, configuration) * configuration.resolutionRate(expert, $1)
        }
    }

    /// The same as a share of the best expert's rate.
    private func relativeRate(_ queue: Int, _ view: ExpertView) -> Double {
        let head = view.head(queue)
        return (0..<choices.kinds).reduce(0) {
            $0 + view.likelihood(head, of: $1, configuration) * configuration.relativeRate(expert, $1)
        }
    }

    private func waitingCost(_ queue: Int) -> Double {
        let cost = configuration.waitingCost[queue]
        return configuration.waitingCost.contains { $0 > 0 } ? cost : 1
    }

    // MARK: With a contact

    private func answerOrPassOn(_ view: ExpertView) -> Int {
        let held = view.held
        // What its words speak of most likely; a contact that is known speaks for itself.
        let isSecondLikelier = held.wording.chanceOfFirst < 0.5
        let kind = isSecondLikelier ? held.second : held.first
        if configuration.skills[expert] >> UInt32(kind) & 1 != 0 { return choices.answer }
        if configuration.allowsTransfers, configuration.skillsOfOthers[expert] >> UInt32(kind) & 1 != 0 {
            return choices.transfer(kind)
        }
        let helper = (0..<choices.experts).first {
            view.isAvailable($0) && configuration.skills[$0] >> UInt32(kind) & 1 != 0
        }
        guard configuration.allowsConsulting, let helper else { return choices.answer }
        return choices.consult(helper)
    }

    private func mostValuable(_ view: ExpertView) -> Int {
        let held = view.held
        let isKnown = held.wording == .known
        return ContactAppraisal(configuration, expert: expert, status: view).bestChoice(choices, isKnown: isKnown) {
            isKnown ? ($0 == held.first ? 1 : 0) : view.likelihood(held, of: $0, configuration)
        }
    }
}

extension ServiceConfiguration {
    /// The expert's rate of resolving contacts of a kind, as a share of the best one's.
    func relativeRate(_ expert: Int, _ kind: Int) -> Double {
        var best = 0.0
        for other in 0..<experts { best = max(best, resolutionRate(other, kind)) }
        return best > 0 ? resolutionRate(expert, kind) / best : 0
    }
}
