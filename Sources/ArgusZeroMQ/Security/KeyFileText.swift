import Glibc

/// The text of a key file, read only if nobody else can have read it.
enum KeyFileText {
    /// - Throws: ``ConfigurationError`` (key file).
    static func read(_ path: String, isSecret: Bool) throws(ConfigurationError) -> String {
        func refused(_ found: String, _ expected: String, remedy: String? = nil) -> ConfigurationError {
            ConfigurationError(
                .keyFile, "unusable key file", at: path, found: found, expected: expected, remedy: remedy)
        }
        // Without O_NONBLOCK a named pipe would wait for a writer.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            let number = errno
            throw refused(
                number == ENOENT ? "no such file" : String(cString: strerror(number)).lowercased(),
                "a readable key file", remedy: number == ENOENT ? "'argus keys new NAME' for a new pair" : nil)
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw refused("no regular file", "a key file")
        }
        if isSecret {
            guard status.st_mode & 0o077 == 0 else {
                throw refused(
                    "mode 0\(String(status.st_mode & 0o777, radix: 8)), with which others can read the secret key",
                    "mode 0600", remedy: "'chmod 600 \(path)', and new keys if others use this machine")
            }
            guard status.st_uid == geteuid() || status.st_uid == 0 else {
                throw refused("a file of another user (\(status.st_uid))", "one of this user (\(geteuid()))")
            }
        }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = Glibc.read(file, &bytes, bytes.count)
        guard count >= 0, count < bytes.count else {
            throw refused(count < 0 ? "an error while reading" : "64 KiB or more", "a few lines of text")
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
