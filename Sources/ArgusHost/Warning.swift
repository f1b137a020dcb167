import Glibc

/// Something that a person should know although the work goes on.
public enum Warning {
    /// Writes `warning: WORDS` to standard error, as one line.
    public static func show(_ words: String) {
        note("warning: \(words)")
    }

    /// Writes the words to standard error, as one line.
    public static func note(_ words: String) {
        let joined = words.split(whereSeparator: \.isNewline).joined(separator: " | ")
        // What a peer says must not steer a terminal.
        let shown = joined.unicodeScalars.map { $0.value < 32 || (127..<160).contains($0.value) ? "?" : Character($0) }
        let line = Array("\(String(shown))\n".utf8)
        _ = write(2, line, line.count)
    }
}
