/// What experts do with contacts. Each function begins an activity or ends one.
extension ContactCentre {
    /// The expert takes the first contact of a queue.
    mutating func take(_ expert: Int, from queue: Int) {
        let slot = Int(lines[queue].first)
        leaveQueue(slot)
        let wait = now - contacts[slot].joined
        contacts[slot].patience = max(0, contacts[slot].patience - wait)
        contacts[slot].waited += wait
        if !contacts[slot].isAnswered {
            contacts[slot].isAnswered = true
            if contacts[slot].isCounted {
                tally.answered += 1
                tally.answeredWait += wait
                if wait <= configuration.targets[queue] { tally.answeredInTime += 1 }
                countFirstWait(wait, queue)
            }
        }
        removeDeciding(expert)
        busyCount += 1
        experts[expert].busySince = now
        experts[expert].contact = Int32(truncatingIfNeeded: slot)
        if configuration.triage > 0, !contacts[slot].isKnown {
            begin(.triage, expert, lasting: configuration.triage)
        } else {
            diagnose(expert)
        }
    }

    /// The expert learns what the contact is, perhaps, and must decide.
    private mutating func diagnose(_ expert: Int) {
        let slot = Int(experts[expert].contact)
        let chance = configuration.diagnosis
        let (serial, attempt) = (contacts[slot].serial, UInt64(contacts[slot].transfers))
        if !contacts[slot].isKnown, chance >= 1 || draws.uniform(serial, .diagnosis, attempt) <= chance {
            makeKnown(slot)
        }
        hold(expert)
    }

    private mutating func makeKnown(_ slot: Int) {
        contacts[slot].isKnown = true
        contacts[slot].scores = .certain(Int(contacts[slot].kind))
    }

    /// The expert must decide what to do with its contact; if there is but one thing to do, does it.
    private mutating func hold(_ expert: Int) {
        experts[expert].activity = .holding
        appendDeciding(expert)
        holdingCount += 1
        if canOnlyAnswer(expert) { answer(expert) }
    }

    private mutating func letGo(_ expert: Int) {
        removeDeciding(expert)
        holdingCount -= 1
    }

    private mutating func begin(_ activity: Expert.Activity, _ expert: Int, lasting seconds: Double) {
        experts[expert].activity = activity
        contacts[Int(experts[expert].contact)].handled += seconds
        timers.set(expert, at: now + seconds)
    }

    /// The expert answers alone, or with a free colleague.
    mutating func answer(_ expert: Int, with colleague: Int? = nil) {
        letGo(expert)
        let slot = Int(experts[expert].contact)
        let kind = Int(contacts[slot].kind)
        var speed = skill(expert, colleague, kind)
        if speed == 0 { speed = 1 }
        if colleague != nil { speed *= configuration.consultSpeed }
        let work = configuration.distribution.draw(drawService(slot), drawService(slot))
        let seconds = configuration.handling[kind] * work / speed
        begin(colleague == nil ? .answering : .consulting, expert, lasting: seconds)
        guard let colleague else { return }
        if contacts[slot].isCounted { tally.consults += 1 }
        removeDeciding(colleague)
        busyCount += 1
        experts[colleague].busySince = now
        experts[colleague].activity = .assisting
        experts[colleague].partner = Int32(truncatingIfNeeded: expert)
        experts[expert].partner = Int32(truncatingIfNeeded: colleague)
    }

    /// The speed of the faster one; 0 if nobody has the skill.
    private func skill(_ expert: Int, _ colleague: Int?, _ kind: Int) -> Double {
        let own = configuration.speeds[expert * configuration.kindCount + kind]
        return colleague.map { max(own, configuration.speeds[$0 * configuration.kindCount + kind]) } ?? own
    }

    /// The next of the contact's draws for its service.
    private mutating func drawService(_ slot: Int) -> UInt64 {
        contacts[slot].draws &+= 1
        return draws.bits(contacts[slot].serial, .service, UInt64(contacts[slot].draws))
    }

    /// The expert transfers its contact to a queue.
    mutating func transfer(_ expert: Int, to queue: Int) {
        letGo(expert)
        let slot = Int(experts[expert].contact)
        experts[expert].destination = UInt8(truncatingIfNeeded: queue)
        reward -= configuration.transferCost
        if contacts[slot].isCounted { tally.transfers += 1 }
        begin(.transferring, expert, lasting: configuration.transferTime)
    }

