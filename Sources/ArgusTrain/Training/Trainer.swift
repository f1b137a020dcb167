import ArgusEnvAPI
public import ArgusHost
import ArgusTensor
import Dispatch
import Foundation

/// Trains one algorithm on one scenario with one seed: rollouts, updates, evaluations, checkpoints, result.
///
/// A run is fixed by its request: the same request gives the same weights, on one thread bit for bit, whether it was
/// interrupted and resumed or not (if the environment offers snapshots: else its running episodes are lost). Checkpoints
/// are written after every evaluation and when a stop is asked for.
public final class Trainer {
    private let request: TrainingRequest
    private let directory: RunDirectory
    private let environment: VectorEnvironment
    private let learner: any Learner
    private let evaluator: TrainingEvaluator
    private let scenarioHash: String
    private var state = TrainingState()
    /// Of the last update.
    private var losses: [(name: String, value: Double)] = []
    private let metrics: JSONLines
    private let evaluations: JSONLines
    private var events: EventFile?
    /// Seconds of this process that `state` does not hold yet.
    private var clock = DispatchTime.now()
    /// Where this process began: an earlier one may have had a faster machine, or a busier one.
    private var beginning = TrainingState()
    /// What is not as it was before the run was interrupted, such as its code: the result may then differ from that of an
    /// uninterrupted run.
    public private(set) var changes: [String] = []
    /// What files of the folder have lost since then.
    public private(set) var missingLines: [String] = []

    /// Sets everything up, from the folder's checkpoint if the request says so.
    ///
    /// - Throws: ``ArgusError`` for anything that does not fit together, before any time is spent.
    public init(_ request: TrainingRequest, host: EnvironmentHost) throws {
        self.request = request
        try TorchThreads.set(request.threads)
        TorchMemory.keepFreed()
        if request.resume, !FileManager.default.fileExists(atPath: RunDirectory.checkpointPath(in: request.folder)) {
            throw ArgusError(
                .checkpoint, "nothing to resume", at: request.folder, found: "no checkpoint/last.safetensors",
                expected: "a folder that an interrupted 'argus train' left",
                remedy: "'--out \(request.folder)' to begin")
        }
        environment = try host.makeVectorEnvironment(
            request.scenario, copies: request.configured.copies, threads: request.threads)
        learner = try request.configured.makeLearner(
            LearningTask(
                algorithm: request.algorithm.name, environment: environment, seed: request.seed, steps: request.steps))
        let count = max(request.evaluationEpisodes, min(request.absoluteEpisodes, 64))
        evaluator = TrainingEvaluator(
            environment: try host.makeVectorEnvironment(
                request.scenario, copies: max(1, min(64, count)), threads: request.threads),
            block: request.seed)
        let source = try host.source(for: request.scenario)
        let descriptor = try source.descriptor(for: request.scenario)
        scenarioHash = try request.scenario.hash(for: descriptor)
        var manifest = try RunManifest.make(
            request, source: source, scenarioHash: scenarioHash, descriptor: descriptor)
        // Nothing is written before all fits together.
        directory = try RunDirectory(request.folder)
        if !request.resume { try Trainer.requireRoom(in: request.folder) }
        try AtomicFile.makeFolder(directory.checkpointFolder)
        learner.replay?.folder = request.folder + "/replay"
        if request.resume {
            (state, changes) = try Trainer.restored(request, &manifest, learner, environment)
        } else {
            try environment.reset(.stream(run: request.seed))
        }
        let begun = state
        metrics = try JSONLines(path: directory.metricsPath) { (line: StepLine) in line.step <= begun.step }
        evaluations = try JSONLines(path: directory.evaluationsPath) { (line: StepLine) in
            line.purpose != EvaluationSeeds.absolute.name && line.step <= begun.lastEvaluatedStep
        }
        let written = [(metrics, state.updates), (evaluations, state.evaluationLines ?? 0)]
        missingLines = written.compactMap { lines, count in
            lines.keptLines < count ? "\(lines.path) has \(lines.keptLines) of its \(count) lines left" : nil
        }
        try directory.write(manifest)
    }

