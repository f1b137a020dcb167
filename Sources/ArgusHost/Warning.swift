import Glibc

/// Something that a person should know although the work goes on.
public enum Warning {
    /// Writes `warning: WORDS` to standard error, as one line.
    public static func show(_ words: String) {
        note("warning: \(words)")
    }

    /// Writes the words to standard error, as one line.
    public static func note(_ words: String) {
        let line = Array("\(words.split(whereSeparator: \.isNewline).joined(separator: " | "))\n".utf8)
        _ = write(2, line, line.count)
    }
}
