import ArgusHost
import Dispatch

/// Plays evaluation episodes with a policy while learning pauses.
final class TrainingEvaluator {
    private let environment: VectorEnvironment
    private let block: UInt64

    /// - Parameter block: the run's seed: it chooses the block of evaluation seeds.
    init(environment: VectorEnvironment, block: UInt64) {
        self.environment = environment
        self.block = block
    }

    /// Why the last episode failed that did; nil where none has said.
    var lastReport: String? { environment.lastReport }

    /// Exactly `count` episodes, all awaited.
    func run(
        _ policy: TrainedPolicy, _ purpose: EvaluationSeeds, _ mode: PolicySettings.Mode, count: Int, step: Int
    ) throws -> EvaluationRecord {
        let begin = DispatchTime.now()
        let agents = environment.specification.agents.count
        let policies = try policy.makePolicies(
            agents: Array(0..<agents), copies: environment.copies, settings: PolicySettings(seed: block, mode: mode))
        let environment = self.environment
        let episodes = try environment.play(seeds: purpose.seeds(block: block, count: count)) { () throws(ArgusError) in
            for (agent, policy) in policies.enumerated() {
                try policy.act(environment.local.rows(agent: agent), into: environment.actions.rows(agent: agent))
            }
            environment.fillIdleActions()
        }
        return EvaluationRecord(
            episodes, step: step, purpose: purpose.name, mode: mode.rawValue, wallSeconds: begin.seconds(to: .now()))
    }
}

extension [Double] {
    /// Arithmetic mean; the array must not be empty.
    var mean: Double { reduce(0, +) / Double(count) }
}
