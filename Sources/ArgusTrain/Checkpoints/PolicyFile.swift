import ArgusEnvAPI
import ArgusHost
import ArgusTensor
import Foundation

/// `checkpoint/best.safetensors`: the acting networks' weights, and its description as JSON in the metadata.
enum PolicyFile {
    private static let format = "argus-policy/2"

    static func write(_ policy: TrainedPolicy, to path: String) throws(ArgusError) {
        do {
            let json = String(decoding: try JSONEncoder.sorted.encode(policy.description), as: UTF8.self)
            try CheckedFile.write(
                tensors: policy.parameters, metadata: ["format": format, "policy": json],
                to: path)
        } catch {
            throw ArgusError(
                .output, "cannot write policy", at: path, found: "\(error)", expected: "a file that can be written",
                remedy: "making room on the disk")
        }
    }

    /// The policy of a run folder: the best by the selection episodes, else the last.
    static func read(folder: String) throws(ArgusError) -> TrainedPolicy {
        guard FileManager.default.fileExists(atPath: folder) else {
            throw ArgusError(
                .file, "no such run", at: "run:\(folder)", found: "no folder",
                expected: "a folder that 'argus train' made")
        }
        guard let path = RunDirectory.policyPath(in: folder) else {
            throw ArgusError(
                .checkpoint, "no policy in run folder", at: "run:\(folder)", found: "no checkpoint/best.safetensors",
                expected: "a run that has been evaluated at least once", remedy: "training it longer")
        }
        return try read(path: path)
    }

    private static func description(_ json: String) throws(TensorError) -> TrainedPolicy.Description {
        do {
            return try JSONDecoder().decode(TrainedPolicy.Description.self, from: Data(json.utf8))
        } catch {
            throw TensorError(
                code: .fileFormat,
                message: "\(DecodingError.reason(error)) in its description: from another version of argus, or damaged")
        }
    }

    static func read(path: String) throws(ArgusError) -> TrainedPolicy {
        do {
            let file = try CheckedFile.read(path)
            guard file.metadata["format"] == format, let json = file.metadata["policy"] else {
                throw TensorError(code: .fileFormat, message: "no \(format) description in its metadata")
            }
            let description = try description(json)
            try description.requireConsistent()
            var generator = SplitMix64(seed: 0)
            let network = try TeamNetwork(
                description.actor, agents: description.agents.count, isShared: description.sharesParameters,
                outputGain: 0.01, using: &generator)
            var logDeviation: Tensor?
            if case .gaussian(let sampler) = description.rule {
                logDeviation = try Tensor.zeros([network.networks.count, sampler.size])
            }
            let policy = TrainedPolicy(description: description, network: network, logDeviation: logDeviation)
            try restoreTensors(policy.parameters, from: file.tensors(), owner: path)
            return policy
        } catch {
            throw ArgusError(
                .checkpoint, "unusable policy file", at: path, found: "\(error)",
                expected: "a policy that 'argus train' wrote, undamaged", remedy: "training again")
        }
    }
}

extension JSONEncoder {
    /// The same value gives the same bytes.
    static var sorted: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
