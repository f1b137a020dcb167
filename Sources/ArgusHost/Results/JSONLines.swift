import Foundation
import Glibc

/// A file with one JSON object a line, appended to as things happen.
public final class JSONLines {
    public let path: String
    /// Lines that the file had and that were kept when it was opened.
    public let keptLines: Int
    private let file: Int32
    private let encoder: JSONEncoder

    /// Opens for appending. `keeping`: lines for which it returns false are dropped first, as when a run is resumed from
    /// a checkpoint that is older than the last lines; a last line that was cut short is dropped always.
    public init<Line: Decodable>(path: String, keeping: (Line) -> Bool) throws(ArgusError) {
        self.path = path
        encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        var count = 0
        if let data = FileManager.default.contents(atPath: path) {
            var kept = Data()
            for line in data.split(separator: UInt8(ascii: "\n")) {
                if let value = try? JSONLines.decoder.decode(Line.self, from: line), keeping(value) {
                    kept += line + [UInt8(ascii: "\n")]
                    count += 1
                }
            }
            if kept.count != data.count { try AtomicFile.write(kept, to: path) }
        }
        keptLines = count
        file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw AtomicFile.failed(path, errno) }
    }

    deinit { close(file) }

    public func append(_ value: some Encodable) throws(ArgusError) {
        guard var data = try? encoder.encode(value) else {
            throw ArgusError(.output, "cannot encode a line", at: path, found: "\(value)", expected: "plain values")
        }
        data.append(UInt8(ascii: "\n"))
        let problem = data.withUnsafeBytes { AtomicFile.writeAll($0, to: file) }
        guard problem == 0 else { throw AtomicFile.failed(path, problem) }
    }

    /// Waits until what was appended is on the disk, as it must be before a file says that it is complete.
    public func synchronize() throws(ArgusError) {
        guard fsync(file) == 0 else { throw AtomicFile.failed(path, errno) }
    }

    /// All whole lines of a file; empty if there is none.
    public static func read<Line: Decodable>(_ type: Line.Type, path: String) -> [Line] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        return data.split(separator: UInt8(ascii: "\n")).compactMap { try? decoder.decode(Line.self, from: $0) }
    }

    /// The last line of a file for which `isWanted` holds; lines that cannot be read are passed over.
    public static func last<Line: Decodable>(
        _ type: Line.Type, path: String, where isWanted: (Line) -> Bool
    ) -> Line? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        for bytes in data.split(separator: UInt8(ascii: "\n")).reversed() {
            if let line = try? decoder.decode(Line.self, from: bytes), isWanted(line) { return line }
        }
        return nil
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }
}
