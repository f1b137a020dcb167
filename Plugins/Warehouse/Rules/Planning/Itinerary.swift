/// What a robot is going to do, errand after errand.
struct Itinerary: Sendable, Equatable {
    /// At most so many errands are looked ahead.
    static let longest = 3

    struct Errand: Sendable, Equatable {
        enum Kind: Sendable {
            /// Carry a shelf to a goal.
            case deliver
            /// Carry a shelf to a free place and put it down.
            case putDown
            /// Drive to a shelf and pick it up.
            case pickUp
            /// Drive to a place to wait at.
            case wait
        }

        let kind: Kind
        /// Where it can be done.
        let cells: [UInt16]

        var isLoaded: Bool { kind == .deliver || kind == .putDown }
        /// Whether it takes a step of its own, once there.
        var endsWithToggle: Bool { kind == .putDown || kind == .pickUp }
    }

    var errands: [Errand]

    /// The place that becomes free when this robot picks up its shelf.
    var vacated: UInt16? { errands.first { $0.kind == .pickUp }?.cells.first }

    /// Whether a cell, where a shelf stands now, is the one that this robot itself has cleared before an errand.
    func hasCleared(_ cell: UInt16, before errand: Int) -> Bool {
        errands[..<errand].contains { $0.kind == .pickUp && $0.cells.first == cell }
    }

    /// What may be left to do once all errands are done: how far it is to an average shelf.
    var endsWithTravel: Bool { errands.last?.kind == .putDown }
}
