import Foundation

/// A file of recorded episodes: JSON, a ``RecordingHeader`` in the first line, then a ``RecordedEpisode`` a line.
public struct EpisodeRecording {
    public let path: String
    public let header: RecordingHeader
    private let lines: [(number: Int, bytes: Data.SubSequence)]

    /// Opens a recording and reads its header.
    ///
    /// - Throws: ``ArgusError`` (file) for a file that is missing, empty, or begins with something else.
    public init(path: String) throws(ArgusError) {
        guard let status = FileStatus(path) else {
            throw ArgusError(
                .file, "cannot read recording", at: path, found: FileStatus.failure(path), expected: "a readable file")
        }
        guard status.kind == .regular else {
            throw ArgusError(.file, "not a file", at: path, found: "\(status.kind)", expected: "a JSON Lines file")
        }
        let data: Data
        do {
            // Mapped: a recording with values may be larger than memory likes.
            data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw ArgusError(
                .file, "cannot read recording", at: path, found: FileStatus.failure(path),
                expected: "a readable file")
        }
        let all = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
            .map { (number: $0.offset + 1, bytes: $0.element) }
            .filter { !$0.bytes.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") } }
        guard let first = all.first else {
            throw ArgusError(.file, "empty recording", at: path, found: "no line", expected: "a header and episodes")
        }
        self.path = path
        header = try EpisodeRecording.decode(RecordingHeader.self, first.bytes, "\(path):\(first.number)", "the header")
        lines = Array(all.dropFirst())
        guard !lines.isEmpty else {
            throw ArgusError(
                .file, "recording without episodes", at: path, found: "a header alone", expected: "a line an episode")
        }
    }

    /// Number of episodes.
    public var count: Int { lines.count }

    /// `FILE:LINE` of an episode.
    public func place(_ index: Int) -> String { "\(path):\(lines[index].number)" }

    /// - Throws: ``ArgusError`` (file) with the line for one that is no episode.
    public func episode(_ index: Int) throws(ArgusError) -> RecordedEpisode {
        try EpisodeRecording.decode(RecordedEpisode.self, lines[index].bytes, place(index), "an episode")
    }

    private static func decode<Value: Decodable>(
        _ type: Value.Type, _ bytes: Data, _ place: String, _ what: String
    ) throws(ArgusError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: bytes)
        } catch {
            throw ArgusError(
                .file, "bad line in recording", at: place, found: reason(error),
                expected: "\(what) as JSON, see 'argus verify --help'")
        }
    }

    private static func reason(_ error: any Error) -> String {
        func path(_ keys: [any CodingKey]) -> String {
            keys.reduce("") { text, key in
                key.intValue.map { "\(text)[\($0)]" } ?? (text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)")
            }
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return "no '\(path(context.codingPath + [key]))'"
        case DecodingError.typeMismatch(let type, let context):
            return "something else than \(words(type)) in '\(path(context.codingPath))'"
        case DecodingError.valueNotFound(let type, let context):
            return "null where \(words(type)) belongs, in '\(path(context.codingPath))'"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "a bad value in '\(path(context.codingPath))'"
        default: return "text that is not JSON, or was cut short"
        }
    }

    private static func words(_ type: Any.Type) -> String {
        switch type {
        case is Bool.Type: "true or false"
        case is String.Type: "a string"
        case is Double.Type, is Float.Type: "a number"
        case is any FixedWidthInteger.Type: "a whole number"
        case is [String: Any].Type: "an object"
        default: "a list"
        }
    }
}
