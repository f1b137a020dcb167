/// Decides for one agent from what that agent sees: decentralised execution.
///
/// It is handed the rows of its own agent and keeps its own memory; the types give it no way to other agents' rows or
/// to the global state.
public protocol AgentPolicy: AnyObject {
    /// Whether it draws its actions or takes the most probable; nil where there is no such choice.
    var mode: PolicySettings.Mode? { get }
    /// Writes an action for every copy in which the agent is acting.
    func act(_ rows: LocalRows, into actions: AgentActionRows) throws(ArgusError)
}

extension AgentPolicy {
    public var mode: PolicySettings.Mode? { nil }
}

/// Decides for several agents at once, with whatever it wants to see: *centralised execution*, and so marked in every
/// table.
public protocol JointPolicy: AnyObject {
    /// Writes actions for the agents whose entry in `agents` is 1, in every active copy.
    func act(on environment: VectorEnvironment, agents: [UInt8]) throws(ArgusError)
}

/// A policy at its place in a team.
public enum TeamMember {
    /// Decentralised: one policy for one agent.
    case local(any AgentPolicy)
    /// Centralised: one policy for all of its agents.
    case joint(any JointPolicy)
}

/// Makes the policies of one kind, such as `random`, `scripted` or `run`.
public protocol PolicyProvider {
    /// What stands before the first colon of a policy's name.
    var name: String { get }

    /// The policies for `agents` (indices), in the same order; a joint policy is one member for all of them.
    ///
    /// - Parameter argument: what stands after the first colon; nil if there is none.
    func makePolicies(
        argument: String?, agents: [Int], environment: VectorEnvironment, settings: PolicySettings
    ) throws(ArgusError) -> [TeamMember]
}

/// What holds for all policies of an evaluation.
public struct PolicySettings: Sendable, Hashable {
    /// Sampled: from the policy's distribution. Greedy: its most probable action.
    public enum Mode: String, Sendable, Hashable, CaseIterable, Encodable {
        case sampled
        case greedy
    }

    /// Keys the randomness of action sampling.
    public var seed: UInt64
    /// Nil: each policy's own default.
    public var mode: Mode?

    public init(seed: UInt64, mode: Mode? = nil) {
        self.seed = seed
        self.mode = mode
    }
}
