public import ArgusHost
import Foundation

/// What a job's folder says about the job.
public enum JobState: Sendable, Hashable {
    /// Done: never run again.
    case finished(RunResult)
    /// To be run from its checkpoint.
    case resumable
    /// To be run from the start.
    case fresh

    /// Looks at the job's folder.
    ///
    /// - Throws: ``ArgusError`` (configuration) when the folder holds another job than the one asked for (another
    ///   scenario, entry, seed, hyperparameter, or number of steps, episodes or threads), and says what differs.
    public static func of(_ job: Job) throws(ArgusError) -> JobState {
        let isFinished = FileManager.default.fileExists(atPath: job.folder + "/result.json")
        // The best policy alone, as a disk that was full leaves it, is nothing to go on from.
        let hasCheckpoint = FileManager.default.fileExists(atPath: RunDirectory.checkpointPath(in: job.folder))
        guard isFinished || hasCheckpoint else { return .fresh }
        guard let manifest = RunDirectory.manifest(at: job.folder) else {
            if isFinished { throw damaged(job, "run.json") }
            return .fresh
        }
        for (what, found, wanted) in differences(manifest, job) where found != wanted {
            throw ArgusError(
                .configuration, "result of another job", at: "\(job.folder)/run.json", found: "\(what) \(found)",
                expected: "\(what) \(wanted), as the suite says", remedy: "another --out, or the suite as it was")
        }
        // Whoever plays without learning plays the same on any number.
        guard !job.entry.isTrained || manifest.threads == job.threads else {
            throw ArgusError(
                .configuration, "result of another job", at: "\(job.folder)/run.json",
                found: "threads \(manifest.threads)", expected: "threads \(job.threads), as this command says",
                remedy: "'--threads \(manifest.threads)', or another --out")
        }
        guard isFinished else { return .resumable }
        guard playedWithPolicies(manifest, of: job) else { return .fresh }
        guard let result = RunDirectory.result(at: job.folder) else { throw damaged(job, "result.json") }
        // Every number of a report comes from it.
        guard RunFiles.hasAbsoluteMetric(in: job.folder, mode: result.mode) else {
            throw damaged(job, "evaluations.jsonl", found: "no episodes of the absolute metric that can be read")
        }
        return .finished(result)
    }

    /// Whether a pair was played by the policies that are in the folders of the runs that it needs, when they were done.
    private static func playedWithPolicies(_ manifest: RunManifest, of job: Job) -> Bool {
        guard job.needs.allSatisfy({ RunDirectory.result(at: $0) != nil }) else { return false }
        guard let played = manifest.policyHashes, !job.needs.isEmpty else { return true }
        return played == job.needs.map { (try? Fingerprint.file(RunDirectory.bestPolicyPath(in: $0))) ?? "none" }
    }

    /// What the folder has and what the job wants of everything that a result depends on.
    private static func differences(_ manifest: RunManifest, _ job: Job) -> [(String, String, String)] {
        var pairs = [
            ("scenario", manifest.scenario, job.task.scenario.id),
            ("version of the scenario", "\(manifest.scenarioVersion)", "\(job.task.scenario.version)"),
            ("scenario with fingerprint", manifest.scenarioHash, job.task.hash),
            ("entry", manifest.entry, job.entry.name),
            ("seed", "\(manifest.seed)", "\(job.seed)"),
            ("absolute_episodes", "\(manifest.absoluteEpisodes)", "\(job.measurement.absoluteEpisodes)"),
        ]
        switch job.entry.work {
        case .evaluate(let team):
            pairs.append(("team", normal(manifest.team ?? "none"), normal(team)))
        case .cross(let first, let rest):
            // A trained member's folder may have been moved with the whole; its name is part of the entry's.
            for (what, found, member) in [("team", manifest.team, first), ("partner", manifest.partner, rest)] {
                guard case .team(let team) = member else { continue }
                pairs.append((what, normal(found ?? "none"), normal(team)))
            }
        case .train(let algorithm, let steps, let settings):
            pairs += [
                ("algorithm", manifest.algorithm ?? "none", algorithm),
                ("steps", "\(manifest.steps)", "\(steps)"),
                ("evaluation_episodes", "\(manifest.evaluationEpisodes)", "\(job.measurement.evaluationEpisodes)"),
                ("evaluations", "\(manifest.evaluations)", "\(job.measurement.evaluations)"),
            ]
            let wanted = (job.task.scenario.training[algorithm]?.values ?? [:]).merging(settings) { $1 }
            for (key, value) in wanted.sorted(by: { $0.key < $1.key }) {
                let found = manifest.hyperparameters[key] ?? "nothing"
                pairs.append((key, found, isSameValue(found, value) ? found : value))
            }
            // What the suite or the scenario's file no longer asks for.
            for key in manifest.changedHyperparameters ?? [] where wanted[key] == nil {
                pairs.append((key, manifest.hyperparameters[key] ?? "changed", "of the algorithm's default"))
            }
        }
        return pairs
    }

    /// Quotes and spaces of a team specification do not matter.
    private static func normal(_ team: String) -> String { (try? TeamSpecification([team]).description) ?? team }

    /// `5e-4` and `0.0005` are the same.
    private static func isSameValue(_ first: String, _ second: String) -> Bool {
        if let first = Double(first), let second = Double(second) { return first == second }
        return first == second
    }

    private static func damaged(
        _ job: Job, _ file: String, found: String = "no file that can be read"
    ) -> ArgusError {
        ArgusError(
            .file, "damaged result", at: "\(job.folder)/\(file)", found: found,
            expected: "the \(file) of a finished run", remedy: "removing \(job.folder), so that the job runs again")
    }
}
