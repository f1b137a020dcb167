import Glibc

/// FNV-1a with 64 bits (Fowler, Noll, Vo; IETF draft-eastlake-fnv): tells whether content has changed. It is no defence
/// against someone who wants two contents to look alike.
public enum Fingerprint {
    /// The hash of no bytes.
    public static let empty: UInt64 = 0xcbf2_9ce4_8422_2325

    /// The hash of `bytes`; pass the hash so far as `hash` to go on with more bytes.
    @inlinable
    public static func fnv1a64(_ bytes: some Sequence<UInt8>, continuing hash: UInt64 = empty) -> UInt64 {
        var hash = hash
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }

    /// `fnv1a64:` and 16 hexadecimal digits.
    public static func text(_ hash: UInt64) -> String {
        let digits = String(hash, radix: 16)
        return "fnv1a64:" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The fingerprint of a text's UTF-8 bytes.
    public static func of(_ text: String) -> String { Fingerprint.text(fnv1a64(text.utf8)) }

    /// The fingerprint of a file's content, read in pieces.
    ///
    /// - Throws: ``ArgusError`` (file) when the file is missing, a folder, or unreadable.
    public static func file(_ path: String) throws(ArgusError) -> String {
        func refused(_ found: String) -> ArgusError {
            ArgusError(.file, "cannot read file", at: path, found: found, expected: "a readable file")
        }
        guard let status = FileStatus(path) else { throw refused(FileStatus.failure(path)) }
        guard status.kind == .regular else { throw refused("\(status.kind)") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refused(String(cString: strerror(errno)).lowercased()) }
        defer { close(descriptor) }
        var hash = empty
        var piece = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw refused(String(cString: strerror(errno)).lowercased()) }
            if count == 0 { return text(hash) }
            hash = piece.withUnsafeBufferPointer { fnv1a64($0[..<count], continuing: hash) }
        }
    }
}
