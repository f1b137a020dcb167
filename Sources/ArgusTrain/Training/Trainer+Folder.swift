import ArgusHost
import Foundation

/// What a folder must hold for a run to begin in it, to go on, and to end.
extension Trainer {
    /// Where the folder's checkpoint left the run, and what is not as it was before the interruption.
    static func restored(
        _ request: TrainingRequest, _ manifest: inout RunManifest, _ learner: any Learner,
        _ environment: VectorEnvironment
    ) throws -> (state: TrainingState, changes: [String]) {
        guard let earlier = RunDirectory.manifest(at: request.folder) else {
            throw ArgusError(
                .checkpoint, "unusable description of the run", at: request.folder + "/run.json",
                found: "no file that can be read", expected: "the run.json that the run began with",
                remedy: "putting it back, or another --out to begin")
        }
        try manifest.requireSame(as: earlier, request.folder)
        let state = try Checkpoint.read(
            RunDirectory.checkpointPath(in: request.folder), learner: learner, environment: environment,
            request: request)
        if state.bestStep == state.step {
            // The run may have been interrupted between the checkpoint and its policy.
            try PolicyFile.write(learner.policy, to: RunDirectory.bestPolicyPath(in: request.folder))
        } else if state.bestStep != nil {
            _ = try best(of: request, learner)
        }
        return (state, manifest.goOn(with: earlier, at: state.step))
    }

    /// The best policy so far.
    static func best(of request: TrainingRequest, _ learner: any Learner) throws(ArgusError) -> TrainedPolicy {
        let path = RunDirectory.bestPolicyPath(in: request.folder)
        let best = try PolicyFile.read(path: path)
        guard best.description == learner.policy.description else {
            throw ArgusError(
                .checkpoint, "policy of another run", at: path,
                found: "\(best.description.algorithm) on \(best.description.scenario)",
                expected: "the best policy of this run, \(request.algorithm.name) on \(request.scenario.id)",
                remedy: "putting it back, or another --out to train again")
        }
        return best
    }

    /// Refuses to begin in a folder whose results would be lost. What a run left before its first checkpoint is none.
    static func requireRoom(in folder: String) throws(ArgusError) {
        try RunDirectory.requireNoSuite(at: folder)
        func refused(_ found: String, _ remedy: String) -> ArgusError {
            ArgusError(
                .output, "folder holds a run already", at: folder, found: found, expected: "an empty folder",
                remedy: remedy)
        }
        let files = FileManager.default
        guard !files.fileExists(atPath: RunDirectory.checkpointPath(in: folder)) else {
            throw refused("a checkpoint", "'--resume \(folder)' to go on, or another --out")
        }
        guard !files.fileExists(atPath: folder + "/result.json") else {
            throw refused("a result.json", "another --out")
        }
    }
}
