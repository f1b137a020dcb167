package import ArgusHost
import Foundation

/// Refuses sizes that this machine's memory cannot hold, before any of it is laid out: the system would otherwise end
/// the process without a word.
package enum TrainingMemory {
    /// - Parameters: `networks`: weights of each network; `rolloutRows`: (step, copy) pairs of a rollout;
    ///   `bytesPerRow`: what is stored for one; `available`: bytes, nil for the machine's.
    /// - Throws: ``ArgusError`` (configuration) that names what is too large.
    package static func require(
        networks: [Double], rolloutRows: Double, bytesPerRow: Double, available: Double? = nil
    ) throws(ArgusError) {
        let available = available ?? Double(ProcessInfo.processInfo.physicalMemory)
        // Each weight has a gradient and two moments.
        let weights = 16 * networks.reduce(0, +)
        let rollout = rolloutRows * bytesPerRow
        guard weights + rollout > available else { return }
        let isRollout = rollout > weights
        throw ArgusError(
            .configuration, "not enough memory", at: isRollout ? "a rollout" : "the networks",
            found: gibibytes(weights + rollout), expected: "at most the machine's \(gibibytes(available))",
            remedy: isRollout
                ? "fewer copies or rollout_steps ('--set rollout_steps=64')" : "a smaller network ('--set hidden=128')")
    }

    private static func gibibytes(_ bytes: Double) -> String {
        "\((bytes / 1_073_741_824 * 10).rounded(.up) / 10) GiB"
    }
}
