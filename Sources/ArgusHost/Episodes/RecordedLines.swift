import Foundation

/// The lines of a recording, each a JSON value; empty ones are left out.
struct RecordedLines {
    let path: String
    private let lines: [(number: Int, bytes: Data.SubSequence)]

    /// - Throws: ``ArgusError`` (file) for a file that is missing or empty.
    init(path: String) throws(ArgusError) {
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
        lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
            .map { (number: $0.offset + 1, bytes: $0.element) }
            .filter { !$0.bytes.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") } }
        self.path = path
        guard !lines.isEmpty else {
            throw ArgusError(.file, "empty recording", at: path, found: "no line", expected: "a header and episodes")
        }
    }

    var count: Int { lines.count }

    /// `FILE:LINE`
    func place(_ index: Int) -> String { "\(path):\(lines[index].number)" }

    func bytes(_ index: Int) -> [UInt8] { [UInt8](lines[index].bytes) }

    /// - Parameter what: what the line should be, for messages.
    func decode<Value: Decodable>(
        _ type: Value.Type, _ index: Int, _ what: String
    ) throws(ArgusError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: lines[index].bytes)
        } catch {
            throw ArgusError(
                .file, "bad line in recording", at: place(index), found: DecodingError.reason(error),
                expected: "\(what) as JSON, see 'argus verify --help'")
        }
    }
}
