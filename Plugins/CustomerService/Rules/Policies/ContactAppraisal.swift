#if canImport(Glibc)
import Glibc
#else
import Foundation
#endif

/// Where a policy looks up who is free and how long the queues are: in what an expert sees, or in the centre itself.
protocol CentreStatus {
    func isAvailable(_ expert: Int) -> Bool
    func length(_ queue: Int) -> Int
}

extension ExpertView: CentreStatus {}

extension ContactCentre: CentreStatus {
    func isAvailable(_ expert: Int) -> Bool { experts[expert].activity == .free }
    func length(_ queue: Int) -> Int { Int(lines[queue].count) }
}

/// What the things that an expert may do with its contact are worth, in points: what the contact then brings, less what
/// the experts' time is worth elsewhere.
struct ContactAppraisal<Status: CentreStatus> {
    let configuration: ServiceConfiguration
    let expert: Int
    let status: Status
    /// Points that a second of an expert's time is worth.
    let timeValue: Double

    /// - Parameter waitingItself: 1 if the contact in question still waits in a queue, 0 if the expert has it.
    init(_ configuration: ServiceConfiguration, expert: Int, status: Status, waitingItself: Int = 0) {
        self.configuration = configuration
        self.expert = expert
        self.status = status
        var work = 0.0
        var value = 0.0
        var others = -waitingItself
        for kind in 0..<configuration.kindCount {
            let share = configuration.totalArrivalRate > 0 ? configuration.arrivalRates[kind] : 1
            work += share * configuration.handling[kind]
            value += share * configuration.resolvedReward[kind]
            if configuration.skills[expert] >> UInt32(kind) & 1 != 0 { others += status.length(kind) }
        }
        // Time that nobody waits for is worth less. The shares did best on this plugin's scenarios.
        timeValue = value / work * (others <= 0 ? 0.3 : others == 1 ? 0.6 : 0.9)
    }

    /// Of an answer to a contact of this kind, alone or with a colleague; nil if neither has the skill.
    func answer(_ kind: Int, with colleague: Int? = nil) -> Double? {
        let count = configuration.kindCount
        let own = expert * count + kind
        var speed = configuration.speeds[own]
        var failure = speed > 0 ? 1 - configuration.resolutions[own] : 1
        var heads = 1.0
        if let colleague {
            let other = colleague * count + kind
            let otherSpeed = configuration.speeds[other]
            failure *= otherSpeed > 0 ? 1 - configuration.resolutions[other] : 1
            speed = max(speed, otherSpeed) * configuration.consultSpeed
            heads = 2
        }
        guard speed > 0 else { return nil }
        return points(kind, failure: failure) - timeValue * heads * configuration.handling[kind] / speed
    }

    /// Of a transfer to the queue of this kind, if it is the right one; nil if that is not possible or nobody else has the
    /// skill.
    ///
    /// - Parameter isInQueue: the contact still waits in that very queue, so that it must not count itself.
    func transfer(_ kind: Int, isInQueue: Bool = false) -> Double? {
        guard configuration.allowsTransfers else { return nil }
        var best: Double?
        let ahead = status.length(kind) - (isInQueue ? 1 : 0)
        for other in 0..<configuration.experts where other != expert {
            let value = entrust(kind, to: other, ahead: ahead, patience: configuration.transferPatience)
            guard let value else { continue }
            best = max(best ?? value, value)
        }
        return best.map { $0 - configuration.transferCost - timeValue * configuration.transferTime }
    }

    /// What a contact is worth in the hands of a colleague, after a wait until that one is free.
    private func entrust(_ kind: Int, to other: Int, ahead: Int, patience: Double) -> Double? {
        let index = other * configuration.kindCount + kind
        guard configuration.speeds[index] > 0 else { return nil }
        let time = configuration.handling[kind] / configuration.speeds[index]
        let isIdle = status.isAvailable(other) && ahead <= 0
        let wait = isIdle ? 0 : time * (0.5 + Double(max(0, ahead)))
        let bearable = configuration.patience[kind] * patience
        let loss = bearable.isFinite ? 1 - exp(-wait / max(bearable, 1e-9)) : 0
        let late = max(0, wait - configuration.targets[kind]) / configuration.timeUnit
        let answered = points(kind, failure: 1 - configuration.resolutions[index]) - timeValue * time
        return (1 - loss) * answered - loss * configuration.abandonmentCost[kind]
            - configuration.waitingCost[kind] * late
    }

    private func points(_ kind: Int, failure: Double) -> Double {
        (1 - failure) * configuration.resolvedReward[kind] - failure * configuration.unresolvedCost
    }
}

extension ContactAppraisal {
    /// Whether a free expert does well to leave the first contact of a queue to some colleague, for whom it is worth more.
    func leaves(queue: Int, isKnown: Bool, likelihood: (Int) -> Double) -> Bool {
        var taken = 0.0
        for kind in 0..<configuration.kindCount where likelihood(kind) > 0 {
            // To take what is known already only to pass it on again helps nobody.
            if isKnown, let answered = answer(kind),
                let passed = transfer(kind, isInQueue: kind == queue), passed > answered
            {
                return true
            }
            taken += likelihood(kind) * max(answer(kind) ?? -.infinity, transfer(kind) ?? -1)
        }
        for other in 0..<configuration.experts
        where other != expert && status.isAvailable(other) && configuration.skills[other] >> UInt32(queue) & 1 != 0 {
            var left = 0.0
            for kind in 0..<configuration.kindCount where likelihood(kind) > 0 {
                let own = entrust(kind, to: other, ahead: status.length(queue) - 1, patience: 1)
                left += likelihood(kind) * max(own ?? -.infinity, transfer(kind) ?? -1)
            }
            if left > taken + 0.02 { return true }
        }
        return false
    }

    /// The best choice for a contact that is of each kind with a likelihood, and whose kind is known or not.
    func bestChoice(_ choices: ServiceChoices, isKnown: Bool, likelihood: (Int) -> Double) -> Int {
        let kinds = configuration.kindCount
        var best = choices.answer
        var bestValue = -Double.infinity
        func consider(_ choice: Int, _ value: Double) {
            if value > bestValue { (best, bestValue) = (choice, value) }
        }
        func expected(_ value: (Int) -> Double?) -> Double {
            var sum = 0.0
            for kind in 0..<kinds {
                let share = likelihood(kind)
                guard share > 0 else { continue }
                sum += share * (value(kind) ?? inVain(kind))
            }
            return sum
        }
        let isSkilled = (0..<kinds).contains { likelihood($0) > 0 && answer($0) != nil }
        if !isKnown || isSkilled { consider(choices.answer, expected { answer($0) }) }
        for queue in 0..<kinds where likelihood(queue) > 0 {
            guard transfer(queue) != nil else { continue }
            consider(choices.transfer(queue), expected { $0 == queue ? transfer($0) : nil })
        }
        if configuration.allowsConsulting {
            for colleague in 0..<configuration.experts where colleague != expert && status.isAvailable(colleague) {
                let canHelp = (0..<kinds).contains {
                    likelihood($0) > 0 && configuration.speeds[colleague * kinds + $0] > 0
                }
                if canHelp { consider(choices.consult(colleague), expected { answer($0, with: colleague) }) }
            }
        }
        return best
    }

    /// Time lost, and then the next best thing.
    private func inVain(_ kind: Int) -> Double {
        (transfer(kind) ?? -configuration.unresolvedCost) - timeValue * configuration.handling[kind]
    }
}
