import Glibc

/// A new folder for `ipc` sockets that only this user can enter (mode 0700); removed with its owner.
///
/// What a process that was killed has left behind is removed by the next that makes one: the name begins with
/// `argus-` and the process's number.
///
/// It lies in `$XDG_RUNTIME_DIR`, else `$TMPDIR`, else `/tmp`: the first that exists and leaves room for a socket's
/// path.
public final class PrivateFolder: Sendable {
    public let path: String

    // What a socket's name may need beside the folder's path.
    private static let room = 40

    /// - Throws: ``ConfigurationError`` (folder) when none of the places can be written to.
    public init() throws(ConfigurationError) {
        var places = ["/tmp"]
        for name in ["TMPDIR", "XDG_RUNTIME_DIR"] {
            if let value = getenv(name) { places.insert(String(cString: value), at: 0) }
        }
        var failures: [String] = []
        for place in places where place.hasPrefix("/") {
            PrivateFolder.removeAbandoned(in: place)
            var template = Array("\(place)/argus-\(getpid())-XXXXXX".utf8CString)
            guard template.count - 1 + PrivateFolder.room <= Endpoint.maximumPathLength else {
                failures.append("\(place): too long a path")
                continue
            }
            if mkdtemp(&template) != nil {
                path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
                return
            }
            failures.append("\(place): \(String(cString: strerror(errno)).lowercased())")
        }
        throw ConfigurationError(
            .folder, "cannot make a private folder", at: places.joined(separator: ", "),
            found: failures.joined(separator: "; "), expected: "a folder that can be written to",
            remedy: "setting TMPDIR to one with a short path")
    }

    deinit { remove() }

    /// The endpoint of a socket in this folder, for one to bind and another to connect.
    ///
    /// - Throws: ``ConfigurationError`` (endpoint) for a name that is too long or has a `/`.
    public func endpoint(_ name: String, for use: Endpoint.Use) throws(ConfigurationError) -> Endpoint {
        guard !name.isEmpty, !name.contains("/"), name != ".", name != ".." else {
            throw ConfigurationError(
                .endpoint, "unusable endpoint", at: path, found: "the name '\(name)'", expected: "the name of a file")
        }
        return try Endpoint("ipc://\(path)/\(name)", for: use)
    }

    /// Removes the sockets in the folder and the folder now, as before an `exit`, which ends no owner. Once or more.
    public func remove() { PrivateFolder.remove(path) }

    private static func remove(_ path: String) {
        for name in names(in: path) { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    /// Removes folders of this user's processes that are no more.
    private static func removeAbandoned(in place: String) {
        for name in names(in: place) where name.hasPrefix("argus-") {
            let parts = name.split(separator: "-")
            guard parts.count == 3, parts[2].utf8.count == 6, let process = pid_t(parts[1]), process > 0 else {
                continue
            }
            // No such process; one of another user would be "not permitted".
            guard kill(process, 0) != 0, errno == ESRCH else { continue }
            var status = stat()
            let path = "\(place)/\(name)"
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid() else {
                continue
            }
            remove(path)
        }
    }

    private static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
