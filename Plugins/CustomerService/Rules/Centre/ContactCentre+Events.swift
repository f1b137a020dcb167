extension ContactCentre {
    /// Lets time pass until somebody has something to decide, the day is over, or a tick has gone by.
    mutating func runToDecision() {
        let limit = min(now + configuration.tick, configuration.day)
        while !somebodyDecides() {
            let timer = timers.earliest
            let next = min(nextArrival, timer)
            guard next <= limit else {
                pass(to: limit)
                break
            }
            pass(to: next)
            if nextArrival <= timer {
                admit()
                scheduleArrival()
            } else {
                fire(timers.popEarliest())
            }
        }
        isClosed = now >= configuration.day
    }

    /// Lets time pass in which nothing happens; whoever chose to wait may choose again afterwards.
    @inline(__always)
    private mutating func pass(to time: Double) {
        chargeWaiting(to: time)
        let counted = time - max(now, configuration.warmUp)
        if counted > 0 {
            tally.waitingTime += Double(waitingCount) * counted
            tally.systemTime += Double(contactsInSystem) * counted
            if busyCount == configuration.experts { tally.allBusyTime += counted }
        }
        now = time
        moment &+= 1
    }

    /// The cost of contacts that wait beyond the target, exactly: queues are in order of joining, so the late ones are at
    /// the front.
    @inline(__always)
    private mutating func chargeWaiting(to time: Double) {
        guard occupied != 0 else { return }
        for queue in lines.indices where lines[queue].count > 0 {
            let target = configuration.targets[queue]
            var lateTime = Double(lines[queue].late) * (time - now)
            var punctual = lines[queue].firstPunctual
            while punctual >= 0 {
                let due = contacts[Int(punctual)].joined + target
                guard due < time else { break }
                lateTime += time - max(due, now)
                lines[queue].late += 1
                punctual = contacts[Int(punctual)].next
            }
            lines[queue].firstPunctual = punctual
            let cost = lateTime * configuration.waitingCost[queue] / configuration.timeUnit
            reward -= cost
            if now >= configuration.warmUp { tally.waitingCost += cost }
        }
    }

    private mutating func fire(_ timer: Int) {
        let experts = configuration.experts
        if timer >= experts { abandon(timer - experts) } else { finish(timer) }
    }

    // MARK: Customers

    /// Draws when the next contact arrives: a Poisson process whose rate is constant in each part of the day.
    mutating func scheduleArrival() {
        let rate = configuration.totalArrivalRate
        let parts = configuration.profile.count
        guard rate > 0 else {
            nextArrival = .infinity
            return
        }
        // What the integral of the rate must reach: exponential with mean 1.
        var needed = ChanceDraws.exponential(arrivals.next())
        guard parts > 1 else {
            let factor = configuration.profile[0]
            nextArrival = factor > 0 ? now + needed / (rate * factor) : .infinity
            return
        }
        var time = now
        let length = configuration.day / Double(parts)
        var part = min(parts - 1, Int(time / configuration.day * Double(parts)))
        while part < parts {
            let end = part == parts - 1 ? configuration.day : Double(part + 1) * length
            let partRate = rate * configuration.profile[part]
            let available = partRate * (end - time)
            if partRate > 0, needed <= available {
                nextArrival = time + needed / partRate
                return
            }
            needed -= available
            time = end
            part += 1
        }
        nextArrival = .infinity
    }

    /// A customer calls: gets a line and joins the queue of what the classifier makes of it, or hears the engaged tone.
    mutating func admit() {
        let serial = arrivalCount
        arrivalCount &+= 1
        let kind = drawKind(arrivals.next())
        let isCounted = now >= configuration.warmUp
        if isCounted { tally.arrived += 1 }
        guard freeCount > 0 else {
            if isCounted { tally.blocked += 1 }
            return
        }
        freeCount -= 1
        let slot = Int(freeSlots[freeCount])
        var contact = Contact()
        contact.serial = serial
        contact.kind = UInt8(truncatingIfNeeded: kind)
        contact.firstKind = contact.kind
        contact.isCounted = isCounted
        let mean = configuration.patience[kind]
        contact.patience = mean.isFinite ? mean * ChanceDraws.exponential(draws.bits(serial, .patience)) : .infinity
        let (scores, queue) = IntentClassifier.scores(
            of: kind, serial: serial, draws: draws, configuration: configuration)
        contact.scores = scores
        contacts[slot] = contact
        join(slot, queue)
    }

    private func drawKind(_ bits: UInt64) -> Int {
        var rest = ChanceDraws.uniform(bits) * configuration.totalArrivalRate
        var drawn = 0
        for kind in 0..<configuration.kindCount where configuration.arrivalRates[kind] > 0 {
            drawn = kind
            rest -= configuration.arrivalRates[kind]
            if rest <= 0 { break }
        }
        return drawn
    }

    /// A customer gives up.
    private mutating func abandon(_ slot: Int) {
        leaveQueue(slot)
        let contact = contacts[slot]
        reward -= configuration.abandonmentCost[Int(contact.queue)]
        if contact.isCounted {
            tally.abandoned += 1
            if !contact.isAnswered {
                tally.abandonedUnanswered += 1
                countFirstWait(now - contact.joined, Int(contact.queue))
            }
        }
        release(slot)
    }

    /// A line becomes free.
    mutating func release(_ slot: Int) {
        freeSlots[freeCount] = Int32(truncatingIfNeeded: slot)
        freeCount += 1
    }

    /// The first wait of a contact is over: it was answered, or has given up.
    mutating func countFirstWait(_ wait: Double, _ queue: Int) {
        tally.firstWait += wait
        if wait > 0 { tally.delayed += 1 }
        if configuration.priorities[queue] == configuration.highestPriority {
            tally.urgent += 1
            tally.urgentWait += wait
        }
    }

    // MARK: Queues

    /// Joins the end of a queue.
    mutating func join(_ slot: Int, _ queue: Int) {
        let number = Int32(truncatingIfNeeded: slot)
        let last = lines[queue].last
        contacts[slot].joined = now
        contacts[slot].queue = UInt8(truncatingIfNeeded: queue)
        contacts[slot].previous = last
        contacts[slot].next = Contact.none
        if last >= 0 { contacts[Int(last)].next = number } else { lines[queue].first = number }
        lines[queue].last = number
        lines[queue].count += 1
        if lines[queue].firstPunctual < 0 { lines[queue].firstPunctual = number }
        occupied |= 1 << UInt32(truncatingIfNeeded: queue)
        waitingCount += 1
        kindsWaiting[queue * configuration.kindCount + Int(contacts[slot].kind)] += 1
        let patience = contacts[slot].patience
        if patience.isFinite { timers.set(configuration.experts + slot, at: now + patience) }
    }

    /// Leaves its queue, wherever in it it stands.
    mutating func leaveQueue(_ slot: Int) {
        let contact = contacts[slot]
        let queue = Int(contact.queue)
        let (next, previous) = (contact.next, contact.previous)
        if lines[queue].firstPunctual == Int32(truncatingIfNeeded: slot) {
            lines[queue].firstPunctual = next
        } else if contact.joined + configuration.targets[queue] < now {
            lines[queue].late -= 1
        }
        if previous >= 0 { contacts[Int(previous)].next = next } else { lines[queue].first = next }
        if next >= 0 { contacts[Int(next)].previous = previous } else { lines[queue].last = previous }
        lines[queue].count -= 1
        if lines[queue].count == 0 { occupied &= ~(1 << UInt32(truncatingIfNeeded: queue)) }
        waitingCount -= 1
        kindsWaiting[queue * configuration.kindCount + Int(contact.kind)] -= 1
        timers.remove(configuration.experts + slot)
    }
}
