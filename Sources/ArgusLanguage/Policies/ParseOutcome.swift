/// How the reading of a reply ended. Always recorded; nothing is silently replaced.
public enum ParseOutcome: String, Codable, Sendable, Hashable, CaseIterable {
    /// An action in the form that was asked for.
    case ok
    /// An action, but not quite in that form.
    case repaired
    /// An answer in that form which is no legal action.
    case illegal
    /// No answer in that form.
    case malformed
    /// The reply was cut off before an answer.
    case truncated
    /// No reply in time.
    case timeout
    /// The server failed.
    case providerError = "provider_error"
    /// The model or its server would not answer.
    case refused

    /// Whether the model is to blame, and not what lies between it and us. Only then may a fallback choose: an episode
    /// that a server has spoilt is no result.
    public var isModels: Bool { self != .timeout && self != .providerError }
}