    /// The result of a run that is done already, if the request asks to go on with one.
    ///
    /// - Throws: ``ArgusError`` (checkpoint) when the run was asked for differently.
    public static func finishedResult(of request: TrainingRequest, host: EnvironmentHost) throws -> RunResult? {
        guard request.resume, let result = RunDirectory.result(at: request.folder),
            let earlier = RunDirectory.manifest(at: request.folder)
        else { return nil }
        let source = try host.source(for: request.scenario)
        let descriptor = try source.descriptor(for: request.scenario)
        let scenarioHash = try request.scenario.hash(for: descriptor)
        try RunManifest.make(request, source: source, scenarioHash: scenarioHash, descriptor: descriptor)
            .requireSame(as: earlier, request.folder)
        return result
    }

    private var checkpointPath: String { RunDirectory.checkpointPath(in: request.folder) }
    private var bestPath: String { RunDirectory.bestPolicyPath(in: request.folder) }

    /// Trains to the end and writes the result.
    ///
    /// - Parameter report: called at every update and evaluation.
    /// - Returns: nil when a stop was asked for (the checkpoint is then written), else the result.
    public func run(report: (TrainingProgress) -> Void) throws -> RunResult? {
        events = try EventFile(folder: request.folder, after: state.step)
        clock = .now()
        beginning = state
        while true {
            // A run that was stopped after an evaluation has it already.
            if state.step >= nextEvaluation, state.step > state.lastEvaluatedStep {
                report(progress(.evaluating))
                try evaluate()
            }
            if Interruption.isRequested {
                try save()
                return nil
            }
            guard state.step < request.steps else { break }
            try update()
            report(progress(.training))
        }
        report(progress(.evaluating))
        let result = try finish()
        report(progress(.done))
        return result
    }

    // MARK: One update

    private func update() throws {
        let begin = DispatchTime.now()
        let schedule = Schedule(step: state.step, steps: request.steps, update: state.updates)
        let summary = try learner.collect(schedule)
        let collected = DispatchTime.now()
        let statistics = try learner.learn(schedule)
        let steps = learner.stepsPerUpdate
        state.step += steps
        state.updates += 1
        state.failedEpisodes += summary.failed
        state.failedInARow = summary.episodes > 0 ? 0 : (state.failedInARow ?? 0) + summary.failed
        let end = DispatchTime.now()
        let seconds = begin.seconds(to: end)
        state.trainingSeconds += seconds
        state.recent.add(summary)
        losses = statistics.filter { $0.name.hasPrefix("loss_") }.map { (String($0.name.dropFirst(5)), $0.value) }
        let record = UpdateRecord(
            step: state.step, update: state.updates,
            episodeReturn: summary.episodes > 0 ? summary.sumOfReturns / Double(summary.episodes) : nil,
            episodes: summary.episodes, statistics: statistics, stepsPerSecond: Double(steps) / seconds,
            steppingSeconds: summary.steppingSeconds, actingSeconds: summary.actingSeconds,
            learningSeconds: collected.seconds(to: end))
        try metrics.append(record)
        try events?.append(record.scalars, step: state.step)
        try requireEpisodes()
    }

    /// Refuses to go on where nothing but failed episodes comes.
    private func requireEpisodes() throws {
        guard let count = state.failedInARow, count >= max(100, 4 * environment.copies) else { return }
        state.failedInARow = 0
        try save()
        throw ArgusError(
            .plugin, "every episode fails", at: "scenario \(request.scenario.id), the last \(count) episodes",
            found: environment.lastReport ?? "no reason given", expected: "valid episodes",
            remedy: "'--resume \(request.folder)' when the environment is mended: what was learnt before is kept")
    }

    private func progress(_ phase: TrainingProgress.Phase) -> TrainingProgress {
        let steps = Double(state.step - beginning.step)
        let training = state.trainingSeconds - beginning.trainingSeconds
        let rate = training > 0 ? steps / training : 0
        let seconds = state.wallSeconds - beginning.wallSeconds + clock.seconds(to: .now())
        let left = steps > 0 ? seconds / steps * Double(max(0, request.steps - state.step)) : nil
        return TrainingProgress(
            phase: phase, step: state.step, steps: request.steps, stepsPerSecond: rate,
            meanReturn: state.recent.meanReturn, score: score, losses: losses, secondsLeft: left)
    }

    /// The score metric of the last training episodes, under its own name; nil where it is the return.
    private var score: (name: String, value: Double)? {
        guard let metric = request.scenario.score?.metric, let value = state.recent.meanScoreMetric else { return nil }
        return (metric, value)
    }

    // MARK: Evaluation

