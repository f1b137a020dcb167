import ArgusEnvAPI
import ArgusHost
import ArgusTensor
import Foundation

/// `checkpoint/last.safetensors`: everything that the rest of a run depends on.
///
/// The learner's state as tensors; a snapshot of every copy of the environment as bytes; counters and the description of
/// the run as JSON in the metadata. Written atomically.
enum Checkpoint {
    private static let format = "argus-checkpoint/2"

    static func write(
        _ state: TrainingState, learner: any Learner, environment: VectorEnvironment, request: TrainingRequest,
        to path: String
    ) throws(ArgusError) {
        do {
            var tensors = try learner.state
            if environment.offersSnapshot {
                for copy in 0..<environment.copies {
                    tensors.append((snapshotName(copy), try Tensor(try environment.snapshot(copy: copy))))
                }
            }
            tensors.append(("environment.episodes", try Tensor(environment.episodeIndices)))
            let metadata = [
                "format": format, "state": String(decoding: try JSONEncoder.sorted.encode(state), as: UTF8.self),
                "policy": String(decoding: try JSONEncoder.sorted.encode(learner.policy.description), as: UTF8.self),
                "seed": "\(request.seed)",
            ]
            try CheckedFile.write(tensors: tensors, metadata: metadata, to: path)
        } catch let error as ArgusError {
            throw error
        } catch {
            throw ArgusError(
                .output, "cannot write checkpoint", at: path, found: "\(error)", expected: "a file that can be written",
                remedy: "making room on the disk: the checkpoint before it is whole")
        }
    }

    /// Puts learner and environment where the checkpoint left them.
    static func read(
        _ path: String, learner: any Learner, environment: VectorEnvironment, request: TrainingRequest
    ) throws(ArgusError) -> TrainingState {
        func refused(_ found: String, _ expected: String) -> ArgusError {
            ArgusError(.checkpoint, "unusable checkpoint", at: path, found: found, expected: expected)
        }
        guard FileManager.default.fileExists(atPath: path) else {
            throw refused("no file", "a checkpoint of an interrupted run")
        }
        do {
            let file = try CheckedFile.read(path)
            guard file.metadata["format"] == format else {
                throw refused("format \(file.metadata["format"] ?? "(none)")", format)
            }
            let description = learner.policy.description
            let decoder = JSONDecoder()
            let saved = try decoder.decode(
                TrainedPolicy.Description.self, from: Data((file.metadata["policy"] ?? "").utf8))
            guard saved.specificationHash == description.specificationHash, saved.scenario == description.scenario
            else {
                throw refused("a checkpoint of scenario \(saved.scenario)", "one of \(description.scenario)")
            }
            guard saved == description else {
                let (theirs, ours) = saved.differences(from: description)
                throw refused("a checkpoint of another network (\(theirs))", "one of this run's (\(ours))")
            }
            guard file.metadata["seed"] == "\(request.seed)" else {
                throw refused("a checkpoint of seed \(file.metadata["seed"] ?? "(none)")", "seed \(request.seed)")
            }
            let state = try decoder.decode(TrainingState.self, from: Data((file.metadata["state"] ?? "").utf8))
            guard state.step >= 0, state.updates >= 0, state.evaluations >= 0, state.lastEvaluatedStep <= state.step
            else {
                throw refused("inconsistent counters", "those of a run")
            }
            let tensors = try file.tensors()
            try learner.restore(tensors)
            try environment.reset(.stream(run: request.seed))
            if environment.offersSnapshot {
                for copy in 0..<environment.copies {
                    guard let bytes = tensors[snapshotName(copy)] else {
                        throw refused("no snapshot of copy \(copy)", "one for each of \(environment.copies) copies")
                    }
                    try environment.restore(copy: copy, from: bytes.values(as: UInt8.self))
                }
            } else if let episodes = tensors["environment.episodes"] {
                // Without snapshots the running episodes are lost; the next ones are those that would have come next.
                let indices = try episodes.values(as: Int.self)
                guard indices.count == environment.copies, indices.allSatisfy({ (-1..<Int.max - 1).contains($0) })
                else {
                    throw refused("bad episode indices", "one for each of \(environment.copies) copies")
                }
                environment.episodeIndices = indices
                try environment.beginNextEpisodes()
            }
            return state
        } catch let error as ArgusError {
            throw error
        } catch {
            throw refused("\(error)", "a checkpoint that 'argus train' wrote, undamaged")
        }
    }

    private static func snapshotName(_ copy: Int) -> String { "environment.copy.\(copy)" }
}
