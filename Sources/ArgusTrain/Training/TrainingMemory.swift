package import ArgusHost
import Foundation

/// Refuses sizes that this machine's memory cannot hold, before any of it is laid out: the system would otherwise end
/// the process without a word.
package enum TrainingMemory {
    /// Where experience is, and what makes it smaller.
    package enum Experience {
        case rollout
        case replay

        var name: String { self == .rollout ? "a rollout" : "the replay and a batch of it" }

        var remedy: String {
            self == .rollout
                ? "fewer copies or rollout_steps ('--set rollout_steps=64')"
                : "less of it ('--set buffer_megabytes=256', '--set batch_episodes=16')"
        }
    }

    /// - Parameters: `networks`: weights of each network; `experience`: what is played, in bytes; `available`: bytes, nil
    ///   for the machine's.
    /// - Throws: ``ArgusError`` (configuration) that names what is too large.
    package static func require(
        networks: [Double], _ experience: Experience, bytes: Double, available: Double? = nil
    ) throws(ArgusError) {
        let available = available ?? Double(ProcessInfo.processInfo.physicalMemory)
        // Each weight has a gradient and two moments.
        let weights = 16 * networks.reduce(0, +)
        guard weights + bytes > available else { return }
        let isExperience = bytes > weights
        throw ArgusError(
            .configuration, "not enough memory", at: isExperience ? experience.name : "the networks",
            found: gibibytes(weights + bytes), expected: "at most the machine's \(gibibytes(available))",
            remedy: isExperience ? experience.remedy : "a smaller network ('--set hidden=128')")
    }

    private static func gibibytes(_ bytes: Double) -> String {
        "\((bytes / 1_073_741_824 * 10).rounded(.up) / 10) GiB"
    }
}
