/// A file of what something else played: JSON, a header in the first line, then a record a line.
public struct RecordingFile<Record: RecordedLine> {
    public let header: Record.Header
    private let lines: RecordedLines

    /// - Throws: ``ArgusError`` (file) for lines that begin with something else, or hold nothing more.
    init(_ lines: RecordedLines) throws(ArgusError) {
        self.lines = lines
        header = try lines.decode(Record.Header.self, 0, "the header")
        guard lines.count > 1 else {
            throw ArgusError(
                .file, "recording without \(Record.noun)s", at: lines.path, found: "a header alone",
                expected: "a line for each \(Record.noun)")
        }
    }

    public var path: String { lines.path }

    /// Number of records.
    public var count: Int { lines.count - 1 }

    /// `FILE:LINE` of the header.
    public var headerPlace: String { lines.place(0) }

    /// `FILE:LINE` of a record.
    public func place(_ index: Int) -> String { lines.place(index + 1) }

    /// - Throws: ``ArgusError`` (file) with the line for one that is no such record.
    public func record(_ index: Int) throws(ArgusError) -> Record {
        try lines.decode(Record.self, index + 1, "the \(Record.noun)")
    }

    /// A record's whole line.
    func bytes(_ index: Int) -> [UInt8] { lines.bytes(index + 1) }
}

/// What each line of a recording holds, after its header.
public protocol RecordedLine: Decodable, Sendable {
    associatedtype Header: Decodable, Sendable
    /// What one is called in messages.
    static var noun: String { get }
}
