import ArgusEnvAPI
import Foundation

/// Reads files that people write: small, UTF-8, with an error that says what is wrong with the file.
public enum TextFile {
    /// The text of a regular file of at most `limit` bytes.
    ///
    /// - Throws: ``ArgusError`` (file) for a file that is missing (with the nearest name in its folder), a folder, a pipe
    ///   or device, unreadable, larger than `limit`, or not UTF-8 (with the line of the first bad byte).
    public static func read(_ path: String, limit: Int = 1_000_000) throws(ArgusError) -> String {
        func refused(_ what: String, _ found: String, _ expected: String, try remedy: String? = nil) -> ArgusError {
            ArgusError(.file, what, at: path, found: found, expected: expected, remedy: remedy)
        }
        guard let status = FileStatus(path) else {
            throw refused(
                "cannot read file", FileStatus.failure(path), "a readable file", try: nearestFile(to: path))
        }
        // Before opening: a pipe would block.
        guard status.kind == .regular else { throw refused("not a file", "\(status.kind)", "a text file") }
        guard status.size <= limit else {
            throw refused("file is too large", "\(status.size) bytes", "at most \(limit)")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw refused("cannot read file", "no permission to read it", "a readable file")
        }
        guard data.count <= limit else {
            throw refused("file is too large", "\(data.count) bytes", "at most \(limit)")
        }
        // Some editors put a byte order mark in front.
        let content = data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
        guard let text = String(validating: content, as: UTF8.self) else {
            throw ArgusError(
                .file, "not a text file", at: "\(path):\(lineOfFirstBadByte(data))", found: "bytes that are not UTF-8",
                expected: "UTF-8 text", remedy: "saving the file as UTF-8")
        }
        return text
    }

    /// The name in the same folder that was probably meant.
    private static func nearestFile(to path: String) -> String? {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent().path
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return nil }
        return nearestName(to: url.lastPathComponent, in: names.sorted()).map { "'\($0)' in the same folder" }
    }

    private static func lineOfFirstBadByte(_ data: Data) -> Int {
        var line = 1
        for part in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil { return line }
            line += 1
        }
        return line
    }
}