    /// The step at which the next evaluation is due; evaluation k of n is at k·steps/n.
    private var nextEvaluation: Int {
        guard request.evaluations > 0 else { return state.evaluations == 0 ? 0 : request.steps }
        // More than one a step cannot be told apart.
        let count = min(request.evaluations, request.steps)
        // k·steps/n without the product, which may be too large.
        let (quotient, remainder) = request.steps.quotientAndRemainder(dividingBy: max(1, count))
        let index = min(state.evaluations, count)
        return quotient * index + remainder * index / max(1, count)
    }

    private func evaluate() throws {
        let policy = learner.policy
        let count = request.evaluationEpisodes
        // Four times as many: the best of many noisy means would otherwise often be a lucky one.
        let selection = try evaluator.run(
            policy, .selection, request.algorithm.headlineMode, count: 4 * count, step: state.step)
        try evaluations.append(selection)
        for mode in PolicySettings.Mode.allCases {
            let record = try evaluator.run(policy, .curve, mode, count: count, step: state.step)
            try evaluations.append(record)
            try events?.append(record.scalars, step: state.step)
        }
        state.evaluationLines = (state.evaluationLines ?? 0) + 1 + PolicySettings.Mode.allCases.count
        let value = selection.returns.isEmpty ? nil : selection.returns.mean
        // The untrained networks are the best only until there are trained ones: what they come to is luck. A later
        // checkpoint wins a tie: it has learnt longer. One whose episodes all failed is better than none.
        let isTrained = !learner.isGathering && state.step > 0
        let isBest =
            state.bestStep == nil
            || isTrained && (state.bestStep == 0 || (value ?? -.infinity) >= (state.bestReturn ?? -.infinity))
        if isBest {
            state.bestReturn = value
            state.bestStep = isTrained ? state.step : 0
        }
        // Several evaluations may fall due in one update.
        repeat { state.evaluations += 1 } while nextEvaluation <= state.step && state.step < request.steps
        state.lastEvaluatedStep = state.step
        try save()
        // After the checkpoint that names it, which can make it again: it has the same weights.
        if isBest { try PolicyFile.write(policy, to: bestPath) }
    }

    /// The absolute metric of the best checkpoint, in both modes, and the result.
    private func finish() throws -> RunResult {
        try learner.requireLearning()
        let best = try Trainer.best(of: request, learner)
        var outcomes: [String: RunResult.Outcome] = [:]
        for mode in PolicySettings.Mode.allCases {
            let record = try evaluator.run(
                best, .absolute, mode, count: request.absoluteEpisodes, step: state.bestStep ?? state.step)
            try evaluations.append(record)
            outcomes[mode.rawValue] = record.outcome(request.scenario)
            guard mode != request.algorithm.headlineMode || !record.returns.isEmpty else {
                throw ArgusError(
                    .plugin, "every episode of the final evaluation failed", at: "scenario \(request.scenario.id)",
                    found: evaluator.lastReport ?? "no reason given", expected: "valid episodes",
                    remedy: "'--resume \(request.folder)' when the environment is mended: the training is kept")
            }
        }
        try evaluations.synchronize()
        var result = RunResult(
            scenario: request.scenario.id, scenarioHash: scenarioHash, entry: request.entry, seed: request.seed,
            algorithm: request.algorithm.name, team: nil, centralised: false, step: state.step,
            mode: request.algorithm.headlineMode.rawValue, outcomes: outcomes, bestStep: state.bestStep,
            wallSeconds: state.wallSeconds + clock.seconds(to: .now()),
            stepsPerSecond: Double(state.step) / max(1e-9, state.trainingSeconds))
        result.failedTrainingEpisodes = state.failedEpisodes > 0 ? state.failedEpisodes : nil
        try directory.write(result)
        return result
    }

    // MARK: Checkpoints

    private func save() throws {
        state.wallSeconds += clock.seconds(to: .now())
        clock = .now()
        // Replay goes to files of its own first; what only the checkpoint before needed is dropped last.
        try learner.replay?.save()
        try Checkpoint.write(
            state, learner: learner, environment: environment, request: request, to: checkpointPath)
        learner.replay?.dropUnused()
    }
}

/// What a resumed run keeps lines by.
private struct StepLine: Codable {
    var step: Int
    var purpose: String?
}

extension DispatchTime {
    func seconds(to later: DispatchTime) -> Double {
        Double(later.uptimeNanoseconds &- uptimeNanoseconds) * 1e-9
    }
}
