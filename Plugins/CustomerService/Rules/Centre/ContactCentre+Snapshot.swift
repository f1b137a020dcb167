public import ArgusEnvAPI

/// Saving and continuing an episode. Queues, lists and timers are written in their order and built up again, so that a
/// state has one form only, and one that is read hangs together.
extension ContactCentre {
    private static let version: UInt32 = 1

    public func serialise() -> [UInt8] {
        var writer = StateWriter()
        writer.write(Self.version)
        writer.write(UInt32(configuration.kindCount))
        writer.write(UInt32(configuration.experts))
        writer.write(UInt32(configuration.lines))
        writer.write(now)
        writer.write(isClosed)
        writer.write(nextArrival)
        writer.write(arrivals.state)
        writer.write(draws.seed)
        writer.write(arrivalCount)
        for queue in lines {
            writer.write(queue.count)
            var slot = queue.first
            while slot >= 0 {
                write(contacts[Int(slot)], &writer)
                slot = contacts[Int(slot)].next
            }
        }
        for index in experts.indices {
            let expert = experts[index]
            writer.write(expert.activity.rawValue)
            writer.write(expert.partner)
            writer.write(expert.destination)
            writer.write(expert.answeredMoment == moment)
            writer.write(expert.busySince)
            writer.write(expert.busyTime)
            writer.write(timers.time(of: index))
            if expert.contact >= 0 { write(contacts[Int(expert.contact)], &writer) }
        }
        var expert = firstDeciding
        while expert >= 0 {
            writer.write(expert)
            expert = experts[Int(expert)].next
        }
        write(tally, &writer)
        return writer.bytes
    }

    /// Continues from what `serialise` of a centre with the same configuration returned.
    ///
    /// - Throws: ``RulesError`` (snapshot), and leaves the centre as it was, unless `bytes` is a state that the rules of
    ///   this configuration allow.
    public mutating func deserialise(_ bytes: [UInt8]) throws(RulesError) {
        var restored = self
        var reader = StateReader(bytes)
        try restored.read(&reader)
        try reader.requireEnd()
        self = restored
    }

    /// Draws the future's chance from a seed: arrivals, and everything about contacts that is not yet decided.
    public mutating func reseed(_ seed: UInt64) {
        arrivals = SplitMix64(seed: SplitMix64.mix(seed &+ 0x2545_F491_4F6C_DD1D))
        draws = ChanceDraws(seed: SplitMix64.mix(seed ^ 0x9E6C_63D0_876A_68EE))
        // Without memory, the time to the next arrival is as good from now on.
        scheduleArrival()
    }

    // MARK: Reading

    private mutating func read(_ reader: inout StateReader) throws(RulesError) {
        clear()
        let shape = [UInt32(configuration.kindCount), UInt32(configuration.experts), UInt32(configuration.lines)]
        _ = try reader.read("version", in: Self.version...Self.version)
        for (size, what) in zip(shape, ["kinds", "experts", "lines"]) { _ = try reader.read(what, in: size...size) }
        now = try reader.read("time", in: 0...min(configuration.day, 1e15))
        isClosed = try reader.read("closed")
        guard isClosed == (now >= configuration.day) else {
            throw RulesError(.snapshot, "closed: found \(isClosed) at \(now) s, expected what the day says")
        }
        nextArrival = try reader.read("next arrival", in: now...Double.infinity)
        arrivals.state = try reader.read("arrival draws")
        draws.seed = try reader.read("contact draws")
        arrivalCount = try reader.read("arrivals")
        for queue in lines.indices { try readQueue(queue, &reader) }
        for expert in experts.indices { try readExpert(expert, &reader) }
        try checkPartners()
        try readOrder(&reader)
        try readTally(&reader)
    }

