import ArgusHost
import ArgusTensor

/// What an algorithm is to the trainer: something that plays, learns, can be evaluated and saved.
///
/// The trainer alternates ``collect(_:)`` and ``learn(_:)``; between two updates everything that the next ones depend on
/// is in ``state`` (and, for replay, in files), so that a run may stop there and go on elsewhere.
protocol Learner: AnyObject {
    /// How the networks act now: what evaluations play and run folders keep. It shares the learner's weights.
    var policy: TrainedPolicy { get }
    /// Environment steps of one ``collect(_:)``, summed over copies.
    var stepsPerUpdate: Int { get }

    /// Plays with the current networks and stores what happened.
    func collect(_ schedule: Schedule) throws -> RolloutSummary
    /// Learns from what was stored.
    ///
    /// - Returns: named numbers for `metrics.jsonl` and TensorBoard; `loss_…` is also shown live.
    /// - Throws: ``ArgusError`` (training) when a loss or gradient is not finite.
    func learn(_ schedule: Schedule) throws -> [Statistic]

    /// Everything that the next update depends on, but for the environment and replay: weights, optimisers, memory,
    /// moments.
    var state: [(name: String, tensor: Tensor)] { get throws }
    /// Takes over a state as ``state`` gave it; checks all of it first.
    func restore(_ saved: [String: Tensor]) throws

    /// Where experience is kept across updates, if it is.
    var replay: EpisodeReplay? { get }
}

extension Learner {
    var replay: EpisodeReplay? { nil }
}

/// What a learner learns in.
struct LearningTask {
    /// The algorithm's name, for descriptions and messages.
    var algorithm: String
    var environment: VectorEnvironment
    /// Fixes initial weights, exploration and minibatches.
    var seed: UInt64
    /// Environment steps of the whole training.
    var steps: Int

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

/// Where a training stands, for what changes over it.
struct Schedule {
    /// Environment steps so far.
    var step: Int
    /// Environment steps of the whole training.
    var steps: Int

    /// Falls linearly from 1 to 0 over the training.
    var remaining: Double { max(0, 1 - Double(step) / Double(steps)) }
}

/// A named number of one update.
struct Statistic {
    var name: String
    var value: Double

    init(_ name: String, _ value: Double) {
        self.name = name
        self.value = value
    }
}

/// What the episodes that ended while playing came to.
struct RolloutSummary {
    var episodes = 0
    var failed = 0
    var sumOfReturns = 0.0
    /// Sum over episodes of the scenario's score metric, where it is not the return; nil if it is.
    var sumOfScoreMetric: Double?
    /// Seconds in the environment, and in choosing actions.
    var steppingSeconds = 0.0
    var actingSeconds = 0.0

    /// Takes in the episodes that the last step ended.
    ///
    /// - Parameter metric: index of the score's metric.
    mutating func count(_ environment: VectorEnvironment, metric: Int?) {
        let groups = environment.specification.groups.count
        let group = environment.specification.agents[0].group
        for copy in 0..<environment.copies {
            switch environment.outcome.end(copy) {
            case .running: break
            case .failed: failed += 1
            case .terminated, .truncated:
                episodes += 1
                sumOfReturns += environment.outcome.episodeReturns[copy * groups + group]
                if let metric {
                    let value = environment.outcome.episodeMetrics[copy * environment.metrics.count + metric]
                    sumOfScoreMetric = (sumOfScoreMetric ?? 0) + (value.isFinite ? value : 0)
                }
            }
        }
    }
}
