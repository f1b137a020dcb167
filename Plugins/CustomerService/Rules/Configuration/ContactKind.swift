/// What customers may want. A scenario chooses some of them; each has a queue of its own.
public enum ContactKind: String, Sendable, Hashable, CaseIterable {
    case billing
    case technical
    case access
    case delivery
    case returns
    case contract
    case sales
    case appointment

    /// What the kind covers, for rules in words.
    var scope: String {
        switch self {
        case .billing: "charges, payments, refunds"
        case .technical: "devices that do not work"
        case .access: "logging in, passwords, locked accounts"
        case .delivery: "parcels on their way"
        case .returns: "sending goods back, exchanges"
        case .contract: "cancelling or changing a plan"
        case .sales: "advice before buying"
        case .appointment: "visits of a technician"
        }
    }
}
