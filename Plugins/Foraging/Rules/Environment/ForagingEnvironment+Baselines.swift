public import ArgusEnvAPI

/// The scripted policies: one for the team from the state, one for each player from its own observation.
extension ForagingEnvironment {
    public static let baselines = [
        BaselineDescriptor(
            name: "planner",
            description: "sees all: schedules which coalition loads which food next, and walks it there",
            seesState: true),
        BaselineDescriptor(
            name: "greedy",
            description: "joins the players in sight that can load a food soonest; searches when it sees none",
            seesState: false, memorySize: MemoryLayout<LocalForager.Memory>.size),
    ]

    /// `planner`, the only baseline that sees the state.
    public mutating func actJointly(baseline: Int, agents: Row<UInt8>, actions: Rows<Int32>) {
        var team = planner ?? ScriptedForagers(configuration: configuration)
        planner = nil
        withUnsafeTemporaryAllocation(of: ForagingAction.self, capacity: configuration.players) { chosen in
            chosen.initialize(repeating: .none)
            team.act(on: game, actions: chosen)
            for player in chosen.indices where agents[player] != 0 {
                actions[first: player] = chosen[player].rawValue
            }
        }
        planner = team
    }

    /// `greedy`, from the player's own observation row alone.
    public func actLocally(
        baseline: Int, agent: Int, observation: UnsafeBufferPointer<Float>, legal: UnsafeBufferPointer<UInt8>?,
        memory: UnsafeMutableRawBufferPointer, action: Row<Int32>
    ) {
        guard let row = observation.baseAddress else { return }
        // Where food can be loaded, it bars the way to it: a row that allows all is that of a host without masks.
        let mask = legal.flatMap { $0.contains(0) ? $0.baseAddress : nil }
        // The host's bytes need not be aligned.
        var remembered = memory.loadUnaligned(as: LocalForager.Memory.self)
        let forager = LocalForager(configuration: configuration)
        action[0] = forager.act(player: agent, observation: row, legal: mask, memory: &remembered).rawValue
        memory.storeBytes(of: remembered, as: LocalForager.Memory.self)
    }
}
