import Foundation
import Glibc

/// Writes the episodes of a vector environment's first copy to a file that ``EpisodeVerification`` reads.
///
/// A line is written when its episode is over, so a recording that was interrupted holds whole episodes.
public final class EpisodeRecorder {
    private let environment: VectorEnvironment
    private let path: String
    private let file: Int32
    private var episode = RecordedEpisode(seed: 0)

    /// Begins the file, replacing one that is there.
    ///
    /// - Parameter parameters: complete, as the environment was made with.
    /// - Throws: ``ArgusError`` (output) when it cannot be written.
    public init(path: String, header: RecordingHeader, environment: VectorEnvironment) throws(ArgusError) {
        self.environment = environment
        self.path = path
        file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw AtomicFile.failed(path, errno) }
        try write(header)
    }

    deinit { close(file) }

    /// After a reset: the episode's first observations.
    public func begin() {
        episode = RecordedEpisode(seed: environment.local.seeds[0])
        append(environment.local.observations)
    }

    /// Before a step: the actions that were chosen.
    public func recordActions() {
        episode.actions.append(
            environment.specification.agents.indices.map { agent in
                let row =
                    environment.layout.isDiscrete
                    ? environment.actions.discrete(copy: 0, agent: agent).map(Double.init)
                    : environment.actions.continuous(copy: 0, agent: agent).map(Double.init)
                return RecordedAction(row)
            })
    }

    /// After a step: what it brought. The last one writes the episode; one that failed is left out.
    public func recordStep() throws(ArgusError) {
        let outcome = environment.outcome
        let end = outcome.end(0)
        recordTexts()
        episode.rewards.append(environment.specification.agents.indices.map { Double(outcome.rewards[$0]) })
        episode.terminated.append(end == .terminated)
        episode.truncated.append(end == .truncated)
        append(
            end == .running
                ? environment.local.observations : UnsafeBufferPointer(outcome.finalObservations.elements))
        if end == .terminated || end == .truncated { try write(episode) }
    }

    /// The texts of the step that was just made.
    private func recordTexts() {
        let texts = environment.lastMessages(copy: 0).compactMap { message -> RecordedText? in
            guard case .text(let text) = message.content else { return nil }
            return RecordedText(agent: message.sender, text: text)
        }
        if episode.texts == nil {
            guard !texts.isEmpty else { return }
            episode.texts = Array(repeating: [], count: episode.actions.count - 1)
        }
        episode.texts?.append(texts)
    }

    private func append(_ rows: UnsafeBufferPointer<Float>) {
        let width = environment.specification.observationSize
        episode.observations?.append(
            environment.specification.agents.enumerated().map { agent, specification in
                let start = agent * width
                return rows[start..<start + (specification.observationSize ?? width)].map(Double.init)
            })
    }

    private func write(_ line: some Encodable) throws(ArgusError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var data = try? encoder.encode(line) else {
            throw ArgusError(.output, "cannot encode an episode", at: path, found: "no number", expected: "numbers")
        }
        data.append(UInt8(ascii: "\n"))
        let problem = data.withUnsafeBytes { AtomicFile.writeAll($0, to: file) }
        guard problem == 0 else { throw AtomicFile.failed(path, problem) }
    }
}
