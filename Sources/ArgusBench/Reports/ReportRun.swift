import ArgusHost
import Foundation

/// One run that a report is about, done or not.
struct ReportRun {
    enum Status {
        case finished(RunResult)
        case failed(String)
        case unfinished
    }

    let scenario: String
    let scenarioHash: String
    /// The entry's name, and what tells it apart from others of its name.
    var entry: String { name + label }
    let name: String
    /// ` (FOLDER)`, where several folders have an entry of this name; else "".
    var label = ""
    let seed: UInt64
    let folder: String
    let status: Status
    let isTrained: Bool
    let manifest: RunManifest?
    /// That a side of it was trained with the same seed: it varies from seed to seed, as trained entries do.
    private let isTrainedPair: Bool
    let evaluations: [EvaluationRecord]

    /// The run in a folder as a suite expects it.
    init(_ job: Job) {
        self.init(
            scenario: job.task.scenario.id, hash: job.task.hash, entry: job.entry.name, seed: job.seed,
            folder: job.folder, isTrained: job.entry.isTrained, isTrainedPair: !job.needs.isEmpty)
    }

    /// A run that no suite expects; nil when the folder does not say what it is.
    init?(folder: String) {
        guard let manifest = RunDirectory.manifest(at: folder) else { return nil }
        self.init(
            scenario: manifest.scenario, hash: manifest.scenarioHash, entry: manifest.entry, seed: manifest.seed,
            folder: folder, isTrained: manifest.algorithm != nil, isTrainedPair: false)
    }

    private init(
        scenario: String, hash: String, entry: String, seed: UInt64, folder: String, isTrained: Bool,
        isTrainedPair: Bool
    ) {
        self.isTrainedPair = isTrainedPair
        self.scenario = scenario
        name = entry
        self.seed = seed
        self.folder = folder
        manifest = RunDirectory.manifest(at: folder)
        evaluations = RunFiles.evaluations(in: folder)
        let result = RunDirectory.result(at: folder)
        scenarioHash = result?.scenarioHash ?? manifest?.scenarioHash ?? hash
        self.isTrained = isTrainedPair || (result.map { $0.algorithm != nil } ?? isTrained)
        status = ReportRun.status(folder, result, evaluations)
    }

    private static func status(_ folder: String, _ result: RunResult?, _ evaluations: [EvaluationRecord]) -> Status {
        guard let result else {
            if FileManager.default.fileExists(atPath: folder + "/result.json") {
                return .failed("its result.json is damaged (\(folder))")
            }
            return RunFiles.failure(in: folder).map { .failed($0) } ?? .unfinished
        }
        guard let record = evaluations.last(where: { $0.purpose == "absolute" && $0.mode == result.mode }) else {
            return .failed(
                "its evaluations.jsonl has no episodes of the absolute metric (\(folder); without that folder 'argus bench "
                    + "--resume' makes it again)")
        }
        guard !record.returns.isEmpty else { return .failed("all \(record.failed) evaluation episodes failed") }
        guard record.returns.allSatisfy(\.isFinite) else { return .failed("a return is not a finite number") }
        return .finished(result)
    }

    /// Whether both were asked for in the same way, but for the seed: runs of which that is not so are never pooled. Of a
    /// run that has not begun nothing is known, and it belongs with any.
    func belongs(with other: ReportRun) -> Bool {
        guard let one = manifest, let two = other.manifest else { return true }
        // Members of a pair that the suite has trained are named by folders of their seed.
        let isSameTeam = isTrainedPair || one.team == two.team && one.partner == two.partner
        // A hyperparameter that one does not have is newer than it.
        let isSame = one.hyperparameters.allSatisfy { two.hyperparameters[$0.key] ?? $0.value == $0.value }
        return isSame && one.algorithm == two.algorithm && one.steps == two.steps
            && one.absoluteEpisodes == two.absoluteEpisodes && one.evaluations == two.evaluations
            && one.evaluationEpisodes == two.evaluationEpisodes && one.device ?? "cpu" == two.device ?? "cpu"
            && isSameTeam
    }

    /// Nothing is known of a run that has not.
    var hasBegun: Bool {
        if case .unfinished = status { manifest != nil } else { true }
    }

    var result: RunResult? {
        if case .finished(let result) = status { result } else { nil }
    }

    /// Why there is no result; nil when there is one.
    var problem: String? {
        switch status {
        case .finished: nil
        case .failed(let reason): "failed: \(reason)"
        case .unfinished: "not finished"
        }
    }

    /// The episodes of the absolute metric; of several attempts the last.
    func absolute(_ mode: String) -> EvaluationRecord? {
        evaluations.last { $0.purpose == "absolute" && $0.mode == mode && !$0.returns.isEmpty }
    }

    /// The learning curve: the last evaluation at each step, in order.
    func curve(_ mode: String) -> [EvaluationRecord] {
        var byStep: [Int: EvaluationRecord] = [:]
        for record in evaluations where record.purpose == "curve" && record.mode == mode && !record.returns.isEmpty {
            byStep[record.step] = record
        }
        return byStep.values.sorted { $0.step < $1.step }
    }
}
