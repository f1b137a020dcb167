import Glibc

/// Something that a person should know although the work goes on.
public enum Warning {
    /// Writes `warning: WORDS` to standard error, as one line.
    public static func show(_ words: String) {
        let line = Array("warning: \(words.split(whereSeparator: \.isNewline).joined(separator: " | "))\n".utf8)
        _ = write(2, line, line.count)
    }
}
