import ArgusHost

/// y(t) of ``QLearningLoss`` for episodes of a batch, from the end of each to its start.
struct QLearningTargets {
    /// As it is at an episode's end.
    let returns: LambdaReturn
    /// One value for the team, or one for each agent.
    let isJoint: Bool
    /// Agents that are out share their team's rewards, and have values of their own.
    let outHasValue: Bool
    /// The team's reward is the sum of the agents' own; else each row has it already.
    let sumsRewards: Bool

    /// - Parameters: `next`: Q̄_tot(s, u′) of every row, [row, column]; `targets` and `weights`: [row, column], written;
    ///   rows that are no step of an episode have weight 0.
    func run(
        _ batch: EpisodeBatch, next: UnsafePointer<Float>, targets: UnsafeMutablePointer<Float>,
        weights: UnsafeMutablePointer<Float>
    ) {
        let agents = batch.layout.agents
        let columns = isJoint ? 1 : agents
        for index in 0..<batch.rows * columns { (targets[index], weights[index]) = (0, 0) }
        for episode in batch.steps.indices {
            for column in 0..<columns { run(batch, episode, column, columns, next, targets, weights) }
        }
    }

    private func run(
        _ batch: EpisodeBatch, _ episode: Int, _ column: Int, _ columns: Int, _ next: UnsafePointer<Float>,
        _ targets: UnsafeMutablePointer<Float>, _ weights: UnsafeMutablePointer<Float>
    ) {
        let agents = batch.layout.agents
        let steps = batch.steps[episode]
        var returns = returns
        for step in stride(from: steps - 1, through: 0, by: -1) {
            let row = batch.base[episode] + step * batch.stride
            let nextRow = row + batch.stride
            targets[row * columns + column] = returns.step(
                reward: reward(batch, row * agents, column), elapsed: batch.elapsed.pointer[row],
                end: step == steps - 1 ? batch.ends[episode] : .running, next: next[nextRow * columns + column],
                decidesNext: anyone(AgentStatus.acting, batch, nextRow, column))
            weights[row * columns + column] =
                outHasValue || anyone(AgentStatus.waiting, batch, row, column) ? 1 : 0
        }
    }

    /// Whether the column's agent, or any of the team, is at least so busy.
    private func anyone(_ status: UInt8, _ batch: EpisodeBatch, _ row: Int, _ column: Int) -> Bool {
        let first = batch.status.pointer + row * batch.layout.agents
        guard isJoint else { return first[column] >= status }
        for agent in 0..<batch.layout.agents where first[agent] >= status { return true }
        return false
    }

    /// The agent's reward, or the team's.
    private func reward(_ batch: EpisodeBatch, _ row: Int, _ column: Int) -> Float {
        let rewards = batch.rewards.pointer + row
        guard isJoint else { return rewards[column] }
        guard sumsRewards else { return rewards[0] }
        var sum: Float = 0
        for agent in 0..<batch.layout.agents { sum += rewards[agent] }
        return sum
    }
}
