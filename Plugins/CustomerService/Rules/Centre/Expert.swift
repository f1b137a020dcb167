/// One expert at work.
struct Expert: BitwiseCopyable, Sendable, Hashable {
    enum Activity: UInt8, BitwiseCopyable, Sendable, Hashable {
        case free
        /// Has a contact and must decide what to do with it.
        case holding
        /// Finds out what a contact is.
        case triage
        case answering
        /// Answers together with a partner and has the contact.
        case consulting
        /// Answers together with a partner who has the contact.
        case assisting
        case transferring
    }

    var activity = Activity.free
    /// The contact's slot.
    var contact = Contact.none
    var partner: Int32 = -1
    /// Where a contact is being transferred to.
    var destination: UInt8 = 0
    /// Chose to wait at this moment of the centre.
    var answeredMoment: UInt64 = 0
    /// When it became busy.
    var busySince = 0.0
    /// Busy seconds after the warm-up, without the present spell.
    var busyTime = 0.0
    /// Neighbours in the order in which experts became ready to decide.
    var next: Int32 = -1
    var previous: Int32 = -1

    var isDeciding: Bool { activity == .free || activity == .holding }
}
