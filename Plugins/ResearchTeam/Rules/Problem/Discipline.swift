/// The fields of the specialists, in the order in which a team has them. An agent's name is its discipline's.
public enum Discipline: Int, CaseIterable, Sendable {
    case chemist
    case biologist
    case geologist
    case physicist
    case ecologist
    case statistician

    /// The agent's name and role.
    public var name: String { "\(self)" }

    /// The relation that the question is about, between two subjects: "Velor binds Tarkase".
    public var verb: String {
        switch self {
        case .chemist: "binds"
        case .biologist: "feeds"
        case .geologist: "underlies"
        case .physicist: "excites"
        case .ecologist: "shelters"
        case .statistician: "predicts"
        }
    }

    /// A relation that proves nothing here, of papers off the topic.
    public var idleVerb: String {
        switch self {
        case .chemist: "dissolves"
        case .biologist: "resembles"
        case .geologist: "predates"
        case .physicist: "outweighs"
        case .ecologist: "outnumbers"
        case .statistician: "outranks"
        }
    }

    /// What the instrument measures.
    public var quantity: String {
        switch self {
        case .chemist: "acidity"
        case .biologist: "growth rate"
        case .geologist: "age"
        case .physicist: "frequency"
        case .ecologist: "density"
        case .statistician: "mean score"
        }
    }
}
