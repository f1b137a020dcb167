/// Tokens of a request.
public struct TokenUsage: Codable, Sendable, Hashable {
    public var prompt = 0
    /// Of the prompt's tokens those that need not be computed again.
    public var cached = 0
    public var completion = 0

    public init(prompt: Int = 0, cached: Int = 0, completion: Int = 0) {
        self.prompt = prompt
        self.cached = cached
        self.completion = completion
    }

    mutating func add(_ other: TokenUsage) {
        prompt += other.prompt
        cached += other.cached
        completion += other.completion
    }
}
