/// How a language model's action is found.
public enum ActingMode: String, Codable, Sendable, Hashable, CaseIterable {
    /// The probability of each legal action's words after the prompt; an action is drawn from exactly these.
    case score
    /// The model writes what it wants, and the action is read from it.
    case generate
    /// The model writes, and can write nothing but one of the legal actions.
    case constrained
}
