import Glibc

/// CURVE keys in files: `NAME.key` holds a pair and is for its owner alone, `NAME.pub` holds the public key.
///
/// The format is that of CZMQ's and pyzmq's certificates (ZPL, ZeroMQ RFC 4), so that `zmq.auth.load_certificate`
/// reads both: lines of text; `#` begins a comment at a line's start; a section `curve` with the entries
/// `public-key = "…"` and, in `NAME.key`, `secret-key = "…"`; a section `metadata` may be there and is passed over.
public enum KeyFile {
    /// The two files that were written.
    public struct Paths: Sendable, Hashable {
        public let secret: String
        public let `public`: String
    }

    /// Writes `NAME.key` (mode 0600) and `NAME.pub` (mode 0644). Neither may be there before.
    ///
    /// - Parameter name: the path without its ending.
    /// - Throws: ``ConfigurationError`` (key file); then neither file was made.
    @discardableResult
    public static func create(_ name: String, keys: KeyPair) throws(ConfigurationError) -> Paths {
        let paths = Paths(secret: name + ".key", public: name + ".pub")
        let entry = "curve\n    public-key = \"\(keys.publicKey)\"\n"
        try create(
            paths.secret, mode: 0o600,
            text: "# ArgusOrch CURVE key pair. The secret key is for its owner alone: keep this file's mode at 0600.\n"
                + entry + "    secret-key = \"\(keys.secretKey.text)\"\n")
        do {
            try create(
                paths.public, mode: 0o644,
                text: "# ArgusOrch CURVE public key: for whoever connects to its owner, or lets its owner connect.\n"
                    + entry)
        } catch {
            unlink(paths.secret)
            throw error
        }
        return paths
    }

    /// Reads the pair in a `NAME.key`.
    ///
    /// - Throws: ``ConfigurationError`` (key file), also when others than the owner may read the file.
    public static func readKeyPair(_ path: String) throws(ConfigurationError) -> KeyPair {
        let entries = try read(path, isSecret: true)
        guard let secretText = entries.secretKey else {
            throw failure(
                path, "no line 'secret-key = \"…\"'", "a key pair", remedy: "the file NAME.key that belongs to it")
        }
        let secretKey = try key(secretText, in: path, { text throws(ConfigurationError) in try SecretKey(text) })
        let pair: KeyPair
        do {
            pair = try KeyPair(secretKey: secretKey)
        } catch {
            throw failure(path, "a libzmq that refuses: \(error.code)", "one with CURVE")
        }
        guard let publicText = entries.publicKey, publicText.value == pair.publicKey.text else {
            throw failure(
                entries.publicKey.map { "\(path):\($0.line)" } ?? path,
                entries.publicKey == nil ? "no public key" : "a public key of another pair",
                "the public key that belongs to the secret one", remedy: "'argus keys new NAME' for a new pair")
        }
        return pair
    }

    /// Reads the public key in a `NAME.pub`.
    ///
    /// - Throws: ``ConfigurationError`` (key file), also for a file with a secret key, which was handed out by mistake.
    public static func readPublicKey(_ path: String) throws(ConfigurationError) -> PublicKey {
        let entries = try read(path, isSecret: false)
        if let secret = entries.secretKey {
            throw failure(
                "\(path):\(secret.line)", "a secret key", "a public key alone", remedy: "the file NAME.pub beside it")
        }
        guard let text = entries.publicKey else {
            throw failure(path, "no line 'public-key = \"…\"'", "a public key")
        }
        return try key(text, in: path, { text throws(ConfigurationError) in try PublicKey(text) })
    }

    private struct Entry {
        let value: String
        let line: Int
    }

    private struct Entries {
        var publicKey: Entry?
        var secretKey: Entry?
    }

    private static func read(_ path: String, isSecret: Bool) throws(ConfigurationError) -> Entries {
        var entries = Entries()
        let text = try KeyFileText.read(path, isSecret: isSecret)
        var section = ""
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let place = "\(path):\(index + 1)"
            let content = line.drop { $0 == " " || $0 == "\t" }
            if content.allSatisfy(\.isWhitespace) || content.first == "#" { continue }
            let name = content.prefix { $0.isLetter || $0.isNumber || $0 == "-" }
            let rest = content.dropFirst(name.count).drop { $0 == " " || $0 == "\t" }
            if content.startIndex == line.startIndex, rest.allSatisfy(\.isWhitespace) {
                section = String(name)
                continue
            }
            if section == "metadata" { continue }
            let parts = rest.split(separator: "\"", omittingEmptySubsequences: false)
            // The content is not shown: it may be a secret.
            guard rest.first == "=", parts.count == 3, parts[2].allSatisfy(\.isWhitespace) else {
                throw failure(place, "a line of another form", "NAME = \"VALUE\", a section's name or a comment")
            }
            let entry = Entry(value: String(parts[1]), line: index + 1)
            switch (section, name) {
            case ("curve", "public-key") where entries.publicKey == nil: entries.publicKey = entry
            case ("curve", "secret-key") where entries.secretKey == nil: entries.secretKey = entry
            default:
                throw failure(place, "'\(name)'", "public-key or secret-key in the section curve, each once")
            }
        }
        return entries
    }

    private static func key<Key>(
        _ entry: Entry, in path: String, _ parse: (String) throws(ConfigurationError) -> Key
    ) throws(ConfigurationError) -> Key {
        do {
            return try parse(entry.value)
        } catch {
            throw failure("\(path):\(entry.line)", error.found, error.expected, remedy: error.remedy)
        }
    }

    private static func create(_ path: String, mode: mode_t, text: String) throws(ConfigurationError) {
        func refused(_ number: Int32) -> ConfigurationError {
            if number == EEXIST {
                return ConfigurationError(
                    .keyFile, "cannot write key file", at: path, found: "a file of this name",
                    expected: "none: keys are never overwritten",
                    remedy: "another name, or moving the old file away first")
            }
            return ConfigurationError(
                .keyFile, "cannot write key file", at: path, found: String(cString: strerror(number)).lowercased(),
                expected: "a folder that can be written to")
        }
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard file >= 0 else { throw refused(errno) }
        let bytes = Array(text.utf8)
        var status: Int32 = 0
        if write(file, bytes, bytes.count) != bytes.count || fsync(file) != 0 { status = errno }
        if close(file) != 0, status == 0 { status = errno }
        guard status == 0 else {
            unlink(path)
            throw refused(status)
        }
    }

    private static func failure(
        _ place: String, _ found: String, _ expected: String, remedy: String? = nil
    ) -> ConfigurationError {
        ConfigurationError(
            .keyFile, "unusable key file", at: place, found: found, expected: expected, remedy: remedy)
    }
}
