import ArgusEnvAPI

/// The policies that play one vector environment.
public final class Team {
    /// True when some policy decides for several agents at once or sees the state.
    public let isCentralised: Bool
    /// How its policies choose actions: sampled where none says anything; nil where some draw and others do not.
    public var mode: PolicySettings.Mode? {
        let modes = Set(local.compactMap(\.policy.mode))
        return modes.count > 1 ? nil : modes.first ?? .sampled
    }
    /// What its language models cost, one for each model.
    public let costs: [any PolicyCosts]
    private var local: [(agent: Int, policy: any AgentPolicy)] = []
    private var joint: [(agents: [UInt8], policy: any JointPolicy)] = []

    /// Makes the policies that `specification` names.
    public init(
        _ specification: TeamSpecification, environment: VectorEnvironment, providers: [any PolicyProvider],
        settings: PolicySettings
    ) throws(ArgusError) {
        let agents = environment.specification.agents.map(\.name)
        let policies = try specification.policies(for: agents)
        var local: [(agent: Int, policy: any AgentPolicy)] = []
        var joint: [(agents: [UInt8], policy: any JointPolicy)] = []
        var handled: Set<String> = []
        for policy in policies where handled.insert(policy).inserted {
            let members = agents.indices.filter { policies[$0] == policy }
            let name = String(policy.prefix { $0 != ":" })
            let argument = policy.contains(":") ? String(policy.drop { $0 != ":" }.dropFirst()) : nil
            guard let provider = providers.first(where: { $0.name == name }) else {
                let names = providers.map(\.name)
                throw ArgusError(
                    .policy, "unknown policy", at: "team '\(specification)'", found: "'\(policy)'",
                    expected: "one of \(names.joined(separator: ", "))",
                    remedy: nearestName(to: name, in: names).map { "'\($0)'" })
            }
            let made = try provider.makePolicies(
                argument: argument, agents: members, environment: environment, settings: settings)
            // A joint policy is one member for all of its agents.
            let isJoint = if case .joint? = made.first { true } else { false }
            guard made.count == (isJoint ? 1 : members.count) else {
                throw ArgusError(
                    .policy, "wrong number of policies", at: "policy '\(policy)'", found: "\(made.count)",
                    expected: "one for each of \(members.count) agents, or a joint one")
            }
            for (index, member) in made.enumerated() {
                switch member {
                case .local(let policy): local.append((members[index], policy))
                case .joint(let policy):
                    joint.append((agents.indices.map { members.contains($0) ? 1 : 0 }, policy))
                }
            }
        }
        self.local = local
        self.joint = joint
        isCentralised = !joint.isEmpty
        var costs: [any PolicyCosts] = []
        for case let policy as any CostlyPolicy in local.map(\.policy)
        where !costs.contains(where: { $0 === policy.costs }) {
            costs.append(policy.costs)
        }
        self.costs = costs
    }

    /// Writes the actions of all agents for the next step.
    public func act(on environment: VectorEnvironment) throws(ArgusError) {
        for (agents, policy) in joint { try policy.act(on: environment, agents: agents) }
        for (agent, policy) in local {
            try policy.act(environment.local.rows(agent: agent), into: environment.actions.rows(agent: agent))
        }
        environment.fillIdleActions()
    }
}

extension VectorEnvironment {
    /// Rows that are not acting take choice 0, or the number within the bounds that is nearest to 0, whatever stood there.
    package func fillIdleActions() {
        let width = layout.actionSize
        for row in 0..<copies * layout.agents where tensors.acting[row] == 0 {
            if layout.isDiscrete {
                for head in 0..<width { tensors.actions[row * width + head] = 0 }
            } else if let bounds = layout.actionBounds {
                for index in 0..<width {
                    tensors.continuousActions[row * width + index] = min(bounds.high[index], max(bounds.low[index], 0))
                }
            }
        }
    }
}
