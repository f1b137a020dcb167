import ArgusEnvAPI
import ArgusHost

/// What a learner learns in.
struct LearningTask {
    /// The algorithm's name, for descriptions and messages.
    var algorithm: String
    var environment: VectorEnvironment
    /// Fixes initial weights, exploration and minibatches.
    var seed: UInt64
    /// Environment steps of the whole training.
    var steps: Int

    /// What initial weights are drawn from.
    var weightGenerator: SplitMix64 { SplitMix64(seed: CounterRandom(run: seed, purpose: .initialWeights).bits(0)) }

    /// Sizes of the discrete action heads.
    ///
    /// - Throws: ``ArgusError`` (training) when actions are continuous, which this algorithm does not do; `reason` says why.
    func discreteHeads(_ reason: String) throws(ArgusError) -> [Int] {
        guard case .discrete(let heads) = environment.specification.actions else {
            throw ArgusError(
                .training, "action space not supported",
                at: "algorithm \(algorithm), scenario \(environment.scenario.id)", found: "continuous actions",
                expected: "discrete actions: \(reason)", remedy: "'--algorithm mappo'")
        }
        return heads
    }

    /// Refuses several teams, for algorithms whose value is one team's.
    func requireOneTeam() throws(ArgusError) {
        let groups = environment.specification.groups
        guard groups.count > 1 else { return }
        throw ArgusError(
            .training, "several teams", at: "algorithm \(algorithm), scenario \(environment.scenario.id)",
            found: "groups \(groups.joined(separator: ", "))",
            expected: "one team: a joint value is of one team's reward", remedy: "'--algorithm ippo'")
    }
}
