/// A policy whose decisions cost something, as calls to a language model do.
public protocol CostlyPolicy: AgentPolicy {
    /// Shared by all agents that one model plays.
    var costs: any PolicyCosts { get }
}

/// What the decisions of one model have cost so far.
public protocol PolicyCosts: AnyObject {
    /// Over the whole run.
    var usage: ModelUsage { get }

    /// Of the episode with this seed, by name: `calls`, `prompt_tokens`, `parse_ok` and so on; empty before its first
    /// decision.
    func costs(ofEpisode seed: UInt64) -> [String: Double]
}
