public import ArgusHost
import Foundation
import GRDB

/// Replies of models by what they depend on, in an SQLite file or in memory. Several processes may use one file.
public final class ReplyCache {
    private let database: DatabaseQueue
    /// For messages.
    let place: String

    /// Replies of this process alone.
    public init() throws(ArgusError) {
        place = "replies in memory"
        do {
            database = try DatabaseQueue()
            try ReplyCache.prepare(database)
        } catch {
            throw ReplyCache.failed("replies in memory", error)
        }
    }

    /// - Parameter mustExist: Only a file that is there already, to be read.
    /// - Throws: ``ArgusError`` (file) for a file that is missing, or no cache of this version.
    public init(path: String, mustExist: Bool) throws(ArgusError) {
        place = path
        guard !mustExist || FileManager.default.fileExists(atPath: path) else {
            throw ArgusError(
                .file, "no recorded replies", at: path, found: "no such file",
                expected: "the replies.sqlite of an earlier run")
        }
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(TimeInterval(ReplyCache.patience))
            configuration.readonly = mustExist
            database = try DatabaseQueue(path: path, configuration: configuration)
            if !mustExist { try ReplyCache.prepare(database) }
            let version = try database.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
            guard version == ReplyCache.version else {
                throw ArgusError(
                    .file, "recorded replies of another version", at: path, found: "version \(version ?? 0)",
                    expected: "version \(ReplyCache.version)", remedy: "another file")
            }
        } catch {
            throw ReplyCache.failed(path, error)
        }
    }

    private static let version = 1

    /// How long another process may hold the file, in seconds.
    private static let patience = 30

    private static func prepare(_ database: DatabaseQueue) throws {
        try writeAhead(database)
        try database.write { connection in
            let version = try Int.fetchOne(connection, sql: "PRAGMA user_version")
            guard version == 0 else { return }
            // The whole key is compared: a hash alone might take one prompt for another.
            try connection.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS reply (
                        hash INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (hash, key)
                    ) WITHOUT ROWID
                    """)
            try connection.execute(sql: "PRAGMA user_version = \(ReplyCache.version)")
        }
    }

    /// Beside readers a writer may write, and a killed process leaves whole rows. Memory has no journal.
    ///
    /// SQLite does not wait for another process here, whatever its time limit says: two that open a new file at one
    /// moment could wait for each other.
    private static func writeAhead(_ database: DatabaseQueue) throws {
        let deadline = ContinuousClock.now + .seconds(patience)
        while true {
            do {
                try database.writeWithoutTransaction { _ = try String.fetchOne($0, sql: "PRAGMA journal_mode = WAL") }
                return
            } catch let error as DatabaseError
                where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < deadline
            {
                Thread.sleep(forTimeInterval: 0.01)
            }
        }
    }

    func reply<Content>(to key: String) throws(ArgusError) -> RecordedReply<Content>? {
        do {
            let text = try database.read { connection in
                try String.fetchOne(
                    connection, sql: "SELECT value FROM reply WHERE hash = ? AND key = ?",
                    arguments: [ReplyCache.hash(key), key])
            }
            guard let text else { return nil }
            let decoder = JSONDecoder()
            decoder.nonConformingFloatDecodingStrategy = ReplyCache.decoding
            return try decoder.decode(RecordedReply<Content>.self, from: Data(text.utf8))
        } catch {
            throw ReplyCache.failed(place, error)
        }
    }

    /// Keeps a reply; one that is there already stays.
    func keep<Content>(_ reply: RecordedReply<Content>, for key: String) throws(ArgusError) {
        do {
            let encoder = JSONEncoder()
            encoder.nonConformingFloatEncodingStrategy = ReplyCache.encoding
            let text = String(decoding: try encoder.encode(reply), as: UTF8.self)
            try database.write { connection in
                try connection.execute(
                    sql: "INSERT OR IGNORE INTO reply VALUES (?, ?, ?)", arguments: [ReplyCache.hash(key), key, text])
            }
        } catch {
            throw ReplyCache.failed(place, error)
        }
    }

    private static func hash(_ key: String) -> Int64 { Int64(bitPattern: Fingerprint.fnv1a64(key.utf8)) }

    // A token of probability 0 has the logarithm -inf.
    private static let encoding = JSONEncoder.NonConformingFloatEncodingStrategy.convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    private static let decoding = JSONDecoder.NonConformingFloatDecodingStrategy.convertFromString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")

    private static func failed(_ place: String, _ error: any Error) -> ArgusError {
        (error as? ArgusError)
            ?? ArgusError(
                .file, "cannot use recorded replies", at: place, found: "\(error)", expected: "a cache of replies",
                remedy: "another file")
    }
}
