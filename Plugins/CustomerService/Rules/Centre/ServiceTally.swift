/// What is counted in an episode after the warm-up; no rule depends on it.
struct ServiceTally: BitwiseCopyable, Sendable, Hashable {
    // Contacts that arrived after the warm-up.
    var arrived: UInt64 = 0
    var blocked: UInt64 = 0
    /// Answered at least once.
    var answered: UInt64 = 0
    /// … within the target of the queue.
    var answeredInTime: UInt64 = 0
    /// Answered or abandoned after a wait above 0.
    var delayed: UInt64 = 0
    /// Answered or abandoned, from queues of the most urgent priority.
    var urgent: UInt64 = 0
    /// Gave up before anybody answered them.
    var abandonedUnanswered: UInt64 = 0
    /// Gave up, after a transfer perhaps.
    var abandoned: UInt64 = 0
    /// Left after an answer, resolved or not.
    var served: UInt64 = 0
    var resolved: UInt64 = 0
    var resolvedAtFirstContact: UInt64 = 0
    var transfers: UInt64 = 0
    var consults: UInt64 = 0
    /// Sums over answered contacts, contacts answered or abandoned, served contacts, contacts that left.
    var answeredWait = 0.0
    var firstWait = 0.0
    /// The part of `firstWait` of queues of the most urgent priority.
    var urgentWait = 0.0
    var handled = 0.0
    var satisfaction = 0.0

    // Integrals over time after the warm-up.
    var waitingTime = 0.0
    var systemTime = 0.0
    var allBusyTime = 0.0
    /// Cost of waiting beyond the targets, without a discount.
    var waitingCost = 0.0
}
