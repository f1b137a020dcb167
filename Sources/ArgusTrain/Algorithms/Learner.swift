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

    /// Whether experience has only been gathered so far: the networks are as they were at first.
    var isGathering: Bool { get }
    /// Refuses to end a run that has only gathered.
    func requireLearning() throws(ArgusError)

    /// Everything that the next update depends on, but for the environment and replay: weights, optimisers, memory,
    /// moments.
    var state: [(name: String, tensor: Tensor)] { get throws }
    /// Takes over a state as ``state`` gave it. One that does not fit is refused; the learner is then of no more use.
    func restore(_ saved: [String: Tensor]) throws

    /// Where experience is kept across updates, if it is.
    var replay: EpisodeReplay? { get }
}

extension Learner {
    var replay: EpisodeReplay? { nil }
    var isGathering: Bool { false }
    func requireLearning() throws(ArgusError) {}

    /// Writes what was saved into the tensors of ``state``, `others` apart.
    func restoreTensors(from saved: [String: Tensor], except others: [String] = []) throws {
        try ArgusTensor.restoreTensors(
            state.filter { !others.contains($0.name) }, from: saved, owner: "checkpoint")
    }
}
