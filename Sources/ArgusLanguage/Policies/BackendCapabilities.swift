/// What a backend can do. What it cannot is refused, and never approximated.
public struct BackendCapabilities: Sendable, Hashable {
    /// Nil: it can. Else why it cannot give the log-probabilities of given continuations.
    public var scoring: Missing?
    /// Nil: it can. Else why it cannot hold a reply to given texts.
    public var constraining: Missing?

    /// Why something cannot be done: what was found, in words.
    public struct Missing: Sendable, Hashable, ExpressibleByStringLiteral {
        public var reason: String
        public init(_ reason: String) { self.reason = reason }
        public init(stringLiteral reason: String) { self.reason = reason }
    }

    public init(scoring: Missing? = nil, constraining: Missing? = nil) {
        self.scoring = scoring
        self.constraining = constraining
    }
}
