public import ArgusEnvAPI

/// The scripted teams. All but the oracle decide from an agent's own observation row.
extension ResearchEnvironment {
    public static let baselines = [
        BaselineDescriptor(
            name: "cooperative",
            description: "asks, looks up what was asked or told, tells it, cites the chain; own observation only",
            seesState: false),
        BaselineDescriptor(
            name: "oracle", description: "knows everything: looks at, tells and cites the evidence alone",
            seesState: true),
        BaselineDescriptor(
            name: "no-communication", description: "the best of a lead to whom nobody tells anything",
            seesState: false),
        BaselineDescriptor(
            name: "single-role", description: "the lead with the first specialist alone; the others wait",
            seesState: false),
    ]

    /// `oracle`, the only baseline that sees the state.
    public mutating func actJointly(baseline: Int, agents: Row<UInt8>, actions: Rows<Int32>) {
        let oracle = OracleTeam()
        for agent in 0..<configuration.agents where agents[agent] != 0 {
            actions[first: agent] = Int32(configuration.number(agent: agent, oracle.choose(agent, game)))
        }
    }

    public func actLocally(
        baseline: Int, agent: Int, observation: UnsafeBufferPointer<Float>, legal: UnsafeBufferPointer<UInt8>?,
        memory: UnsafeMutableRawBufferPointer, action: Row<Int32>
    ) {
        let view = ResearchView(layout: layout, agent: agent, row: observation)
        let cooperative = CooperativeTeam(layout)
        let choice =
            switch baseline {
            case 0: cooperative.choose(view)
            case 2: agent == 0 ? SilentLead.choose(view) : .wait
            default: SingleRoleTeam(cooperative: cooperative).choose(view)
            }
        action[0] = Int32(configuration.number(agent: agent, choice))
    }
}
