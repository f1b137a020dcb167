import Glibc

/// What the file system says of a path, symbolic links followed.
struct FileStatus: Sendable, Hashable {
    /// The kind of thing that a path names, in words for messages.
    enum Kind: String, Sendable, Hashable, CustomStringConvertible {
        case regular = "a file"
        case folder = "a folder"
        case other = "a pipe, socket or device"

        var description: String { rawValue }
    }

    let kind: Kind
    /// Bytes.
    let size: Int
    /// Time of the last change of the content, nanoseconds since 1970.
    let modified: Int64

    /// Nil when nothing can be learnt about the path; `failure(_:)` says why.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .regular
        case S_IFDIR: kind = .folder
        default: kind = .other
        }
        size = Int(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }

    static func isFolder(_ path: String) -> Bool { FileStatus(path)?.kind == .folder }
    static func isRegular(_ path: String) -> Bool { FileStatus(path)?.kind == .regular }

    /// Why there is no status for this path, in words.
    static func failure(_ path: String) -> String {
        var status = stat()
        guard stat(path, &status) != 0 else { return "nothing wrong" }
        switch errno {
        case ENOENT: return "no such file"
        case ENOTDIR: return "a file where a folder should be on the way"
        default: return String(cString: strerror(errno)).lowercased()
        }
    }

    /// The path without symbolic links, `.` and `..`; the path itself when it does not exist.
    static func resolved(_ path: String) -> String {
        guard let pointer = realpath(path, nil) else { return path }
        defer { free(pointer) }
        return String(cString: pointer)
    }
}
