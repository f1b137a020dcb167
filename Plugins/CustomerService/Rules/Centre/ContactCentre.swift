import ArgusEnvAPI

/// A contact centre at one moment of an episode: a discrete-event simulation that stops whenever an expert has something
/// to decide.
///
/// All memory is allocated by `init`; a copy of the value is a copy of the episode. Times are seconds since the start.
public struct ContactCentre: Sendable {
    public let configuration: ServiceConfiguration

    /// The present.
    public internal(set) var now = 0.0
    /// The day is over.
    public internal(set) var isClosed = false
    var contacts: [Contact]
    var freeSlots: [Int32]
    var freeCount: Int
    var lines: [WaitingLine]
    /// `kindsWaiting[queue * kindCount + kind]`: contacts by what they really are.
    var kindsWaiting: [Int32]
    /// Bit k: somebody waits in queue k.
    var occupied: UInt32 = 0
    var waitingCount = 0

    var experts: [Expert]
    /// Experts that are free or hold a contact, in the order in which they became so.
    var firstDeciding: Int32 = -1
    var lastDeciding: Int32 = -1
    var holdingCount = 0
    var busyCount = 0
    /// Goes on with every event, so that a choice to wait counts until the next.
    var moment: UInt64 = 1

    /// Timer e: expert e is done. Timer experts + s: the customer in slot s gives up.
    var timers: TimerHeap
    var nextArrival = Double.infinity
    var arrivals = SplitMix64(seed: 0)
    var draws = ChanceDraws(seed: 0)
    var arrivalCount: UInt64 = 0

    var tally = ServiceTally()
    /// Reward since the step began.
    var reward = 0.0
    /// Room for the experts that decide in one step.
    var deciders: [Int32]

    public init(configuration: ServiceConfiguration) {
        self.configuration = configuration
        contacts = Array(repeating: Contact(), count: configuration.lines)
        freeSlots = Array(repeating: 0, count: configuration.lines)
        freeCount = 0
        lines = Array(repeating: WaitingLine(), count: configuration.kindCount)
        kindsWaiting = Array(repeating: 0, count: configuration.kindCount * configuration.kindCount)
        experts = Array(repeating: Expert(), count: configuration.experts)
        timers = TimerHeap(timers: configuration.experts + configuration.lines)
        deciders = Array(repeating: 0, count: configuration.experts)
        reset(seed: 0)
    }

    /// Begins an episode and runs it until somebody has something to decide.
    public mutating func reset(seed: UInt64) {
        clear()
        arrivals = SplitMix64(seed: SplitMix64.mix(seed &+ 0x5851_F42D_4C95_7F2D))
        draws = ChanceDraws(seed: SplitMix64.mix(seed ^ 0x1405_7B7E_F767_814F))
        for _ in 0..<configuration.backlog { admit() }
        scheduleArrival()
        runToDecision()
        reward = 0
    }

    /// An empty centre at time 0.
    mutating func clear() {
        now = 0
        isClosed = false
        freeCount = configuration.lines
        for slot in 0..<freeCount { freeSlots[slot] = Int32(truncatingIfNeeded: freeCount - 1 - slot) }
        for queue in lines.indices { lines[queue] = WaitingLine() }
        for index in kindsWaiting.indices { kindsWaiting[index] = 0 }
        occupied = 0
        waitingCount = 0
        firstDeciding = -1
        lastDeciding = -1
        for index in experts.indices {
            experts[index] = Expert()
            appendDeciding(index)
        }
        holdingCount = 0
        busyCount = 0
        moment = 1
        timers.removeAll()
        nextArrival = .infinity
        arrivalCount = 0
        tally = ServiceTally()
        reward = 0
    }

    /// Contacts in the centre, waiting or with an expert.
    public var contactsInSystem: Int { configuration.lines - freeCount }

    // MARK: Who decides next

    @inline(__always)
    mutating func appendDeciding(_ expert: Int) {
        let number = Int32(truncatingIfNeeded: expert)
        experts[expert].previous = lastDeciding
        experts[expert].next = -1
        if lastDeciding >= 0 { experts[Int(lastDeciding)].next = number } else { firstDeciding = number }
        lastDeciding = number
    }

    @inline(__always)
    mutating func removeDeciding(_ expert: Int) {
        let (next, previous) = (experts[expert].next, experts[expert].previous)
        if previous >= 0 { experts[Int(previous)].next = next } else { firstDeciding = next }
        if next >= 0 { experts[Int(next)].previous = previous } else { lastDeciding = previous }
    }

    /// Whether an expert has a choice to make now.
    @inline(__always)
    func decides(_ expert: Int) -> Bool {
        switch experts[expert].activity {
        case .holding: !isClosed
        case .free:
            configuration.skills[expert] & occupied != 0 && experts[expert].answeredMoment != moment && !isClosed
        default: false
        }
    }

    @inline(__always)
    func somebodyDecides() -> Bool {
        if holdingCount > 0 { return true }
        guard occupied != 0 else { return false }
        var expert = firstDeciding
        while expert >= 0 {
            if decides(Int(expert)) { return true }
            expert = experts[Int(expert)].next
        }
        return false
    }
}
