/// One customer in the centre.
struct Contact: BitwiseCopyable, Sendable, Hashable {
    /// No contact, no expert, no kind.
    static let none: Int32 = -1

    /// How many contacts came before it in this episode: the key of its draws.
    var serial: UInt64 = 0
    /// Service draws made so far.
    var draws: UInt32 = 0
    /// When it joined the queue in which it waits.
    var joined = 0.0
    /// Seconds of waiting that the customer still bears; infinite: any.
    var patience = Double.infinity
    /// Seconds waited in earlier stays in queues.
    var waited = 0.0
    /// Seconds that experts have spent with it.
    var handled = 0.0
    /// The classifier's scores, or certainty, in thousandths.
    var scores = IntentScores()
    /// What it is about now.
    var kind: UInt8 = 0
    /// What it was about at first.
    var firstKind: UInt8 = 0
    /// The queue that it is in or was taken from.
    var queue: UInt8 = 0
    var transfers: UInt8 = 0
    /// The second of two steps is under way.
    var isSecondStep = false
    /// Experts know what it is about.
    var isKnown = false
    /// It was answered at least once.
    var isAnswered = false
    /// It arrived after the warm-up, so metrics count it.
    var isCounted = false
    var next = Contact.none
    var previous = Contact.none
}
