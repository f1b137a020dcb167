import ArgusHost

/// What a critic is shown in training.
enum CriticView: Sendable {
    /// The agent's own observation.
    case local
    /// The global state.
    case central
    /// Each agent's own observation, and the global state to mix the agents' values into the team's.
    case decomposed

    /// Whether one value serves all agents of a copy: all get the same reward, and see the same state.
    func isShared(_ environment: VectorEnvironment) -> Bool {
        switch self {
        case .local: false
        case .central: environment.groupsShareRewards && environment.specification.groups.count == 1
        case .decomposed: true
        }
    }
}