    private mutating func readQueue(_ queue: Int, _ reader: inout StateReader) throws(RulesError) {
        let count = try reader.read("queue", in: 0...Int32(freeCount))
        var before = 0.0
        for _ in 0..<count {
            let contact = try readContact(&reader)
            let slot = occupySlot(contact)
            guard Int(contact.queue) == queue, contact.joined >= before, contact.joined + contact.patience >= now else {
                throw RulesError(.snapshot, "a waiting contact: found it out of order or out of patience")
            }
            before = contact.joined
            let joined = contact.joined
            join(slot, queue)
            // `join` stamps the present; the customer came earlier.
            timers.remove(configuration.experts + slot)
            contacts[slot].joined = joined
            if contact.patience.isFinite { timers.set(configuration.experts + slot, at: joined + contact.patience) }
        }
        var punctual = lines[queue].first
        while punctual >= 0, contacts[Int(punctual)].joined + configuration.targets[queue] < now {
            lines[queue].late += 1
            punctual = contacts[Int(punctual)].next
        }
        lines[queue].firstPunctual = punctual
    }

    private mutating func occupySlot(_ contact: Contact) -> Int {
        freeCount -= 1
        let slot = Int(freeSlots[freeCount])
        contacts[slot] = contact
        return slot
    }

    private mutating func readExpert(_ index: Int, _ reader: inout StateReader) throws(RulesError) {
        let count = Int32(configuration.experts)
        guard let activity = Expert.Activity(rawValue: try reader.read("activity", in: UInt8.min...UInt8.max)) else {
            throw RulesError(.snapshot, "expert \(index): found an unknown activity")
        }
        experts[index].activity = activity
        experts[index].partner = try reader.read("partner", in: -1...(count - 1))
        experts[index].destination = try reader.read("destination", in: 0...UInt8(configuration.kindCount - 1))
        let hasAnswered: Bool = try reader.read("answered")
        experts[index].answeredMoment = hasAnswered ? moment : 0
        experts[index].busySince = try reader.read("busy since", in: 0...now)
        experts[index].busyTime = try reader.read("busy time", in: 0...max(0, now - configuration.warmUp) * (1 + 1e-9))
        let end = try reader.read("end of an activity", in: now...Double.infinity)
        let hasTimer = activity != .free && activity != .holding && activity != .assisting
        guard end.isFinite == hasTimer, end == .infinity || end <= now + 1e15 else {
            throw RulesError(.snapshot, "expert \(index): found an activity that does not fit its end")
        }
        if hasTimer { timers.set(index, at: end) }
        if activity == .holding { holdingCount += 1 }
        if activity != .free { busyCount += 1 }
        guard activity != .free, activity != .assisting else { return }
        guard freeCount > 0 else { throw RulesError(.snapshot, "found more contacts than lines") }
        let contact = try readContact(&reader)
        guard contact.isAnswered else { throw RulesError(.snapshot, "expert \(index): found a contact not answered") }
        let slot = occupySlot(contact)
        experts[index].contact = Int32(truncatingIfNeeded: slot)
    }

    private func checkPartners() throws(RulesError) {
        for (index, expert) in experts.enumerated() {
            let hasPartner = expert.activity == .consulting || expert.activity == .assisting
            guard hasPartner == (expert.partner >= 0) else {
                throw RulesError(.snapshot, "expert \(index): found a partner that does not fit what it does")
            }
            guard hasPartner else { continue }
            let other = experts[Int(expert.partner)]
            guard Int(other.partner) == index, other.activity != expert.activity else {
                throw RulesError(.snapshot, "expert \(index): found a partner who does not know of it")
            }
        }
    }

    private mutating func readOrder(_ reader: inout StateReader) throws(RulesError) {
        firstDeciding = -1
        lastDeciding = -1
        var isListed: UInt64 = 0
        for _ in 0..<experts.count - busyCount + holdingCount {
            let expert = Int(try reader.read("order of experts", in: 0...Int32(experts.count - 1)))
            guard experts[expert].isDeciding, isListed >> UInt64(expert) & 1 == 0 else {
                throw RulesError(.snapshot, "order of experts: found expert \(expert), who is busy or listed already")
            }
            isListed |= 1 << UInt64(expert)
            appendDeciding(expert)
        }
    }

    private func write(_ contact: Contact, _ writer: inout StateWriter) {
        writer.write(contact.serial)
        writer.write(contact.draws)
        for value in [contact.joined, contact.patience, contact.waited, contact.handled] { writer.write(value) }
        for kind in 0..<configuration.kindCount { writer.write(contact.scores.values[kind]) }
        for value in [contact.kind, contact.firstKind, contact.queue, contact.transfers] { writer.write(value) }
        for flag in [contact.isSecondStep, contact.isKnown, contact.isAnswered, contact.isCounted] {
            writer.write(flag)
        }
    }

