import ArgusEnvAPI
public import ArgusHost
import ArgusTensor
import Dispatch
import Foundation

/// Trains one algorithm on one scenario with one seed: rollouts, updates, evaluations, checkpoints, result.
///
/// A run is fixed by its request: the same request gives the same weights, on one thread bit for bit, whether it was
/// interrupted and resumed or not. Checkpoints are written after every evaluation and when a stop is asked for.
public final class Trainer {
    private let request: TrainingRequest
    private let directory: RunDirectory
    private let environment: VectorEnvironment
    private let learner: PPOLearner
    private let evaluator: TrainingEvaluator
    private let description: TrainedPolicy.Description
    private let scenarioHash: String
    private var state = TrainingState()
    private var recentReturns = RecentReturns()
    /// Seconds of this process that `state` does not hold yet.
    private var clock = DispatchTime.now()

    /// Sets everything up, from the folder's checkpoint if the request says so.
    ///
    /// - Throws: ``ArgusError`` for anything that does not fit together, before any time is spent.
    public init(_ request: TrainingRequest, host: EnvironmentHost) throws {
        self.request = request
        try TorchThreads.set(request.threads)
        if request.resume, !FileManager.default.fileExists(atPath: request.folder + "/checkpoint/last.safetensors") {
            throw ArgusError(
                .checkpoint, "nothing to resume", at: request.folder, found: "no checkpoint/last.safetensors",
                expected: "a folder that an interrupted 'argus train' left",
                remedy: "'--out \(request.folder)' to begin")
        }
        directory = try RunDirectory(request.folder)
        try AtomicFile.makeFolder(directory.checkpointFolder)
        environment = try host.makeVectorEnvironment(
            request.scenario, copies: request.configuration.copies, threads: request.threads)
        learner = try PPOLearner(
            environment: environment, algorithm: request.algorithm, configuration: request.configuration,
            seed: request.seed)
        description = TrainedPolicy.Description(
            algorithm: request.algorithm.name, scenario: request.scenario.id,
            specificationHash: environment.specificationHash, encoding: learner.encoding, heads: learner.heads,
            usesMasks: learner.usesMasks, agents: environment.specification.agents.map(\.name),
            actor: learner.actor.shape)
        let count = max(request.evaluationEpisodes, min(request.absoluteEpisodes, 64))
        evaluator = TrainingEvaluator(
            environment: try host.makeVectorEnvironment(
                request.scenario, copies: max(1, min(64, count)), threads: request.threads),
            block: request.seed)
        let source = try host.source(for: request.scenario)
        let descriptor = try source.descriptor(for: request.scenario)
        scenarioHash = try request.scenario.hash(for: descriptor)
        let manifest = try RunManifest.make(
            request, source: source, scenarioHash: scenarioHash, descriptor: descriptor)
        if request.resume {
            try restore(manifest)
        } else {
            guard !FileManager.default.fileExists(atPath: checkpointPath) else {
                throw ArgusError(
                    .output, "folder holds a run already", at: request.folder, found: "a checkpoint",
                    expected: "an empty folder", remedy: "'--resume \(request.folder)' to go on, or another --out")
            }
            try environment.reset(.stream(run: request.seed))
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

    private var checkpointPath: String { directory.checkpointFolder + "/last.safetensors" }
    private var bestPath: String { directory.checkpointFolder + "/best.safetensors" }

    /// Trains to the end and writes the result.
    ///
    /// - Parameter report: called at every update and evaluation.
    /// - Returns: nil when a stop was asked for (the checkpoint is then written), else the result.
    public func run(report: (TrainingProgress) -> Void) throws -> RunResult? {
        let checkpoint = state
        let metrics = try JSONLines(path: directory.metricsPath) { (line: StepLine) in line.step <= checkpoint.step }
        let evaluations = try JSONLines(path: directory.evaluationsPath) { (line: StepLine) in
            line.purpose != EvaluationSeeds.absolute.name && line.step <= checkpoint.lastEvaluatedStep
        }
        clock = .now()
        while true {
            // A run that was stopped after an evaluation has it already.
            if state.step >= nextEvaluation, state.step > state.lastEvaluatedStep {
                report(progress(.evaluating))
                try evaluate(evaluations)
            }
            if Interruption.isRequested {
                try save()
                return nil
            }
            guard state.step < request.steps else { break }
            try update(metrics)
            report(progress(.training))
        }
        report(progress(.evaluating))
        let result = try finish(evaluations)
        report(progress(.done))
        return result
    }

    // MARK: One update

    private func update(_ metrics: JSONLines) throws {
        let begin = DispatchTime.now()
        let summary = try learner.collect()
        let collected = DispatchTime.now()
        let configuration = request.configuration
        let remaining = max(0, 1 - Double(state.step) / Double(request.steps))
        let learningRate = configuration.learningRate * (configuration.annealLearningRate ? remaining : 1)
        let statistics = try learner.learn(
            learningRate: learningRate,
            entropyCoefficient: configuration.entropyCoefficient * (configuration.annealEntropy ? remaining : 1))
        let steps = environment.copies * request.configuration.rolloutSteps
        state.step += steps
        state.failedEpisodes += summary.failed
        let end = DispatchTime.now()
        let seconds = begin.seconds(to: end)
        state.trainingSeconds += seconds
        if summary.episodes > 0 { recentReturns.add(summary.sumOfReturns, summary.episodes) }
        try metrics.append(
            UpdateRecord(
                step: state.step, update: learner.updates,
                episodeReturn: summary.episodes > 0 ? summary.sumOfReturns / Double(summary.episodes) : nil,
                episodes: summary.episodes, policyLoss: statistics.policyLoss, valueLoss: statistics.valueLoss,
                entropy: statistics.entropy, approximateKL: statistics.approximateKL,
                clipFraction: statistics.clipFraction, actorGradientNorm: statistics.actorGradientNorm,
                criticGradientNorm: statistics.criticGradientNorm, learningRate: learningRate,
                stepsPerSecond: Double(steps) / seconds, steppingSeconds: summary.steppingSeconds,
                actingSeconds: summary.actingSeconds, learningSeconds: collected.seconds(to: end)))
    }

    private func progress(_ phase: TrainingProgress.Phase) -> TrainingProgress {
        let rate = state.trainingSeconds > 0 ? Double(state.step) / state.trainingSeconds : 0
        let seconds = state.wallSeconds + clock.seconds(to: .now())
        let left =
            state.step > 0 ? seconds / Double(state.step) * Double(max(0, request.steps - state.step)) : nil
        return TrainingProgress(
            phase: phase, step: state.step, steps: request.steps, stepsPerSecond: rate, meanReturn: recentReturns.mean,
            secondsLeft: left)
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

    private func evaluate(_ lines: JSONLines) throws {
        let policy = TrainedPolicy(description: description, network: learner.actor)
        let count = request.evaluationEpisodes
        // Four times as many: the best of many noisy means would otherwise often be a lucky one.
        let selection = try evaluator.run(policy, .selection, .sampled, count: 4 * count, step: state.step)
        try lines.append(selection)
        for mode in PolicySettings.Mode.allCases {
            try lines.append(try evaluator.run(policy, .curve, mode, count: count, step: state.step))
        }
        let value = selection.returns.isEmpty ? nil : selection.returns.mean
        // A later checkpoint wins a tie: it has learnt longer. One whose episodes all failed is better than none.
        if state.bestStep == nil || (value ?? -.infinity) >= (state.bestReturn ?? -.infinity) {
            try PolicyFile.write(policy, to: bestPath)
            state.bestReturn = value
            state.bestStep = state.step
        }
        // Several evaluations may fall due in one update.
        repeat { state.evaluations += 1 } while nextEvaluation <= state.step && state.step < request.steps
        state.lastEvaluatedStep = state.step
        try save()
    }

    /// The absolute metric of the best checkpoint, in both modes, and the result.
    private func finish(_ lines: JSONLines) throws -> RunResult {
        let best = try PolicyFile.read(path: bestPath)
        var outcomes: [String: RunResult.Outcome] = [:]
        for mode in PolicySettings.Mode.allCases {
            let record = try evaluator.run(
                best, .absolute, mode, count: request.absoluteEpisodes, step: state.bestStep ?? state.step)
            try lines.append(record)
            outcomes[mode.rawValue] = record.outcome(request.scenario)
        }
        let result = RunResult(
            scenario: request.scenario.id, scenarioHash: scenarioHash, entry: request.entry, seed: request.seed,
            algorithm: request.algorithm.name, team: nil, centralised: false, step: state.step,
            mode: request.algorithm.headlineMode.rawValue, outcomes: outcomes, bestStep: state.bestStep,
            wallSeconds: state.wallSeconds + clock.seconds(to: .now()),
            stepsPerSecond: Double(state.step) / max(1e-9, state.trainingSeconds))
        try directory.write(result)
        return result
    }

    // MARK: Checkpoints

    private func save() throws {
        state.wallSeconds += clock.seconds(to: .now())
        clock = .now()
        state.normalizer = learner.normalizer
        state.updates = learner.updates
        state.recentReturns = recentReturns
        try Checkpoint.write(
            state, learner: learner, environment: environment, request: request, description: description,
            to: checkpointPath)
    }

    private func restore(_ manifest: RunManifest) throws {
        if let earlier = RunDirectory.manifest(at: request.folder) {
            try manifest.requireSame(as: earlier, request.folder)
        }
        state = try Checkpoint.read(
            checkpointPath, learner: learner, environment: environment, request: request, description: description)
        recentReturns = state.recentReturns
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
