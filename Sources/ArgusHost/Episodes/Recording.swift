/// A file that something else played, to be compared with: whole episodes from their seeds, or single transitions.
public enum Recording {
    case episodes(RecordingFile<RecordedEpisode>)
    case transitions(RecordingFile<RecordedTransition>)

    private struct Kind: Decodable {
        var environment: String?
        var observationSize: Int?

        enum CodingKeys: String, CodingKey {
            case environment
            case observationSize = "observation_size"
        }
    }

    /// Opens a recording and reads its header: of transitions if it has `observation_size` and no `environment`.
    ///
    /// - Throws: ``ArgusError`` (file) for a file that is missing, empty, or begins with something else.
    public init(path: String) throws(ArgusError) {
        let lines = try RecordedLines(path: path)
        let kind = try lines.decode(Kind.self, 0, "the header")
        if kind.environment == nil, kind.observationSize != nil {
            self = .transitions(try RecordingFile(lines))
        } else {
            self = .episodes(try RecordingFile(lines))
        }
    }

    /// What played it; nil: unknown.
    public var reference: String? {
        switch self {
        case .episodes(let recording): recording.header.reference
        case .transitions(let recording): recording.header.reference
        }
    }
}
