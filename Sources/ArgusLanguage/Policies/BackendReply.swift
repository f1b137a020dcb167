/// What became of a request.
public struct BackendReply<Content: Sendable>: Sendable {
    public var result: Result<Content, BackendFailure>
    public var usage: TokenUsage
    /// Seconds from the request to its reply, waiting for a free place and between attempts apart.
    public var latency: Double
    /// Times that it was sent again.
    public var retries: Int

    public init(
        _ result: Result<Content, BackendFailure>, usage: TokenUsage = TokenUsage(), latency: Double = 0,
        retries: Int = 0
    ) {
        self.result = result
        self.usage = usage
        self.latency = latency
        self.retries = retries
    }
}

/// Why a request has no reply.
public struct BackendFailure: Error, Codable, Sendable, Hashable {
    public enum Kind: String, Codable, Sendable, Hashable {
        /// No reply within the time for one.
        case timeout
        /// The server or the way to it failed, or it said what no reply is.
        case provider
    }

    public var kind: Kind
    /// In words, for people.
    public var reason: String

    public init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}
