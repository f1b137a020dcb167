import ArgusEnvAPI

/// Sizes and constant tables of a vector environment, shared by its slices.
struct EnvironmentLayout: Sendable {
    let copies: Int
    let agents: Int
    let groups: Int
    let observationSize: Int
    let legalSize: Int
    let actionSize: Int
    let rewardRows: Int
    /// Rows of the reward tensor belong to agents (true) or to groups. The number of rows does not tell: there may be as
    /// many groups as agents.
    let rewardIsPerAgent: Bool
    /// 0 when the environment has no state of its own or the scenario concatenates observations.
    let stateSize: Int
    let isDiscrete: Bool
    let agentNames: [String]
    let groupNames: [String]
    let groupOfAgent: [Int]
    /// [agent * heads + head]: the agent's true number of choices.
    let choices: [Int32]
    /// [head]: where the head's choices begin in a legal row, and one more for the end.
    let headOffsets: [Int]
    /// Continuous actions: bounds of each component.
    let actionBounds: Bounds?

    init(_ specification: EnvironmentSpecification, copies: Int, wantsState: Bool) {
        self.copies = copies
        agents = specification.agents.count
        groups = specification.groups.count
        observationSize = specification.observationSize
        legalSize = specification.legalSize
        actionSize = specification.actions.rowSize
        rewardRows = specification.rewardRows
        rewardIsPerAgent = specification.rewardScope == .agent
        stateSize = wantsState ? specification.state?.size ?? 0 : 0
        agentNames = specification.agents.map(\.name)
        groupNames = specification.groups
        groupOfAgent = specification.agents.map(\.group)
        switch specification.actions {
        case .discrete(let heads):
            isDiscrete = true
            actionBounds = nil
            choices = specification.agents.flatMap { ($0.actionSizes ?? heads).map(Int32.init) }
            headOffsets = heads.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
        case .continuous(_, let bounds):
            isDiscrete = false
            actionBounds = bounds
            choices = []
            headOffsets = [0]
        }
    }

    /// A legal row of an agent for which everything that it has is legal.
    func writeAllLegal(_ row: UnsafeMutablePointer<UInt8>, agent: Int) {
        for head in 0..<actionSize where isDiscrete {
            let size = Int(choices[agent * actionSize + head])
            for choice in headOffsets[head]..<headOffsets[head + 1] {
                // A head that the agent lacks keeps its choice 0, so that every head always has one.
                row[choice] = choice - headOffsets[head] < max(1, size) ? 1 : 0
            }
        }
    }
}
