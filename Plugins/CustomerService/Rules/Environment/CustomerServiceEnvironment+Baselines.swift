public import ArgusEnvAPI

/// The scripted policies: one for the team from the state, three for each expert from its own observation.
extension CustomerServiceEnvironment {
    private static let rules: [LocalRouter.Rule?] = [nil, .firstCome, .skills, .costRate]

    public static let baselines = [
        BaselineDescriptor(
            name: "dispatcher",
            description:
                "sees what every contact really is: gives each to the free expert who is best at it, and keeps "
                + "experts for what only they do well",
            seesState: true),
        BaselineDescriptor(
            name: "fifo",
            description: "takes the contact that has waited longest, and answers what it has the skill for",
            seesState: false),
        BaselineDescriptor(
            name: "skills",
            description: "takes the most urgent contact, of those the one it is likely to be best at; passes on what "
                + "others do much better",
            seesState: false),
        BaselineDescriptor(
            name: "cmu",
            description:
                "takes the contact with the largest cost of waiting times rate of resolving it (the c-mu rule); "
                + "passes on as skills does",
            seesState: false),
    ]

    /// `dispatcher`, the only baseline that sees the state.
    public mutating func actJointly(baseline: Int, agents: Row<UInt8>, actions: Rows<Int32>) {
        Dispatcher(centre, choices).act(agents: agents, actions: actions)
    }

    /// `fifo`, `skills` and `cmu`, from the expert's own observation row alone.
    public func actLocally(
        baseline: Int, agent: Int, observation: UnsafeBufferPointer<Float>, legal: UnsafeBufferPointer<UInt8>?,
        memory: UnsafeMutableRawBufferPointer, action: Row<Int32>
    ) {
        guard Self.rules.indices.contains(baseline), let rule = Self.rules[baseline] else { return }
        let router = LocalRouter(configuration: configuration, choices: choices, expert: agent, rule: rule)
        action[0] = Int32(truncatingIfNeeded: router.choose(ExpertView(layout, observation), legal))
    }
}
