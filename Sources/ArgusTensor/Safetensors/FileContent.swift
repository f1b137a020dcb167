import Glibc

/// Reading and atomically replacing whole files.
enum FileContent {
    private static func failure(_ action: String, _ path: String) -> TensorError {
        TensorError(code: .fileAccess, message: "\(path): cannot \(action): \(String(cString: strerror(errno)))")
    }

    static func read(_ path: String) throws(TensorError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("open", path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure("examine", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw TensorError(code: .fileAccess, message: "\(path): found something else, expected a regular file")
        }
        let size = Int(status.st_size)
        var problem: TensorError?
        let content = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let received = Glibc.read(file, buffer.baseAddress.map { $0 + count }, size - count)
                if received < 0 {
                    if errno == EINTR { continue }
                    problem = failure("read", path)
                    return
                }
                if received == 0 { return }  // it has shrunk meanwhile; the format's checks see that
                count += received
            }
        }
        if let problem { throw problem }
        return content
    }

    /// Writes the parts to a temporary file in the same directory, makes it durable, and renames it over `path`.
    static func write(_ parts: [[UInt8]], to path: String) throws(TensorError) {
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        // The process id and a random number: two writers never share a temporary file.
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        let temporary = "\(directory)/.\(name).\(getpid())-\(random).partial"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure("create", temporary) }
        do throws(TensorError) {
            do throws(TensorError) {
                for part in parts { try write(part, to: file, path: temporary) }
                guard fsync(file) == 0 else { throw failure("make durable", temporary) }
            } catch {
                close(file)
                throw error
            }
            // Some file systems report a full disk only here.
            guard close(file) == 0 else { throw failure("close", temporary) }
            guard rename(temporary, path) == 0 else { throw failure("rename \(temporary) to", path) }
        } catch {
            unlink(temporary)
            throw error
        }
        // The rename itself survives a power failure only once the directory is durable.
        let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure("open", directory) }
        defer { close(folder) }
        guard fsync(folder) == 0 || errno == EINVAL else { throw failure("make durable", directory) }
    }

    private static func write(_ part: [UInt8], to file: Int32, path: String) throws(TensorError) {
        var written = 0
        while written < part.count {
            let count = part.withUnsafeBytes { bytes in
                Glibc.write(file, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("write", path)
            }
            written += count
        }
    }
}