    /// The expert's activity is over.
    mutating func finish(_ expert: Int) {
        switch experts[expert].activity {
        case .triage: diagnose(expert)
        case .answering, .consulting: finishAnswer(expert)
        case .transferring: finishTransfer(expert)
        case .free, .holding, .assisting: break
        }
    }

    private mutating func finishTransfer(_ expert: Int) {
        let slot = Int(experts[expert].contact)
        contacts[slot].patience *= configuration.transferPatience
        if contacts[slot].transfers < .max { contacts[slot].transfers += 1 }
        join(slot, Int(experts[expert].destination))
        becomeFree(expert)
    }

    private mutating func finishAnswer(_ expert: Int) {
        let slot = Int(experts[expert].contact)
        let kind = Int(contacts[slot].kind)
        let colleague = experts[expert].partner >= 0 ? Int(experts[expert].partner) : nil
        let speed = skill(expert, colleague, kind)
        let chance = chanceOfResolution(expert, colleague, kind)
        experts[expert].partner = -1
        if let colleague { becomeFree(colleague) }
        if speed == 0 {
            // In vain; but now it is plain what the contact needs.
            guard !contacts[slot].isKnown else {
                leave(slot, isResolved: false)
                becomeFree(expert)
                return
            }
            makeKnown(slot)
            hold(expert)
            return
        }
        let isResolved = ChanceDraws.uniform(drawService(slot)) <= chance
        if isResolved, !contacts[slot].isSecondStep, let next = drawFollowUp(slot, kind) {
            contacts[slot].isSecondStep = true
            contacts[slot].kind = UInt8(truncatingIfNeeded: next)
            makeKnown(slot)
            hold(expert)
            return
        }
        leave(slot, isResolved: isResolved)
        becomeFree(expert)
    }

    /// Two try independently: it is enough that one of them succeeds.
    private func chanceOfResolution(_ expert: Int, _ colleague: Int?, _ kind: Int) -> Double {
        let count = configuration.kindCount
        func chance(_ expert: Int) -> Double {
            configuration.speeds[expert * count + kind] > 0 ? configuration.resolutions[expert * count + kind] : 0
        }
        guard let colleague else { return chance(expert) }
        return 1 - (1 - chance(expert)) * (1 - chance(colleague))
    }

    private mutating func drawFollowUp(_ slot: Int, _ kind: Int) -> Int? {
        let count = configuration.kindCount
        var rest = ChanceDraws.uniform(drawService(slot))
        for next in 0..<count {
            rest -= configuration.followUps[kind * count + next]
            if rest <= 0 { return next }
        }
        return nil
    }

    /// A contact that was answered leaves the centre.
    private mutating func leave(_ slot: Int, isResolved: Bool) {
        let contact = contacts[slot]
        reward += isResolved ? configuration.resolvedReward[Int(contact.firstKind)] : -configuration.unresolvedCost
        if contact.isCounted {
            tally.served += 1
            tally.handled += contact.handled
            if isResolved {
                tally.resolved += 1
                if contact.transfers == 0 { tally.resolvedAtFirstContact += 1 }
                tally.satisfaction += Self.satisfaction(contact, configuration)
            }
        }
        release(slot)
    }

    /// How content a customer is whose contact was resolved: 1 if all waiting was within the target, half as much three
    /// time units beyond it, a fifth of 1 less for each transfer, never below 0.
    private static func satisfaction(_ contact: Contact, _ configuration: ServiceConfiguration) -> Double {
        let late = max(0, contact.waited - configuration.targets[Int(contact.firstKind)]) / configuration.timeUnit
        return max(0, 1 - 0.2 * Double(contact.transfers)) / (1 + late / 3)
    }

    private mutating func becomeFree(_ expert: Int) {
        experts[expert].busyTime += max(0, now - max(experts[expert].busySince, configuration.warmUp))
        experts[expert].activity = .free
        experts[expert].contact = Contact.none
        experts[expert].partner = -1
        experts[expert].answeredMoment = 0
        busyCount -= 1
        appendDeciding(expert)
    }
}
