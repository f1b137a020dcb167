import ArgusEnvAPI
import CArgusEnv

/// The tensors of `argus_env.h`.
enum TensorRole: Int, CaseIterable, Sendable, CustomStringConvertible {
    case observation = 1
    case action, legal, acting, terminated, reward, state, ended, elapsed

    /// What the plugin writes at every reset and step.
    static let written: [TensorRole] = allCases.filter { $0 != .action }

    var description: String {
        switch self {
        case .observation: "observation"
        case .action: "action"
        case .legal: "legal"
        case .acting: "acting"
        case .terminated: "terminated"
        case .reward: "reward"
        case .state: "state"
        case .ended: "ended"
        case .elapsed: "elapsed"
        }
    }

    /// Rows a copy, and elements a row; nil when the environment has no such tensor.
    func shape(_ specification: EnvironmentSpecification) -> (rows: Int, width: Int)? {
        let agents = specification.agents.count
        switch self {
        case .observation: return (agents, specification.observationSize)
        case .action: return (agents, specification.actions.rowSize)
        case .legal: return specification.legalSize > 0 ? (agents, specification.legalSize) : nil
        case .acting, .terminated: return (agents, 1)
        case .reward: return (specification.rewardRows, 1)
        case .state: return specification.state.map { (1, $0.size) }
        case .ended, .elapsed: return (1, 1)
        }
    }

    /// Bytes.
    var elementSize: Int {
        switch self {
        case .observation, .action, .reward, .state, .elapsed: 4
        case .legal, .acting, .terminated, .ended: 1
        }
    }
}
