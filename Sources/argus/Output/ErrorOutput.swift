import ArgusBench
import ArgusHost
import Glibc

/// Errors on standard error: one line each, `error: WHAT (WHERE): found X, expected Y. Try Z.`
enum ErrorOutput {
    static func write(_ words: String) { write(words, label: "error:", colour: "31") }

    /// Something that does not stop the command.
    static func warn(_ words: String) { write(words, label: "warning:", colour: "33") }

    private static func write(_ words: String, label: String, colour: String) {
        // What was printed so far comes first where both go to one place.
        fflush(nil)
        let isColoured = Terminal.of(descriptor: 2).hasColour
        let label = isColoured ? "\u{1B}[1;\(colour)m\(label)\u{1B}[0m" : label
        StandardStream.error.write("\(label) \(words)\n")
    }
}

extension ArgusError {
    func report() { ErrorOutput.write(description) }

    /// True when the command line itself is wrong: the place is an option, or the command as a whole.
    var isMisuse: Bool { place.hasPrefix("--") || place.hasPrefix("argus ") }
}
