/// The ends of one queue; the contacts between them are linked by `Contact.next` and `.previous`.
struct WaitingLine: BitwiseCopyable, Sendable, Hashable {
    var first = Contact.none
    var last = Contact.none
    var count: Int32 = 0
    /// Contacts at the front that wait beyond the target.
    var late: Int32 = 0
    /// The first contact that does not.
    var firstPunctual = Contact.none
}
