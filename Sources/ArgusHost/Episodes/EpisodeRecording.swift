import Foundation

/// A file of recorded episodes: JSON, a ``RecordingHeader`` in the first line, then a ``RecordedEpisode`` a line.
public struct EpisodeRecording {
    public let header: RecordingHeader
    private let lines: RecordedLines

    /// - Throws: ``ArgusError`` (file) for lines that begin with something else, or hold nothing more.
    init(_ lines: RecordedLines) throws(ArgusError) {
        self.lines = lines
        header = try lines.decode(RecordingHeader.self, 0, "the header")
        guard lines.count > 1 else {
            throw ArgusError(
                .file, "recording without episodes", at: lines.path, found: "a header alone",
                expected: "a line an episode")
        }
    }

    public var path: String { lines.path }

    /// Number of episodes.
    public var count: Int { lines.count - 1 }

    /// `FILE:LINE` of an episode.
    public func place(_ index: Int) -> String { lines.place(index + 1) }

    /// - Throws: ``ArgusError`` (file) with the line for one that is no episode.
    public func episode(_ index: Int) throws(ArgusError) -> RecordedEpisode {
        try lines.decode(RecordedEpisode.self, index + 1, "an episode")
    }
}
