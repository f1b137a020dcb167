/// What the decisions of one language model came to over a run, as results record it.
public struct ModelUsage: Codable, Sendable, Hashable {
    /// As the team names it, without secrets.
    public var model: String
    /// Decisions that were made, re-asked ones once.
    public var decisions = 0
    /// Requests that the model had to answer. A reply that the run had already is used again and is no call.
    public var calls = 0
    /// Decisions that used a reply which the run had already.
    public var reused = 0
    /// Of the calls those that a cache from an earlier run answered.
    public var cached = 0
    /// Times that a request was sent again.
    public var retries = 0
    /// Decisions for which the model was asked a second time.
    public var reasks = 0
    /// Decisions for which the configured fallback chose.
    public var fallbacks = 0
    public var promptTokens = 0
    /// Of the prompt tokens those that the server had in its own cache.
    public var cachedTokens = 0
    public var completionTokens = 0
    /// Seconds a call; nil without calls.
    public var latencyMedian: Double?
    /// The 95th percentile.
    public var latencyHigh: Double?
    /// In the price table's currency; nil where it does not list the model.
    public var cost: Double?
    /// Messages that agents sent.
    public var messages = 0
    /// How many decisions ended in each way of reading the reply: `ok`, `repaired`, `illegal`, …
    public var outcomes: [String: Int] = [:]
    /// Episodes that were given up since a budget was used up or the model did not answer.
    public var cutShort = 0
    /// Why, each reason once.
    public var reasons: [String] = []

    public init(model: String) { self.model = model }

    public var tokens: Int { promptTokens + completionTokens }

    enum CodingKeys: String, CodingKey {
        case model, decisions, calls, reused, cached, retries, reasks, fallbacks, cost, messages, outcomes, reasons
        case promptTokens = "prompt_tokens"
        case cachedTokens = "cached_tokens"
        case completionTokens = "completion_tokens"
        case latencyMedian = "latency_p50"
        case latencyHigh = "latency_p95"
        case cutShort = "cut_short"
    }
}

extension [ModelUsage] {
    /// Of all of them; nil without any.
    public var calls: Int? { isEmpty ? nil : reduce(0) { $0 + $1.calls } }
    public var tokens: Int? { isEmpty ? nil : reduce(0) { $0 + $1.tokens } }
}
