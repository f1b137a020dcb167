public import Foundation
import Glibc

/// Files that are either old or new, never half-written: a temporary file beside the target, synced and renamed.
public enum AtomicFile {
    /// - Throws: ``ArgusError`` (output) naming the path and the system's reason (no space, no permission, …).
    public static func write(_ bytes: Data, to path: String) throws(ArgusError) {
        let temporary = path + ".\(getpid()).partial"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failed(path, errno) }
        var problem = bytes.withUnsafeBytes { writeAll($0, to: file) }
        if problem == 0 && fsync(file) != 0 { problem = errno }
        if close(file) != 0 && problem == 0 { problem = errno }
        if problem == 0 && rename(temporary, path) != 0 { problem = errno }
        guard problem == 0 else {
            unlink(temporary)
            throw failed(path, problem)
        }
        syncFolder(of: path)
    }

    /// Makes `path` and its parents.
    public static func makeFolder(_ path: String) throws(ArgusError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made.hasSuffix("/") ? part : "/" + part
            guard mkdir(made, 0o755) != 0 else { continue }
            let problem = errno
            var status = stat()
            guard stat(made, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw ArgusError(
                    .output, "cannot make folder", at: path,
                    found: "\(made): \(String(cString: strerror(problem)).lowercased())",
                    expected: "a folder that can be written", remedy: "another folder")
            }
        }
    }

    package static func failed(_ path: String, _ code: Int32) -> ArgusError {
        ArgusError(
            .output, "cannot write", at: path, found: String(cString: strerror(code)).lowercased(),
            expected: "a file that can be written",
            remedy: code == ENOSPC ? "making room on the disk" : "another folder"
        )
    }

    /// - Returns: 0, or the error number.
    package static func writeAll(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Int32 {
        var offset = 0
        while offset < bytes.count {
            let count = Glibc.write(file, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            offset += count
        }
        return 0
    }

    private static func syncFolder(of path: String) {
        let folder = (path as NSString).deletingLastPathComponent
        let file = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { return }
        fsync(file)
        close(file)
    }
}