    private func readContact(_ reader: inout StateReader) throws(RulesError) -> Contact {
        var contact = Contact()
        contact.serial = try reader.read("contact", in: 0...arrivalCount)
        contact.draws = try reader.read("draws")
        contact.joined = try reader.read("joining", in: 0...now)
        contact.patience = try reader.read("patience", in: 0...Double.infinity)
        contact.waited = try reader.read("waited", in: 0...now)
        contact.handled = try reader.read("handled", in: 0...1e15)
        for kind in 0..<configuration.kindCount {
            contact.scores.values[kind] = try reader.read("score", in: 0...IntentScores.unit)
        }
        let highest = UInt8(configuration.kindCount - 1)
        contact.kind = try reader.read("kind", in: 0...highest)
        contact.firstKind = try reader.read("first kind", in: 0...highest)
        contact.queue = try reader.read("queue of a contact", in: 0...highest)
        contact.transfers = try reader.read("transfers", in: UInt8.min...UInt8.max)
        contact.isSecondStep = try reader.read("second step")
        contact.isKnown = try reader.read("known")
        contact.isAnswered = try reader.read("answered")
        contact.isCounted = try reader.read("counted")
        let isCertain = contact.scores == .certain(Int(contact.kind))
        guard contact.isKnown == isCertain, contact.isKnown || contact.scores.values.max() > 0 else {
            throw RulesError(.snapshot, "a contact: found scores that do not fit whether it is known")
        }
        return contact
    }

    // MARK: Tally

    private func write(_ tally: ServiceTally, _ writer: inout StateWriter) {
        for count in tally.counts { writer.write(count) }
        for sum in tally.sums { writer.write(sum) }
    }

    private mutating func readTally(_ reader: inout StateReader) throws(RulesError) {
        for path in ServiceTally.countPaths { tally[keyPath: path] = try reader.read("count", in: 0...UInt64.max / 8) }
        for path in ServiceTally.sumPaths { tally[keyPath: path] = try reader.read("sum", in: 0...1e300) }
        var counted: UInt64 = 0
        for queue in lines {
            var slot = queue.first
            while slot >= 0 {
                counted += contacts[Int(slot)].isCounted ? 1 : 0
                slot = contacts[Int(slot)].next
            }
        }
        for expert in experts where expert.contact >= 0 {
            counted += contacts[Int(expert.contact)].isCounted ? 1 : 0
        }
        guard tally.isConsistent(inSystem: counted), tally.arrived <= arrivalCount else {
            throw RulesError(.snapshot, "counts: found contacts that do not add up")
        }
    }
}

extension ServiceTally {
    /// Computed, because key paths cannot be stored in a static constant that is shared by threads.
    static var countPaths: [WritableKeyPath<ServiceTally, UInt64>] {
        [
            \.arrived, \.blocked, \.answered, \.answeredInTime, \.delayed, \.urgent, \.abandonedUnanswered, \.abandoned,
            \.served, \.resolved, \.resolvedAtFirstContact, \.transfers, \.consults,
        ]
    }
    static var sumPaths: [WritableKeyPath<ServiceTally, Double>] {
        [
            \.answeredWait, \.firstWait, \.urgentWait, \.handled, \.satisfaction, \.waitingTime, \.systemTime,
            \.allBusyTime, \.waitingCost,
        ]
    }

    var counts: [UInt64] { Self.countPaths.map { self[keyPath: $0] } }
    var sums: [Double] { Self.sumPaths.map { self[keyPath: $0] } }

    /// Whether the counts can be those of an episode in which so many counted contacts are still in the centre.
    func isConsistent(inSystem: UInt64) -> Bool {
        arrived == blocked &+ served &+ abandoned &+ inSystem && answeredInTime <= answered && resolved <= served
            && resolvedAtFirstContact <= resolved && abandonedUnanswered <= abandoned
            && delayed <= answered &+ abandonedUnanswered && urgent <= answered &+ abandonedUnanswered
            && answered <= arrived && satisfaction <= Double(resolved) + 1e-6
    }
}
