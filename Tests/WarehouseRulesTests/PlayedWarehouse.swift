import ArgusEnvAPI
import WarehouseRules

extension WarehouseEnvironment {
    /// An environment with these parameters and defaults for the others.
    init(_ given: [String: ParameterValue]) throws {
        self = try WarehouseEnvironment(parameters: ParameterValues(given, for: Self.descriptor.parameters))
    }

    /// Takes over a state; nothing was counted yet.
    mutating func adopt(_ state: WarehouseState) throws {
        try restore(state.bytes + [UInt8](repeating: 0, count: 8 + 4 * state.game.parameters.robots))
    }

    /// What a scripted policy that sees the state does; -7 where it was not asked.
    mutating func jointActions(asked: [UInt8]) -> [Int32] {
        var asked = asked
        let heads = state.game.actionHeads.count
        var actions = [Int32](repeating: -7, count: asked.count * heads)
        let count = asked.count
        asked.withUnsafeMutableBufferPointer { asked in
            actions.withUnsafeMutableBytes { actions in
                guard let agents = asked.baseAddress, let base = actions.baseAddress else { return }
                actJointly(
                    baseline: 0, agents: Row(agents, count: count),
                    actions: Rows(base: base, stride: 4 * heads, count: count, width: heads))
            }
        }
        return actions
    }

    /// What a scripted policy that sees a row only does.
    func localAction(_ robot: Int, _ row: [Float], memory: inout [UInt8]) -> [Int32] {
        var action = [Int32](repeating: -7, count: state.game.actionHeads.count)
        row.withUnsafeBufferPointer { row in
            memory.withUnsafeMutableBytes { memory in
                action.withUnsafeMutableBufferPointer { action in
                    guard let base = action.baseAddress else { return }
                    actLocally(
                        baseline: 1, agent: robot, observation: row, legal: nil, memory: memory,
                        action: Row(base, count: action.count))
                }
            }
        }
        return action
    }
}

extension WarehouseState {
    /// Steps with a whole action row.
    @discardableResult
    mutating func step(row: [Int32]) -> (rewards: [Float], isTerminated: Bool) {
        var rewards = [Float](repeating: .nan, count: game.parameters.robots)
        let isTerminated = rewards.withUnsafeMutableBufferPointer { rewards in
            row.withUnsafeBufferPointer { row in
                guard let rowBase = row.baseAddress, let rewardsBase = rewards.baseAddress else { return false }
                return step(rowBase, rewards: rewardsBase)
            }
        }
        return (rewards, isTerminated)
    }

    /// Any actions, and of them more drives forward than others.
    mutating func stepRandomly(_ random: inout SplitMix64) {
        let heads = game.actionHeads
        step(
            row: (0..<game.parameters.robots).flatMap { _ in
                heads.enumerated().map { head, size in
                    head == 0 && random.below(2) == 0 ? 1 : Int32(random.below(size))
                }
            })
    }
}
