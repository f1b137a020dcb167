extension ContactCentre {
    /// Writes what an expert sees: `ServiceLayout.size` numbers.
    func observe(_ expert: Int, _ layout: ServiceLayout, into row: UnsafeMutablePointer<Float>) {
        let kinds = layout.kinds
        let activity = experts[expert].activity
        row[layout.free] = activity == .free ? 1 : 0
        row[layout.holding] = activity == .holding ? 1 : 0
        row[layout.busy] = activity == .free || activity == .holding ? 0 : 1
        for kind in 0..<kinds {
            row[layout.speeds + kind] = Float(configuration.speeds[expert * kinds + kind])
            row[layout.resolutions + kind] = Float(configuration.resolutions[expert * kinds + kind])
        }
        let own = experts[expert].contact
        // Before triage is over, an expert knows no more of its contact than its words.
        write(own >= 0 ? contacts[Int(own)].scores : IntentScores(), kinds, row + layout.held)
        for queue in 0..<kinds {
            let line = lines[queue]
            row[layout.length(queue)] =
                Float(min(Int(line.count), ServiceLayout.longestQueue)) / Float(ServiceLayout.longestQueue)
            row[layout.wait(queue)] = line.first >= 0 ? waitSeen(contacts[Int(line.first)].joined) : 0
            write(
                line.first >= 0 ? contacts[Int(line.first)].scores : IntentScores(), kinds, row + layout.scores(queue))
        }
        for other in 0..<layout.experts {
            row[layout.available(other)] = other != expert && experts[other].activity == .free ? 1 : 0
        }
        if layout.showsTime {
            let part = (now / configuration.day * Double(ServiceLayout.dayParts)).rounded(.down)
            row[layout.time] = Float(min(part, Double(ServiceLayout.dayParts))) / Float(ServiceLayout.dayParts)
        }
    }

    @inline(__always)
    private func write(_ scores: IntentScores, _ kinds: Int, _ row: UnsafeMutablePointer<Float>) {
        for kind in 0..<kinds { row[kind] = Float(scores.values[kind]) / Float(IntentScores.unit) }
    }

    /// A wait as it is seen: in whole parts of the time unit, as a share of the longest one.
    private func waitSeen(_ joined: Double) -> Float {
        let longest = ServiceLayout.longestWait * ServiceLayout.waitParts
        let parts = (now - joined) / configuration.timeUnit * Double(ServiceLayout.waitParts)
        return Float(min(parts.rounded(.down), Double(longest))) / Float(longest)
    }

    // MARK: Global state

    static func stateSize(_ configuration: ServiceConfiguration) -> Int {
        configuration.experts * (3 + configuration.kindCount)
            + configuration.kindCount * (2 + configuration.kindCount) + 1
    }

    /// Writes the state: of each expert free, holding, busy, and what the contact that it has really is; of each queue
    /// contacts / 10, the first one's wait / 10 time units, contacts of each real kind / 10; the part of the day gone by.
    /// Queues and waits are cut off as in observations.
    func writeState(into row: UnsafeMutablePointer<Float>) {
        let kinds = configuration.kindCount
        var place = row
        for expert in experts {
            let isDeciding = expert.isDeciding
            place[0] = expert.activity == .free ? 1 : 0
            place[1] = expert.activity == .holding ? 1 : 0
            place[2] = isDeciding ? 0 : 1
            let kind = expert.contact >= 0 ? Int(contacts[Int(expert.contact)].kind) : -1
            for index in 0..<kinds { place[3 + index] = index == kind ? 1 : 0 }
            place += 3 + kinds
        }
        let longest = Int32(ServiceLayout.longestQueue)
        for queue in 0..<kinds {
            place[0] = Float(min(lines[queue].count, longest)) / Float(longest)
            place[1] = lines[queue].first >= 0 ? waitSeen(contacts[Int(lines[queue].first)].joined) : 0
            for kind in 0..<kinds {
                place[2 + kind] = Float(min(kindsWaiting[queue * kinds + kind], longest)) / Float(longest)
            }
            place += 2 + kinds
        }
        place[0] = configuration.day.isFinite ? Float(min(1, now / configuration.day)) : 0
    }
}
