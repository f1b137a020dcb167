import ArgusHost

/// What a critic is shown in training.
enum CriticView: Sendable {
    /// The agent's own observation.
    case local
    /// The global state.
    case central

    /// Whether one value serves all agents of a copy: all get the same reward, and see the same state.
    func isShared(_ environment: VectorEnvironment) -> Bool {
        self == .central && environment.scenario.reward == .team && environment.specification.groups.count == 1
    }
}
